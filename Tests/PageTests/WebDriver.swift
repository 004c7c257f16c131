import Dispatch
import Foundation

/// The program that drives a browser, on a port of its own choice, and an HTTP client for it.
///
/// `URLSession` of swift-corelibs-foundation refuses its replies, for there is no space after the colon of a header field.
final class WebDriver: Sendable {
    static let executable = "/usr/bin/chromedriver"
    static let browser = "/usr/bin/chromium"

    static var isInstalled: Bool { [executable, browser].allSatisfy(FileManager.default.isExecutableFile(atPath:)) }

    private let process: pid_t
    private let port: UInt16
    private let queue = DispatchQueue(label: "webdriver")

    init() throws {
        // The port that it picks may be taken on one of the two loopback addresses; then it ends at once, and another try picks another.
        var launched: (process: pid_t, port: UInt16)?
        for _ in 0..<4 where launched == nil { launched = try? Self.launch() }
        (process, port) = try launched ?? Self.launch()
    }

    /// Starts the program. - Returns: its process and the port that it listens on.
    private static func launch() throws -> (process: Int32, port: UInt16) {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["--port=0"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = ""
        while true {
            let data = output.fileHandleForReading.availableData
            said += String(decoding: data, as: UTF8.self)
            if let digits = said.firstMatch(of: /on port (\d+)\./)?.1, let port = UInt16(digits) { return (process.processIdentifier, port) }
            guard !data.isEmpty else { throw WebDriverError(command: "start", message: said) }
        }
    }

    /// Ends the program and its browser. It inherits what signals a worker thread blocks, so it is asked first and then killed.
    func stop() async {
        _ = try? await send("GET", "/shutdown", Data())
        kill(process, SIGKILL)
    }

    /// - Returns: the reply's status and body.
    func send(_ method: String, _ path: String, _ body: Data) async throws -> (status: Int, body: Data) {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.exchange(method, path, body) }) }
        }
    }

    /// One request on a connection of its own.
    private func exchange(_ method: String, _ path: String, _ body: Data) throws -> (status: Int, body: Data) {
        func failure(_ what: String) -> WebDriverError { WebDriverError(command: path, message: "\(what): \(String(cString: strerror(errno)))") }

        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connection >= 0 else { throw failure("socket") }
        defer { close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { throw failure("connect") }

        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        let request = Array(head.utf8) + body
        var sent = 0
        while sent < request.count {
            let n = request.withUnsafeBytes { Foundation.send(connection, $0.baseAddress! + sent, request.count - sent, 0) }
            guard n > 0 else { throw failure("send") }
            sent += n
        }

        var reply = Data(), buffer = [UInt8](repeating: 0, count: 65_536)
        let emptyLine = Data("\r\n\r\n".utf8)
        while true {
            if let end = reply.firstRange(of: emptyLine) {
                let head = String(decoding: reply[..<end.lowerBound], as: UTF8.self)
                guard let status = head.firstMatch(of: /HTTP\/1\.1 (\d+)/).flatMap({ Int($0.1) }),
                    let length = head.firstMatch(of: /(?i)content-length: *(\d+)/).flatMap({ Int($0.1) })
                else { throw WebDriverError(command: path, message: head) }
                if reply.count >= end.upperBound + length { return (status, reply[end.upperBound..<end.upperBound + length]) }
            }
            let n = recv(connection, &buffer, buffer.count, 0)
            guard n > 0 else { throw failure("receive") }
            reply.append(contentsOf: buffer[..<n])
        }
    }
}

struct WebDriverError: Error, CustomStringConvertible {
    var command: String
    var message: String
    var description: String { "\(command): \(message)" }
}

/// A window of a headless browser, driven over the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/).
///
/// ```swift
/// try await Browser.using { browser in
///     try await browser.go(to: "http://127.0.0.1:8080/")
///     try await browser.type("sad piano")
///     try await browser.wait(until: "document.querySelectorAll('.chip').length === 2")
/// }
/// ```
final class Browser: Sendable {
    private let driver: WebDriver
    private let session: String

    private init(_ driver: WebDriver, session: String) {
        self.driver = driver
        self.session = session
    }

    /// Opens a window, and closes it also where the body throws.
    static func using<Result>(width: Int = 1280, height: Int = 900, _ body: (Browser) async throws -> Result) async throws -> Result {
        let driver = try WebDriver()
        do {
            let browser = try await open(driver, width: width, height: height)
            let result = try await body(browser)
            await driver.stop()
            return result
        } catch {
            await driver.stop()
            throw error
        }
    }

    private static func open(_ driver: WebDriver, width: Int, height: Int) async throws -> Browser {
        let capabilities = Capabilities(
            browserName: "chrome", logging: ["browser": "ALL"],
            options: .init(
                binary: WebDriver.browser,
                args: [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
                    "--window-size=\(width),\(height)",
                ]))
        let opened: Opened = try await reply(of: driver, "/session", Capabilities.Request(capabilities: .init(alwaysMatch: capabilities)))
        let browser = Browser(driver, session: "/session/\(opened.sessionId)")
        try await browser.resize(width: width, height: height)
        return browser
    }

    // MARK: Pages

    func go(to address: String) async throws { try await tell("url", ["url": address]) }
    func back() async throws { try await tell("back", Nothing()) }
    func forward() async throws { try await tell("forward", Nothing()) }
    func reload() async throws { try await tell("refresh", Nothing()) }

    /// The viewport, scroll bars and all.
    func resize(width: Int, height: Int) async throws {
        try await devTools("Emulation.setDeviceMetricsOverride", Metrics(width: width, height: height, deviceScaleFactor: 1, mobile: false))
    }

    func prefer(colorScheme: String) async throws {
        try await devTools("Emulation.setEmulatedMedia", Media(features: [.init(name: "prefers-color-scheme", value: colorScheme)]))
    }

