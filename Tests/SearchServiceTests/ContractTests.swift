import Foundation
import MusicSearch
import QueryPlanning
import TestSupport
import Testing
import Vocabulary

@testable import SearchService

/// One schema source: what is printed, what is read and what is written stay together.
@Suite struct ContractTests {
    let service = ServiceLibrary.shared.service
    let library = ServiceLibrary.shared.library

    // MARK: The description

    @Test func everyReferenceLeadsSomewhereAndEveryComponentIsUsed() throws {
        let text = OpenAPI.document.json
        let names = Set(Components.all.map(\.name))
        let used = Set(text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/).map { String($0.output.1) })
        #expect(used.isSubset(of: names), "\(used.subtracting(names))")
        // What only the tools have is not in the description of HTTP.
        #expect(names.subtracting(used) == ["ToolReply", "MultiAnswer", "SearchRequest"].filter { !used.contains($0) }.reduce(into: []) { $0.insert($1) })
        #expect(names.count == Components.all.count)
    }

    @Test func everyOperationIsDescribedOnce() {
        let paths = OpenAPI.document["paths"]
        var ids: [String] = []
        for operation in Operation.all {
            let item = paths?[operation.path]?[operation.method.rawValue.lowercased()]
            #expect(item?["operationId"]?.string == operation.id)
            let inPath = Set(operation.path.matches(of: /\{(\w+)\}/).map { String($0.output.1) })
            #expect(inPath == Set(operation.parameters.filter(\.isInPath).map(\.name)), "\(operation.id)")
            ids.append(operation.id)
        }
        #expect(Set(ids).count == ids.count && Operation.all.count == 21)
    }

    @Test func everyOperationIsRoutedToItself() throws {
        for operation in Operation.all {
            let path = operation.path.replacing("{id}", with: "t%2F000")
            let segments = try #require(Router.segments(path))
            let found = try #require(try Router.operation(operation.method.rawValue, segments))
            #expect(found.operation.id == operation.id && found.path == (operation.path.contains("{") ? ["id": "t/000"] : [:]))
        }
    }

    // MARK: What is written

    static let requests = [
        "happy jazz", "", "no vocals", "like Song <0> but calmer", "zither music by nobody",
        "rock or jazz, not by Band 3 & Co, 1970s, under 3 minutes, 120 bpm, in C minor",
        "like Queen", "hapy jaz", "20 songs with saxophone", "🎷 日本", "unlike Song <4> by Band 1 & Co",
    ]

    @Test(arguments: requests) func everyReplyIsAsItsSchemaSays(text: String) throws {
        let answer = service.post("/v1/search", ["text": .string(text), "facets": true, "explain": true, "limit": 20])
        try Answer.schema.check(answer.json, at: "reply")
        let state = try #require(answer.json["state"])
        for critique in ["more upbeat", "like the first one", "keep the genre", "undo", "gibberish", "start over"] {
            let turn = service.post("/v1/refine", ["state": state, "critique": .string(critique), "facets": true])
            try Answer.schema.check(turn.json, at: "reply to \(critique)")
        }
        try TrackVerdict.schema.check(service.get("/v1/tracks/t%2F003/explain", "plan=" + (state.string ?? "")).json, at: "reply")
    }

    @Test func theOthersAre() throws {
        for operation in Operation.all where operation.method == .get {
            guard case .json(let schema) = operation.reply, operation.id != "searchByAddress", operation.id != "explain" else { continue }
            let reply = service.get(operation.path.replacing("{id}", with: "t%2F001"))
            #expect(reply.status == 200, "\(operation.id): \(reply.text)")
            try schema.check(reply.json, at: operation.id)
        }
        try MultiAnswer.schema.check(
            service.post("/v1/multi-search", ["searches": [["text": "jazz"], ["text": "x", "limit": 5, "cursor": "c1.x"]]]).json, at: "reply")
        try Schema.reference("Error").check(service.get("/nothing").json, at: "reply")
    }

    /// The plan's schema and its reader say the same: what the planner makes passes both.
    @Test func plansPassTheirSchema() throws {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            let plan = library.planner.plan(PlannerWords.random(&random))
            let canonical = try JSONValue(json: plan.canonicalJSON.utf8)
            try QueryPlan.schema.check(canonical, at: "plan")
            // What replies print is what a handle holds, whatever the order of its members.
            #expect(try JSONValue(json: plan.json).sorted == canonical.sorted)
        }
    }

    // MARK: Tools

    @Test func theToolsAreSix() {
        #expect(Tool.all.map(\.name) == ["search_music", "refine_search", "find_similar", "explain_track", "list_descriptors", "export_playlist"])
    }

    /// Strict function calling: every object closed, every member required, no reference, no pattern left out of sight.
    @Test(arguments: Tool.all.map(\.name)) func aToolIsStrict(name: String) throws {
        let tool = try #require(Tool.all.first { $0.name == name })
        let function = try #require(tool.functionSchema["function"])
        #expect(function["strict"] == true)
        func check(_ schema: JSONValue) {
            #expect(schema["$ref"] == nil)
            if schema["type"]?.string == "object" {
                #expect(schema["additionalProperties"] == false)
                guard case .object(let members)? = schema["properties"] else { return }
                #expect(Set((schema["required"]?.array ?? []).compactMap(\.string)) == Set(members.map(\.name)))
                for member in members { check(member.value) }
            }
            for choice in schema["anyOf"]?.array ?? [] { check(choice) }
            if let items = schema["items"] { check(items) }
        }
        check(try #require(function["parameters"]))
    }

    @Test func argumentsThatAreNullAreLeftOut() throws {
        let tool = Tool.searchMusic
        let output = try tool.call(["request": "happy jazz", "limit": .null], library)
        #expect(output.json["tracks"]?.array?.count == 10)
    }

    @Test func aToolsReplyIsShort() throws {
        let output = try Tool.searchMusic.call(["request": "happy jazz", "limit": 20], library)
        try ToolReply.schema.check(output.json, at: "reply")
        #expect(output.json["tracks"]?.array?.count == 20)
        guard case .object(let fields)? = output.json["tracks"]?.array?.first else { return #expect(Bool(false)) }
        #expect(fields.count <= 10 && output.text.utf8.count < 6_000, "\(output.text.utf8.count) bytes")
    }
}

@Suite struct MCPTests {
    let library = ServiceLibrary.shared.library

    func ask(_ message: JSONValue) -> JSONValue? { MCP.reply(to: message, library) }
    func call(_ tool: String, _ arguments: JSONValue) -> JSONValue? {
        ask(["jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": ["name": .string(tool), "arguments": arguments]])?["result"]
    }

    @Test func aClientIsGreeted() {
        let reply = ask(["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": ["protocolVersion": "2025-06-18"]])
        #expect(reply?["id"] == 1 && reply?["result"]?["protocolVersion"] == "2025-06-18" && reply?["result"]?["serverInfo"]?["name"] == "descant")
        let other = ask(["jsonrpc": "2.0", "id": "a", "method": "initialize", "params": ["protocolVersion": "1999-01-01"]])
        #expect(other?["result"]?["protocolVersion"]?.string == MCP.versions[0] && other?["id"] == "a")
        #expect(ask(["jsonrpc": "2.0", "method": "notifications/initialized"]) == nil)
        #expect(ask(["jsonrpc": "2.0", "id": 2, "method": "ping"])?["result"] == .object([]))
    }

    @Test func toolsAreListedAndCalled() throws {
        let tools = ask(["jsonrpc": "2.0", "id": 1, "method": "tools/list"])?["result"]?["tools"]?.array ?? []
        #expect(tools.count == 6 && tools.allSatisfy { $0["annotations"]?["readOnlyHint"] == true && $0["inputSchema"]?["type"] == "object" })
        #expect(!tools.contains { $0.json.contains("$ref") })
        let found = call("search_music", ["request": "happy jazz piano", "limit": 5])
        let content = try #require(found?["structuredContent"])
        #expect(found?["isError"] == false && content["tracks"]?.array?.count == 5)
        #expect(found?["content"]?.array?.first?["text"]?.string == content.json)
        let state = try #require(content["state"])
        let refined = call("refine_search", ["state": state, "critique": "calmer, like the second one"])
        #expect(refined?["structuredContent"]?["changes"]?.array?.isEmpty == false)
        let track = try #require(content["tracks"]?.array?.first?["id"])
        #expect(call("find_similar", ["track": track, "mood": "calm", "limit": 3])?["structuredContent"]?["tracks"]?.array?.count == 3)
        #expect(call("find_similar", ["track": "Song <5>"])?["isError"] == false)
        #expect(call("explain_track", ["track": track, "state": state])?["structuredContent"]?["isFound"] == true)
        #expect(call("list_descriptors", ["facet": "genre", "limit": 2])?["structuredContent"]?["descriptors"]?.array?.count == 2)
        #expect(call("export_playlist", ["state": state, "format": "m3u8"])?["structuredContent"]?["text"]?.string?.hasPrefix("#EXTM3U") == true)
    }

    @Test(arguments: [
        ("search_music", #"{}"#, "request"), ("search_music", #"{"request":"x","limit":21}"#, "arguments.limit"),
        ("search_music", #"{"request":"x","k":3}"#, "'k'"),
        ("refine_search", #"{"state":"d2.x","critique":"more"}"#, "arguments.state"), ("find_similar", #"{"track":"nobody's song"}"#, "there is no track"),
        ("find_similar", #"{"track":"t/000","mood":"jazz"}"#, "no mood"), ("explain_track", #"{"track":"t/000"}"#, "state"),
    ]) func aModelIsToldWhatIsWrong(tool: String, arguments: String, word: String) throws {
        let reply = call(tool, try JSONValue(json: arguments.utf8))
        #expect(reply?["isError"] == true && reply?["content"]?.array?.first?["text"]?.string?.contains(word) == true, "\(reply?.json ?? "")")
    }

    @Test(arguments: [
        ("nonsense", -32700), ("[]", -32600), ("{}", -32600), (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600), (#"{"jsonrpc":"2.0","id":1}"#, -32600),
        (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600), (#"{"jsonrpc":"2.0","id":1,"method":"tools/drop"}"#, -32601),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}"#, -32602), (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602),
    ]) func aFaultHasItsNumber(line: String, code: Int) throws {
        let reply = try #require(MCP.reply(toLine: line, library))
        #expect(try JSONValue(json: reply.utf8)["error"]?["code"]?.int == code)
    }

    @Test func severalMessagesAreAnsweredTogether() {
        let reply = ask([
            ["jsonrpc": "2.0", "id": 1, "method": "ping"], ["jsonrpc": "2.0", "method": "notifications/x"], ["jsonrpc": "2.0", "id": 2, "method": "nope"],
        ])
        #expect(reply?.array?.count == 2)
    }
}

@Suite struct ConversationLogTests {
    @Test func aLogReplaysToTheSameBytes() throws {
        let service = ServiceLibrary.shared.service
        var log = ConversationLog()
        var state = log.ask("/v1/search", ["text": "happy jazz"], of: service)["state"] ?? .null
        for words in ["calmer", "no vocals", "like the first one", "undo", "start over"] {
            state = log.ask("/v1/refine", ["state": state, "critique": .string(words)], of: service)["state"] ?? .null
        }
        let text = log.lines.map(\.text).joined(separator: "\n") + "\n"
        let again = try ConversationLog(text, file: "log")
        #expect(again.lines.map(\.text) == log.lines.map(\.text))
        #expect(again.replay(on: service, threads: 1).isEmpty)
        var changed = again
        changed.lines[2].reply = changed.lines[2].reply.replacing("\"rank\":1", with: "\"rank\":2")
        let differences = changed.replay(on: service, threads: 3)
        #expect(differences.map(\.line) == [3])
    }

    @Test(arguments: ["rubbish", "{}", #"{"path":"/v1/search","body":{}}"#]) func aBadLogNamesItsLine(line: String) {
        let error = #expect(throws: ServiceError.self) { try ConversationLog("\n" + line, file: "log") }
        #expect(error?.place == "log:2")
    }
}
