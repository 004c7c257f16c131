import Foundation
import ServiceFixtures
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The server as a process, asked over sockets: what HTTP itself can do to it.
@Suite(.serialized) struct LiveServerTests {
    let server = LiveServer.shared

    @Test func itAnswers() throws {
        let reply = try server.ask("POST", "/v1/search", body: #"{"text":"happy jazz"}"#)
        #expect(reply.status == 200 && reply.body.contains("\"state\":\"d2.") && reply.head.contains("Server: descant"))
        #expect(try server.ask("GET", "/v1/search?q=happy%20jazz").body == reply.body)
        let page = try server.ask("GET", "/?q=happy+%3Cjazz%3E")
        #expect(
            page.status == 200 && page.body.contains("value=\"happy &lt;jazz&gt;\"") && page.body.contains("<ol class=\"hits\">")
                && page.head.contains("Content-Security-Policy: default-src 'self'"))
        #expect(try server.ask("GET", "/page/page.js").head.contains("text/javascript"))
    }

    @Test func aHeadHasNoBody() throws {
        let reply = try server.ask("HEAD", "/v1/tracks/t%2F001")
        let whole = try server.ask("GET", "/v1/tracks/t%2F001")
        #expect(reply.status == 200 && reply.body.isEmpty && reply.head.contains("Content-Length: \(whole.body.utf8.count)"))
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Header : x\r\n\r\n",
        "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n",
        "GET / HTTP/1.1\r\n" + (0..<2_000).map { "X\($0): y\r\n" }.joined() + "\r\n",
    ]) func whatIsNoRequestIsRefused(text: String) throws {
        let connection = try RawConnection(server.port)
        connection.send(text)
        connection.finish()
        let reply = LiveServer.parts(connection.readAll())
        #expect(reply.status == 400 || reply.status == 0 && reply.head.isEmpty, "\(reply.head)")
        if reply.status == 400 { #expect(reply.body.hasPrefix("{\"error\":{\"code\":\"")) }
        #expect(try server.ask("GET", "/livez").status == 200)
    }

    /// A second request hidden in the first one's body stays a body.
    @Test func aHiddenRequestIsNotAnswered() throws {
        let hidden = "GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        let connection = try RawConnection(server.port)
        connection.send(
            "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n"
                + hidden)
        let reply = connection.readAll()
        #expect(reply.contains("bad_json") && !reply.contains("\"api\":\"v1\""))
    }

    @Test func tooMuchIsRefusedOnce() throws {
        let reply = try server.ask("POST", "/v1/search", body: "{\"text\":\"" + String(repeating: "x", count: 2 << 20) + "\"}")
        #expect(reply.status == 413 && reply.body.contains("too_large") && !reply.body.contains("HTTP/1.1"))
    }

    @Test func aRequestThatIsCutOffHurtsNobody() throws {
        for text in [
            "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"te", "GET /v1/sea",
            "POST /v1/search HTTP/1.1\r\nHost",
        ] {
            let connection = try RawConnection(server.port)
            connection.send(text)
        }
        #expect(try server.ask("GET", "/livez").status == 200)
    }

    /// A byte now and then does not wind the clock up again.
    @Test func whoIsSlowIsDropped() throws {
        let head = try RawConnection(server.port), body = try RawConnection(server.port)
        head.send("GET / HTTP/1.1\r\nX: ")
        body.send("POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")
        let start = Date()
        for _ in 0..<8 {
            head.send("x")
            body.send(" ")
            usleep(400_000)
        }
        #expect(head.readAll().isEmpty)
        #expect(LiveServer.parts(body.readAll()).status == 408)
        #expect(Date().timeIntervalSince(start) < 10)
    }

    @Test func requestsShareAConnection() throws {
        let connection = try RawConnection(server.port)
        connection.send(
            String(repeating: "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", count: 5)
                + "GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        let text = connection.readAll()
        #expect(text.matches(of: /HTTP\/1\.1 200 OK/).count == 6 && text.hasSuffix("\"api\":\"v1\"}"))
    }

    // MARK: Coming and going

    @Test func anotherGenerationIsTakenUp() throws {
        let own = try LiveServer()
        let before = try own.ask("GET", "/v1/search?q=happy+jazz").body
        try FixtureLibrary.index(own.folder.path, from: 1)
        var generation = ""
        for _ in 0..<100 where !generation.contains("\"generation\":2") {
            generation = try own.ask("GET", "/healthz").body
            usleep(50_000)
        }
        #expect(generation.contains("\"generation\":2"))
        #expect(try own.ask("GET", "/v1/search?q=happy+jazz").body != before)
        #expect(own.stop() == 0)
    }

    @Test func itEndsWhatItBegan() throws {
        let own = try LiveServer()
        let connection = try RawConnection(own.port)
        // Half a request is under way when the signal comes.
        connection.send(
            "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"text\"")
        usleep(200_000)
        let sent = Thread { [connection] in
            usleep(300_000)
            connection.send(":\"jazz\"}")
        }
        sent.start()
        #expect(own.stop() == 0)
        #expect(LiveServer.parts(connection.readAll()).status == 200)
    }

    @Test func aPortInUseIsNamed() {
        let error = #expect(throws: LiveServer.DidNotStart.self) {
            try LiveServer(["--port", "\(LiveServer.shared.port)"], library: LiveServer.shared.folder.path + "/library")
        }
        #expect(error?.text.contains("port \(LiveServer.shared.port) of 127.0.0.1 is in use") == true, "\(error?.text ?? "")")
    }

    @Test(arguments: [
        (["--library", "/nowhere"], "/nowhere"), (["--keys", "/nowhere.txt"], "/nowhere.txt"), (["--port", "70000"], "70000"),
        (["--patience", "0"], "--patience"),
    ])
    func whatCannotBeIsNamed(arguments: [String], word: String) {
        let library = arguments[0] == "--library" ? arguments[1] : LiveServer.shared.folder.path + "/library"
        let error = #expect(throws: LiveServer.DidNotStart.self) { try LiveServer(arguments[0] == "--library" ? [] : arguments, library: library) }
        #expect(error?.text.contains(word) == true, "\(error?.text ?? "")")
    }

    @Test func keysCloseIt() throws {
        let folder = try TemporaryFolder()
        let keys = try folder.write("me read 0123456789abcdef\n", to: "keys.txt")
        let own = try LiveServer(["--keys", keys, "--cors", "https://a.example"], library: server.folder.path + "/library")
        #expect(try own.ask("GET", "/v1/search?q=jazz").status == 401)
        let reply = try own.ask("GET", "/v1/search?q=jazz", headers: ["Authorization: Bearer 0123456789abcdef", "Origin: https://a.example"])
        #expect(reply.status == 200 && reply.head.contains("Access-Control-Allow-Origin: https://a.example"))
    }
}
