import Vocabulary

/// The shape of a JSON value: what is read is held to it, and OpenAPI, the tools of models and MCP print it.
///
/// A small part of JSON Schema 2020-12: what the API needs, and every model's function calling understands.
public indirect enum Schema: Hashable, Sendable {
    case boolean
    case integer(ClosedRange<Int>? = nil)
    case number(ClosedRange<Double>? = nil)
    /// - Parameters:
    ///   - most: code points.
    ///   - pattern: of a descriptor's name, the only text whose form is fixed.
    case string(most: Int? = nil, pattern: String? = nil)
    case choice([String])
    case array(Schema, most: Int? = nil)
    case map(Schema)
    case object(ObjectSchema)
    /// By its name among the components.
    case reference(String)
    case anyOf([Schema])
    /// Whatever is JSON.
    case any
}

/// An object whose members are all known.
public struct ObjectSchema: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public var name: String
        public var schema: Schema
        /// What it means, for people and models.
        public var about: String
        public var isRequired: Bool

        public init(_ name: String, _ schema: Schema, _ about: String, required: Bool = false) {
            (self.name, self.schema, self.about, isRequired) = (name, schema, about, required)
        }
    }

    public var about: String
    public var fields: [Field]

    public init(_ about: String = "", _ fields: [Field]) { (self.about, self.fields) = (about, fields) }
}

extension Schema {
    /// `mood:upbeat`.
    static let descriptor = Schema.string(most: 200, pattern: "^(\(Facet.allCases.map(\.rawValue).joined(separator: "|"))):.+$")
    static let facet = Schema.choice(Facet.allCases.map(\.rawValue))

    /// As JSON Schema.
    public var json: JSONValue { .object(members(strict: false)) }

    /// As the strict function calling of language models wants it: every member required, those that may be missing also null.
    public var strictJSON: JSONValue { .object(members(strict: true)) }

    private func members(strict: Bool) -> [JSONValue.Member] {
        func nested(_ schema: Schema) -> JSONValue { .object(schema.members(strict: strict)) }
        switch self {
        case .boolean: return [.init("type", "boolean")]
        case .integer(let range):
            let bounds = range.map { range -> [JSONValue.Member] in
                [.init("minimum", .number(Double(range.lowerBound)))] + (range.upperBound == .max ? [] : [.init("maximum", .number(Double(range.upperBound)))])
            }
            return [.init("type", "integer")] + (bounds ?? [])
        case .number(let range):
            return [.init("type", "number")] + (range.map { [.init("minimum", .number($0.lowerBound)), .init("maximum", .number($0.upperBound))] } ?? [])
        case .string(let most, let pattern):
            return [.init("type", "string")] + (most.map { [.init("maxLength", .number(Double($0)))] } ?? [])
                + (pattern.map { [.init("pattern", .string($0))] } ?? [])
        case .choice(let names): return [.init("type", "string"), .init("enum", .array(names.map { .string($0) }))]
        case .array(let element, let most):
            return [.init("type", "array"), .init("items", nested(element))] + (most.map { [.init("maxItems", .number(Double($0)))] } ?? [])
        case .map(let element): return [.init("type", "object"), .init("additionalProperties", nested(element))]
        case .reference(let name):
            if strict, let schema = Components.schema(name) { return schema.members(strict: true) }
            return [.init("$ref", .string("#/components/schemas/\(name)"))]
        case .any: return []
        case .anyOf(let choices): return [.init("anyOf", .array(choices.map(nested)))]
        case .object(let object): return object.members(strict: strict)
        }
    }

    /// The types that values have, for those that may also be null.
    fileprivate func orNull(strict: Bool) -> [JSONValue.Member] {
        [.init("anyOf", .array([.object(members(strict: strict)), .object(["type": "null"])]))]
    }

    fileprivate func property(_ about: String, strict: Bool, isRequired: Bool) -> JSONValue {
        let members = strict && !isRequired ? orNull(strict: true) : members(strict: strict)
        // What is said of the member goes before what is said of its type.
        return .object(about.isEmpty ? members : members.filter { $0.name != "description" } + [.init("description", .string(about))])
    }
}

extension ObjectSchema {
    fileprivate func members(strict: Bool) -> [JSONValue.Member] {
        let required = strict ? fields : fields.filter(\.isRequired)
        return (about.isEmpty ? [] : [.init("description", .string(about))]) + [
            .init("type", "object"),
            .init(
                "properties",
                .object(fields.map { .init($0.name, $0.schema.property($0.about, strict: strict, isRequired: $0.isRequired)) })),
        ] + (required.isEmpty ? [] : [.init("required", .array(required.map { .string($0.name) }))]) + [.init("additionalProperties", false)]
    }
}
