public import Foundation
public import TestSupport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The built `descant-server`, run as a process on a free port.
public final class LiveServer: @unchecked Sendable {
    /// Next to the program that runs the tests.
    public static let program: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        for candidate in [tests] + CommandLine.arguments {
            var folder = URL(fileURLWithPath: candidate)
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                let program = folder.appendingPathComponent("descant-server").path
                if folder.path.contains("/.build"), FileManager.default.isExecutableFile(atPath: program) { return program }
            }
        }
        fatalError("no program 'descant-server' above \(tests)")
    }()

    public let folder: TemporaryFolder
    private let process = Process()
    private let errors = Pipe()
    public private(set) var port = 0

    /// The one that most tests ask; it ends with the run.
    public static let shared: LiveServer = {
        do {
            let server = try LiveServer(["--patience", "2"])
            sharedProcess = server.process.processIdentifier
            atexit { kill(LiveServer.sharedProcess, SIGKILL) }
            return server
        } catch { fatalError("the server of the tests: \(error)") }
    }()
    nonisolated(unsafe) private static var sharedProcess: Int32 = 0

    public struct DidNotStart: Error { public var text: String }

    /// - Parameter library: nil makes the fixture library.
    public init(_ arguments: [String] = [], library: String? = nil) throws {
        folder = try TemporaryFolder()
        let path = library ?? folder.path + "/library"
        if library == nil { try FixtureLibrary.index(folder.path) }
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["--library", path, "--port", "0"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["DESCANT_HOME": FixtureLibrary.root, "DESCANT_MODEL": "none"]) { $1 }
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("\n") {
            let data = errors.fileHandleForReading.availableData
            guard !data.isEmpty else { throw DidNotStart(text: text) }
            text += String(decoding: data, as: UTF8.self)
        }
        guard let port = text.firstMatch(of: /127\.0\.0\.1:(\d+)\//).flatMap({ Int($0.output.1) }) else { throw DidNotStart(text: text) }
        self.port = port
        // Whatever else it says must not fill the pipe.
        errors.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    public var isRunning: Bool { process.isRunning }

    /// Asks it to stop and waits. - Returns: its exit code.
    public func stop() -> Int32 {
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// A connection on which a test writes what it likes.
public final class RawConnection: Sendable {
    private let socket: Int32

    public struct Failed: Error { public var why: String }

    public init(_ port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else { throw Failed(why: String(cString: strerror(errno))) }
    }

    deinit { close(socket) }

    public func send(_ text: String) { send(Array(text.utf8)) }
    public func send(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } }
    public func finish() { shutdown(socket, Int32(SHUT_WR)) }

    /// All that comes until the other side closes, or nothing comes for 20 s.
    public func readAll() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            all += buffer[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}

extension LiveServer {
    /// One request on a connection of its own. - Returns: status, head and body.
    public func ask(_ method: String, _ target: String, headers: [String] = [], body: String? = nil) throws -> (status: Int, head: String, body: String) {
        let connection = try RawConnection(port)
        var text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n" + headers.map { $0 + "\r\n" }.joined()
        if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        connection.send(text + "\r\n" + (body ?? ""))
        return Self.parts(connection.readAll())
    }

    public static func parts(_ text: String) -> (status: Int, head: String, body: String) {
        let bytes = Array(text.utf8), mark = Array("\r\n\r\n".utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: mark) } ?? bytes.count
        let head = String(decoding: bytes[..<place], as: UTF8.self)
        let words = head.split(separator: " ", maxSplits: 2)
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0, head, String(decoding: bytes.dropFirst(place + 4), as: UTF8.self))
    }
}
