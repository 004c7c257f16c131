import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct GenerateEndpointTests {
    private func generator(_ url: String?, attempts: Int = 3, change: (inout EndpointGenerator.Options) -> Void = { _ in }) throws -> EndpointGenerator? {
        var options = EndpointGenerator.Options()
        (options.url, options.attempts, options.pause, options.timeout) = (url, attempts, 0.01, 10)
        change(&options)
        return try EndpointGenerator(options)
    }

    private func body(_ request: String) throws -> [String: Any] {
        let body = try #require(request.components(separatedBy: "\r\n\r\n").last)
        return try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
    }

    @Test func goodAnswer() throws {
        let server = try StubServer([.saying(#"Sure! ["calm keys", "calm keys", "ivories  at dawn", "a third"]"#)])
        let endpoint = try #require(try generator(server.url + "/") { ($0.model, $0.requestsPerSet) = ("tiny", 2) })
        #expect(try endpoint.requests(for: ["slow", "piano"], seed: 1) == ["calm keys", "ivories at dawn"])
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n") && !request.contains("Authorization"))
        let sent = try body(request)
        #expect(sent["model"] as? String == "tiny")
        let question = (sent["messages"] as? [[String: String]])?.last?["content"] ?? ""
        #expect(question.contains("slow, piano"))
    }

    @Test(arguments: [500, 503, 429])
    func failsThenAnswers(status: Int) throws {
        let server = try StubServer([.init(status: status, body: "busy"), .saying("1. one\n2. two")])
        #expect(try generator(server.url)?.requests(for: ["x"], seed: 0) == ["one", "two"])
        #expect(server.requests.count == 2)
    }

    @Test func theServersPauseIsKept() throws {
        let server = try StubServer([.init(status: 429, headers: "Retry-After: 1\r\n", body: ""), .saying("one")])
        let start = ContinuousClock.now
        #expect(try generator(server.url)?.requests(for: ["x"], seed: 0) == ["one"])
        #expect(ContinuousClock.now - start >= .seconds(1))
    }

    @Test func refusalsNameURLStatusAndBody() throws {
        let long = String(repeating: "long ", count: 200)
        let server = try StubServer([.init(status: 500, body: "a"), .init(status: 500, body: long), .init(status: 404, body: "no such\n model")])
        let twice = #expect(throws: EndpointError.self) { try generator(server.url, attempts: 2)?.requests(for: ["x"], seed: 0) }
        guard case .refused(_, 500, let body, 2)? = twice else { return #expect(Bool(false), "\(String(describing: twice))") }
        #expect(body.count == EndpointError.longestExcerpt + 1 && body.hasSuffix("…"))
        let once = #expect(throws: EndpointError.self) { try generator(server.url)?.requests(for: ["x"], seed: 0) }
        #expect(once == .refused(url: server.url + "/chat/completions", status: 404, body: "no such model", attempts: 1))
        #expect(once?.description == #"endpoint \#(server.url)/chat/completions: HTTP status 404 after 1 try: "no such model""#)
    }

    @Test(arguments: ["{", "", #"{"choices":[]}"#, #"{"choices":[{"text":"old API"}]}"#])
    func malformedJSON(body: String) throws {
        let server = try StubServer([.init(body: body)])
        let error = #expect(throws: EndpointError.self) { try generator(server.url)?.requests(for: ["x"], seed: 0) }
        #expect(
            error
                == .malformed(url: server.url + "/chat/completions", status: 200, expected: "JSON with choices[0].message.content", body: body))
    }

    @Test func nobodyListening() throws {
        let url = "http://127.0.0.1:\(try StubServer.deadPort())"
        let error = #expect(throws: EndpointError.self) { try generator(url, attempts: 2)?.requests(for: ["x"], seed: 0) }
        guard case .unreachable(url + "/chat/completions", let why, 2)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(!why.isEmpty)
    }

    @Test func theKeyIsSentAndNeverShown() throws {
        let variable = "DESCANT_TEST_KEY_\(UInt32.random(in: 0...UInt32.max))"
        setenv(variable, "sk-secret", 1)
        defer { unsetenv(variable) }
        let server = try StubServer([.init(status: 401, body: "bad key sk-secret of you")])
        let endpoint = try #require(try generator(server.url) { $0.keyVariable = variable })
        let error = #expect(throws: EndpointError.self) { try endpoint.requests(for: ["x"], seed: 0) }
        #expect(error == .refused(url: server.url + "/chat/completions", status: 401, body: "bad key KEY of you", attempts: 1))
        #expect(server.requests.first?.contains("Authorization: Bearer sk-secret\r\n") == true)
        setenv(variable, "two\r\nlines", 1)
        #expect(throws: EndpointError.key(variable: variable, why: "holds spaces or other characters that no key has")) {
            try generator(server.url) { $0.keyVariable = variable }
        }
        unsetenv(variable)
        #expect(throws: EndpointError.key(variable: variable, why: "is empty")) { try generator(server.url) { $0.keyVariable = variable } }
    }

    @Test func isOffWithoutAURL() throws {
        #expect(try generator(nil) == nil)
    }

    @Test(arguments: ["", "localhost:80", "ftp://host/v1", "http://", "http://a b", "file:///etc/passwd"])
    func addressesThatAreNone(url: String) throws {
        #expect(throws: EndpointError.self) { try generator(url) }
    }

    @Test func aPasswordInTheAddressIsNotRepeated() throws {
        let error = #expect(throws: EndpointError.self) { try generator("http://me:hunter2@host/v1") }
        #expect(error.map { !$0.description.contains("hunter2") && $0.description.contains("host") } == true)
    }

    @Test(arguments: [
        (#"["a b", "c"]"#, ["a b", "c"]), ("```json\n[\"a\",\n \"b\"]\n```", ["a", "b"]),
        ("Here are two requests:\n- \"one\"\n• two,\n\n3) three", ["one", "two", "three"]),
        ("", []), ("[]", []), ("80s synth pop\nsad piano", ["80s synth pop", "sad piano"]),
    ])
    func contentsAreRead(content: String, expected: [String]) {
        #expect(EndpointMessages.requests(in: content, limit: 10) == expected)
    }

    /// What came before a failure stays, and only the rest is asked for again.
    @Test func answersAreKept() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/endpoint.jsonl"
        let sets = [(song: 5, tags: ["a"]), (song: 6, tags: ["b"]), (song: 9, tags: ["c"])]
        let first = try StubServer([.saying("one"), .init(status: 400, body: "")])
        let failing = try #require(try generator(first.url))
        #expect(throws: EndpointError.self) { try EndpointAnswers(path: path, sets: sets).completed(by: failing, seed: 0) { _, _ in } }
        // Killed in the middle of a line.
        let handle = try #require(FileHandle(forWritingAtPath: path))
        handle.seekToEndOfFile()
        handle.write(Data(#"{"requests":["#.utf8))
        try handle.close()
        let second = try StubServer([.saying("two"), .saying("three\nfour")])
        let endpoint = try #require(try generator(second.url))
        var told: [Int] = []
        let drafts = try EndpointAnswers(path: path, sets: sets).completed(by: endpoint, seed: 0) { done, _ in told.append(done) }
        #expect(drafts.map(\.text) == ["one", "two", "three", "four"] && drafts.map(\.tags) == [["a"], ["b"], ["c"], ["c"]])
        #expect(drafts.allSatisfy { $0.source == .endpoint } && drafts.map(\.song) == [5, 6, 9, 9] && told == [1, 2, 3] && second.requests.count == 2)
        #expect(try EndpointAnswers(path: path, sets: sets).completed(by: endpoint, seed: 0) { _, _ in } == drafts)
    }
}