    private func devTools(_ command: String, _ parameters: some Encodable) async throws {
        try await tell("goog/cdp/execute", DevTools(cmd: command, params: parameters))
    }

    // MARK: Scripts

    /// The value of an expression.
    func evaluate<Value: Decodable & Sendable>(_ expression: String, as type: Value.Type = Value.self) async throws -> Value {
        try await ask("execute/sync", Script(script: "return (\(expression))", args: []))
    }

    func run(_ script: String) async throws {
        try await tell("execute/sync", Script(script: script, args: []))
    }

    /// Returns when an expression is true.
    /// - Throws: `WebDriverError` with the expression where it is not in time.
    func wait(until expression: String, within limit: Duration = .seconds(15)) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if try await evaluate("Boolean(\(expression))", as: Bool.self) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw WebDriverError(command: "wait", message: "not in \(limit): \(expression)")
    }

    // MARK: Input

    func click(_ selector: String) async throws { try await tell("element/\(find(selector))/click", Nothing()) }

    /// Keys to an element, which gets the focus.
    func type(_ text: String, into selector: String) async throws { try await tell("element/\(find(selector))/value", ["text": text]) }

    /// Keys to whatever has the focus, one after the other.
    func type(_ text: String) async throws {
        let keys = text.map(String.init).flatMap { [Action(type: "keyDown", value: $0), Action(type: "keyUp", value: $0)] }
        try await tell("actions", Actions(actions: [.init(type: "key", id: "keyboard", actions: keys)]))
    }

    /// A key while another is held.
    func type(_ key: String, holding modifier: String) async throws {
        let keys = [
            Action(type: "keyDown", value: modifier), Action(type: "keyDown", value: key), Action(type: "keyUp", value: key),
            Action(type: "keyUp", value: modifier),
        ]
        try await tell("actions", Actions(actions: [.init(type: "key", id: "keyboard", actions: keys)]))
    }

    /// Presses at a point of the viewport, moves sideways and lets go.
    func drag(from x: Int, _ y: Int, by distance: Int) async throws {
        let steps = [
            Action(type: "pointerMove", x: x, y: y), Action(type: "pointerDown", button: 0), Action(type: "pointerMove", x: x + distance, y: y, duration: 80),
            Action(type: "pointerUp", button: 0),
        ]
        try await tell("actions", Actions(actions: [.init(type: "pointer", id: "mouse", actions: steps)]))
    }

    private func find(_ selector: String) async throws -> String {
        let found: [String: String] = try await ask("element", ["using": "css selector", "value": selector])
        guard let id = found.values.first else { throw WebDriverError(command: "find", message: selector) }
        return id
    }

    // MARK: Console

    struct ConsoleEntry: Decodable, Sendable {
        var level: String
        var message: String
    }

    /// What the page and the browser wrote to the console since the last call.
    func console() async throws -> [ConsoleEntry] { try await ask("se/log", ["type": "browser"]) }

    // MARK: Protocol

    private func tell(_ path: String, _ body: some Encodable) async throws { let _: Ignored = try await ask(path, body) }

    private func ask<Value: Decodable>(_ path: String, _ body: some Encodable) async throws -> Value {
        try await Self.reply(of: driver, "\(session)/\(path)", body)
    }

    private static func reply<Value: Decodable>(of driver: WebDriver, _ path: String, _ body: some Encodable) async throws -> Value {
        let (status, data) = try await driver.send("POST", path, JSONEncoder().encode(body))
        guard status == 200 else {
            let failure = try? JSONDecoder().decode(Reply<Failure>.self, from: data)
            throw WebDriverError(command: path, message: failure?.value.message ?? String(decoding: data, as: UTF8.self))
        }
        return try JSONDecoder().decode(Reply<Value>.self, from: data).value
    }

    private struct Reply<Value: Decodable>: Decodable { var value: Value }
    private struct Failure: Decodable { var message: String }
    private struct Opened: Decodable { var sessionId: String }
    private struct Nothing: Encodable {}
    /// Whatever a command replies.
    private struct Ignored: Decodable { init(from decoder: any Decoder) {} }

    private struct Script: Encodable {
        var script: String
        var args: [String]
    }

    private struct DevTools<Parameters: Encodable>: Encodable {
        var cmd: String
        var params: Parameters
    }

    private struct Metrics: Encodable {
        var width: Int
        var height: Int
        var deviceScaleFactor: Double
        var mobile: Bool
    }

    private struct Media: Encodable {
        struct Feature: Encodable {
            var name: String
            var value: String
        }
        var features: [Feature]
    }

    private struct Action: Encodable {
        var type: String
        var value: String?
        var x: Int?
        var y: Int?
        var duration: Int?
        var button: Int?
    }

    private struct Actions: Encodable {
        struct Source: Encodable {
            var type: String
            var id: String
            var actions: [Action]
        }
        var actions: [Source]
    }

    private struct Capabilities: Encodable {
        struct Request: Encodable {
            struct Match: Encodable { var alwaysMatch: Capabilities }
            var capabilities: Match
        }
        struct Options: Encodable {
            var binary: String
            var args: [String]
        }
        var browserName: String
        var logging: [String: String]
        var options: Options

        enum CodingKeys: String, CodingKey {
            case browserName
            case logging = "goog:loggingPrefs"
            case options = "goog:chromeOptions"
        }
    }
}

/// Keys without a character, as the protocol codes them.
enum Key {
    static let enter = "\u{E007}"
    static let control = "\u{E009}"
    static let delete = "\u{E017}"
    static let left = "\u{E012}"
    static let up = "\u{E013}"
    static let right = "\u{E014}"
    static let down = "\u{E015}"
    static let tab = "\u{E004}"
}
