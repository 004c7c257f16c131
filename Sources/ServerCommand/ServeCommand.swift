import ArgumentParser
import Dispatch
import Hummingbird
import LibraryAccess
import Logging
import MusicSearch
import NIOCore
import NIOPosix
import SearchService

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

@main
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "descant-server", abstract: "Serve a library: HTTP API, web page, and tools for language models.",
        discussion: """
            Examples:
              descant serve                                  # the starter corpus, on http://127.0.0.1:8080/
              descant serve --library music.library --port 9000
              descant serve --keys keys.txt --cors https://example.org
            """,
        version: descantVersion)

    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var model: ModelOption
    @Option(help: "Address to listen on. Others than loopback let other machines in: set --keys as well.")
    var host = "127.0.0.1"
    @Option(name: [.short, .long], help: "Port; 0 takes a free one.")
    var port = 8080
    @Option(help: "File with a key a line, as NAME read|metrics SECRET. Without it everybody who reaches the port may ask.")
    var keys: String?
    @Option(help: "Origin of pages that browsers may let ask, as https://example.org; * for all. May be given again.")
    var cors: [String] = []
    @Option(help: "A name that a proxy in front calls this server by, where no keys are set. May be given again.")
    var name: [String] = []
    @Flag(help: "Give out no files of tracks.")
    var noAudio = false
    @OptionGroup var limits: Limits

    func validate() throws {
        if !(0...65_535).contains(port) { throw ValidationError("--port is \(port); expected 0 to 65535") }
    }

    func run() async throws {
        let access = try accessKeys()
        let (library, reopen) = try libraryOption.openToStay(model: model.model)
        let holder = LibraryHolder(library, open: reopen)
        let service = SearchService(library: holder, keys: access, origins: cors, hosts: names(access), servesAudio: !noAudio, page: .shipped)
        let traffic = Traffic()
        service.metrics.gauge("connections", { traffic.connections })
        service.metrics.gauge("requests_under_way", { traffic.requests })
        raiseFileLimit()

        let watch = watch(holder)
        defer { watch.cancel() }
        let limits = limits
        let workers = NIOThreadPool(numberOfThreads: System.coreCount)
        workers.start()
        var logger = Logger(label: "descant-server")
        logger.logLevel = .warning
        let application = Application(
            responder: Transport(service: service, traffic: traffic, limits: limits, workers: workers),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(traffic, limits)],
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 80 * 1024, maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(host, port: port), serverName: "descant", backlog: 1_024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                Terminal.note(
                    "descant-server: http://\(host.contains(":") ? "[\(host)]" : host):\(port)/ answers from \(library.path) (\(library.tracks.count) tracks)")
            }, logger: logger)
        do {
            try await application.runService()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Refusal("port \(port) of \(host) is in use; expected a free one (--port)")
        } catch let error as IOError {
            throw Refusal("cannot listen on \(host), port \(port): \(error)")
        }
    }

    /// Without keys, a loopback server answers to loopback's names and those that it was given.
    private func names(_ keys: [AccessKey]) -> Set<String>? {
        let loopback: Set<String> = ["127.0.0.1", "localhost", "[::1]"]
        guard keys.isEmpty, loopback.contains(host) || host == "::1" else { return nil }
        return loopback.union(name.map { $0.lowercased() })
    }

    private func accessKeys() throws -> [AccessKey] {
        guard let keys else { return [] }
        guard let data = FileManager.default.contents(atPath: keys) else { throw ValidationError("--keys: there is no file '\(keys)' that can be read") }
        do {
            let read = try AccessKey.read(String(decoding: data, as: UTF8.self), file: keys)
            guard !read.isEmpty else { throw ValidationError("--keys: '\(keys)' holds no key") }
            return read
        } catch let error as ServiceError {
            throw ValidationError("--keys: \(error)")
        }
    }

    /// Looks for a new generation now and then, away from the threads that answer.
    private func watch(_ holder: LibraryHolder) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "descant.library", qos: .utility))
        timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
        timer.setEventHandler {
            if let news = holder.refresh() { Terminal.note("descant-server: \(news)") }
        }
        timer.resume()
        return timer
    }

    /// Thousands of connections need as many file descriptors.
    private func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// What keeps one caller from taking everything.
struct Limits: ParsableArguments {
    @Option(help: "Connections at a time; more are refused as busy.")
    var connections = 4_096
    @Option(help: "Requests that are read or answered at a time; more are refused as busy.")
    var requests = 256
    @Option(help: "Seconds that a request may wait for its turn before it is refused as busy.")
    var wait = 5
    @Option(help: "Seconds in which a request's head must have come, and its body after that.")
    var patience = 10
    @Option(help: "Seconds that a connection may stay open without a request.")
    var idle = 60

    func validate() throws {
        for (name, value) in [("connections", connections), ("requests", requests), ("wait", wait), ("patience", patience), ("idle", idle)] where value < 1 {
            throw ValidationError("--\(name) is \(value); expected 1 or more")
        }
    }
}

/// Why the server does not start.
struct Refusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
