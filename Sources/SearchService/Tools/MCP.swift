public import MusicSearch

/// The Model Context Protocol (modelcontextprotocol.io, JSON-RPC 2.0): one message in, one reply out, no session. The tools only read.
public enum MCP {
    static let versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    /// Of a batch, which newer versions have no more.
    private static let mostMessages = 16

    private enum Fault: Int {
        case parse = -32700, invalidRequest = -32600, methodNotFound = -32601, invalidParameters = -32602
    }

    /// The reply to a line of text; nil for a notification, which has none.
    public static func reply(toLine line: String, _ library: Library) -> String? {
        let message: JSONValue
        do { message = try JSONValue(json: line.utf8) } catch { return fault(.null, .parse, "\(error)").json }
        return reply(to: message, library)?.json
    }

    static func reply(to message: JSONValue, _ library: Library) -> JSONValue? {
        if case .array(let messages) = message {
            guard messages.count <= mostMessages else { return fault(.null, .invalidRequest, "\(messages.count) messages, expected at most \(mostMessages)") }
            let replies = messages.compactMap { reply(to: $0, library) }
            return messages.isEmpty ? fault(.null, .invalidRequest, "an empty batch") : replies.isEmpty ? nil : .array(replies)
        }
        guard case .object = message, message["jsonrpc"]?.string == "2.0" else {
            return fault(message["id"] ?? .null, .invalidRequest, "expected an object with jsonrpc \"2.0\"")
        }
        guard let method = message["method"]?.string else {
            // A reply to something that was never asked.
            if message["result"] != nil || message["error"] != nil { return nil }
            return fault(message["id"] ?? .null, .invalidRequest, "expected a method")
        }
        guard let id = message["id"] else { return nil }
        guard id.string != nil || id.number != nil else {
            return fault(.null, .invalidRequest, "expected an id that is a string or a number, found \(id.kind)")
        }
        let parameters = message["params"] ?? .object([])
        switch method {
        case "initialize": return result(id, initialized(parameters))
        case "ping": return result(id, .object([]))
        case "tools/list": return result(id, toolList)
        case "tools/call": return call(id, parameters, library)
        default: return fault(id, .methodNotFound, "there is no method '\(method.prefix(80))'")
        }
    }

    private static let toolList: JSONValue = ["tools": .array(Tool.all.map(\.mcpSchema))]

    private static func initialized(_ parameters: JSONValue) -> JSONValue {
        let asked = parameters["protocolVersion"]?.string ?? ""
        return [
            "protocolVersion": .string(versions.contains(asked) ? asked : versions[0]), "capabilities": ["tools": ["listChanged": false]],
            "serverInfo": ["name": "descant", "title": "Descant", "version": .string(descantVersion)],
            "instructions": """
            Search the listener's music by describing it. Begin with search_music in the listener's own words; go on with refine_search and the latest state. \
            Quote say; name only tracks that a reply holds.
            """,
        ]
    }

    private static func call(_ id: JSONValue, _ parameters: JSONValue, _ library: Library) -> JSONValue {
        guard let name = parameters["name"]?.string, let tool = Tool.all.first(where: { $0.name == name }) else {
            return fault(
                id, .invalidParameters,
                "there is no tool '\(parameters["name"]?.string?.prefix(80) ?? "")'; known: \(Tool.all.map(\.name).joined(separator: ", "))")
        }
        do throws(ServiceError) {
            let output = try tool.call(parameters["arguments"] ?? .object([]), library)
            return result(id, ["content": [["type": "text", "text": .string(output.text)]], "structuredContent": output.json, "isError": false])
        } catch {
            // A model can mend its own arguments when it is told what is wrong with them.
            return result(id, ["content": [["type": "text", "text": .string("\(error)")]], "isError": true])
        }
    }

    private static func result(_ id: JSONValue, _ value: JSONValue) -> JSONValue { ["jsonrpc": "2.0", "id": id, "result": value] }

    private static func fault(_ id: JSONValue, _ fault: Fault, _ message: String) -> JSONValue {
        ["jsonrpc": "2.0", "id": id, "error": ["code": .number(Double(fault.rawValue)), "message": .string(message)]]
    }
}

extension Tool {
    fileprivate var mcpSchema: JSONValue {
        [
            "name": .string(name), "title": .string(title), "description": .string(about), "inputSchema": Schema.object(input).json.inlined,
            "outputSchema": output.json.inlined,
            "annotations": ["readOnlyHint": true, "openWorldHint": false, "idempotentHint": true, "title": .string(title)],
        ]
    }
}

extension JSONValue {
    /// With components in the place of references to them, but one that holds itself, which may then be anything.
    fileprivate var inlined: JSONValue { inlined(within: []) }

    private func inlined(within names: [String]) -> JSONValue {
        switch self {
        case .object(let members):
            if let reference = self["$ref"]?.string {
                let name = String(reference.split(separator: "/").last ?? "")
                guard !names.contains(name), let schema = Components.schema(name) else { return .object([]) }
                return schema.json.inlined(within: names + [name])
            }
            return .object(members.map { Member($0.name, $0.value.inlined(within: names)) })
        case .array(let values): return .array(values.map { $0.inlined(within: names) })
        default: return self
        }
    }
}
