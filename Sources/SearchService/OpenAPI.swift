/// The API's description (OpenAPI 3.1), made from the operations.
enum OpenAPI {
    static let document: JSONValue = .object([
        "openapi": "3.1.0",
        "info": [
            "title": "Descant", "version": .string(descantVersion),
            "description": "Search music by describing it. A reply's state holds the whole conversation; the server keeps none.",
            "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
        ],
        "paths": .object(paths),
        "components": [
            "schemas": .object(Components.all.map { .init($0.name, $0.schema.json) }),
            "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
        ],
    ])

    private static var paths: [JSONValue.Member] {
        var order: [String] = []
        for operation in Operation.all where !order.contains(operation.path) { order.append(operation.path) }
        return order.map { path in
            .init(path, .object(Operation.all.filter { $0.path == path }.map { .init($0.method.rawValue.lowercased(), item($0)) }))
        }
    }

    private static func item(_ operation: Operation) -> JSONValue {
        var members: [JSONValue.Member] = [.init("operationId", .string(operation.id)), .init("summary", .string(operation.about))]
        if !operation.parameters.isEmpty { members.append(.init("parameters", .array(operation.parameters.map(parameter)))) }
        if let body = operation.body {
            members.append(.init("requestBody", ["required": true, "content": ["application/json": ["schema": body.json]]]))
        }
        members.append(.init("responses", .object(responses(operation))))
        // A key is asked for where the operator has set some.
        members.append(.init("security", operation.scope == .open ? [] : [.object([]), ["key": []]]))
        return .object(members)
    }

    private static func parameter(_ parameter: Operation.Parameter) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(parameter.name)), .init("in", parameter.isInPath ? "path" : "query"), .init("required", .bool(parameter.isRequired)),
            .init("schema", parameter.schema.json), .init("description", .string(parameter.about)),
        ]
        if case .array = parameter.schema { members += [.init("style", "form"), .init("explode", false)] }
        return .object(members)
    }

    private static func responses(_ operation: Operation) -> [JSONValue.Member] {
        var responses: [JSONValue.Member] = []
        func add(_ status: Int, _ about: String, _ content: JSONValue?) {
            guard !responses.contains(where: { $0.name == "\(status)" }) else { return }
            responses.append(.init("\(status)", .object([.init("description", .string(about))] + (content.map { [.init("content", $0)] } ?? []))))
        }
        switch operation.reply {
        case .json(let schema): add(200, "The answer.", ["application/json": ["schema": schema.json]])
        case .media(let types):
            let content = JSONValue.object(types.map { .init($0, .object([])) })
            add(200, "The answer.", content)
            if operation.errors.contains(.badRange) { add(206, "The part that was asked for.", content) }
            if operation.id == Operation.mcp.id { add(202, "A notification was taken.", content) }
        }
        let error: JSONValue = ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]]
        var codes = operation.errors + [.badQuery]
        if operation.body != nil { codes += [.badJSON, .unsupportedMedia, .tooLarge] }
        if operation.scope != .open { codes += [.unauthorized, .forbidden] }
        codes += [.methodNotAllowed, .timeout, .busy]
        for status in Set(codes.map(\.status)).sorted() {
            add(status, "Refused: \(codes.filter { $0.status == status }.map(\.rawValue).joined(separator: ", ")).", error)
        }
        return responses
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
}
