/// Finds the operation of an address.
enum Router {
    private static let templates: [(segments: [String], operation: Operation)] = Operation.all.map { ($0.path.split(separator: "/").map(String.init), $0) }

    /// The decoded segments of a path; nil where it is not well encoded. An encoded slash belongs to its segment.
    static func segments(_ path: String) -> [String]? {
        guard path.hasPrefix("/") else { return nil }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = Percent.decode(part) else { return nil }
            segments.append(segment)
        }
        return segments == [""] ? [] : segments
    }

    /// - Returns: nil for an address where nothing is.
    /// - Throws: `ServiceError` for another method than there is.
    static func operation(_ method: String, _ segments: [String]) throws(ServiceError) -> (operation: Operation, path: [String: String])? {
        var methods: [String] = []
        for (template, operation) in templates {
            guard let path = match(template, segments) else { continue }
            if operation.method.rawValue == method { return (operation, path) }
            methods.append(operation.method.rawValue)
        }
        guard methods.isEmpty else {
            let allowed = methods.joined(separator: ", ")
            throw ServiceError(.methodNotAllowed, "expected another method than \(method.prefix(20)): \(allowed)", at: "method", headers: ["Allow": allowed])
        }
        return nil
    }

    static func methods(_ segments: [String]) -> [String] {
        templates.filter { match($0.segments, segments) != nil }.map(\.operation.method.rawValue) + ["OPTIONS"]
    }

    private static func match(_ template: [String], _ segments: [String]) -> [String: String]? {
        guard template.count == segments.count else { return nil }
        var path: [String: String] = [:]
        for (part, segment) in zip(template, segments) {
            if part.hasPrefix("{") {
                guard !segment.isEmpty else { return nil }
                path[String(part.dropFirst().dropLast())] = segment
            } else if part != segment {
                return nil
            }
        }
        return path
    }
}

/// Reads what follows the question mark.
enum Query {
    private static func pairs(_ query: String) throws(ServiceError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        var names: Set<String> = []
        for part in query.split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Percent.decode(sides[0], plusIsSpace: true), let value = Percent.decode(sides.count > 1 ? sides[1] : "", plusIsSpace: true) else {
                throw ServiceError(.badQuery, "a parameter is not well encoded, or not UTF-8", at: "query")
            }
            guard names.insert(name).inserted else {
                throw ServiceError(.badQuery, "'\(name.prefix(80))' comes twice", at: "query.\(name.prefix(80))")
            }
            pairs.append((name, value))
        }
        return pairs
    }

    /// The parameters as an object, typed by their schemas.
    static func read(_ query: String, _ parameters: [Operation.Parameter]) throws(ServiceError) -> JSONValue {
        var members: [JSONValue.Member] = []
        for (name, text) in try pairs(query) {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                let known = parameters.map(\.name).joined(separator: ", ")
                throw ServiceError(
                    .unknownField, "there is no parameter '\(name.prefix(80))'; known: \(known.isEmpty ? "none" : known)", at: "query.\(name.prefix(80))")
            }
            let value = value(text, parameter.schema)
            try parameter.schema.check(value, at: "query.\(name)")
            members.append(.init(name, value))
        }
        return .object(members)
    }

    /// The one parameter of the page that the service itself reads: what was typed into its form. Others are the page's own.
    static func page(_ query: String) throws(ServiceError) -> String? { try pairs(query).first { $0.name == "q" }?.value }

    /// A text as the type that is expected; as a string where it is none, for the check to refuse.
    private static func value(_ text: String, _ schema: Schema) -> JSONValue {
        switch schema {
        case .integer, .number: JSONValue.number(text) ?? .string(text)
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        case .array(let element, _): .array(text.split(separator: ",").map { value(String($0), element) })
        default: .string(text)
        }
    }
}

extension JSONValue {
    /// A number as JSON writes it.
    fileprivate static func number(_ text: String) -> JSONValue? {
        guard let value = try? JSONValue(json: text.utf8), value.number != nil else { return nil }
        return value
    }
}
