/// What has a place in a reply: its schema and its JSON are made from one list of properties, so they cannot differ.
///
/// ```swift
/// extension FacetCount: Resource {
///     static let about = "A descriptor and how many tracks have it."
///     static let properties = [
///         Property("label", "As a person writes it.") { $0.label },
///         Property("count", "Tracks.") { $0.count },
///     ]
/// }
/// ```
protocol Resource: Representable {
    /// Its name among the components of the API.
    static var resourceName: String { get }
    static var about: String { get }
    static var properties: [Property<Self>] { get }
}

/// A value that can be written as JSON, with its schema.
protocol Representable {
    static var schema: Schema { get }
    func write(to writer: inout JSONWriter)
}

/// A member of a resource.
struct Property<Owner>: Sendable {
    let name: String
    let about: String
    let schema: Schema
    let isRequired: Bool
    let write: @Sendable (Owner, inout JSONWriter) -> Void

    init<Value: Representable>(_ name: String, _ about: String, _ schema: Schema? = nil, _ value: @escaping @Sendable (Owner) -> Value) {
        (self.name, self.about, self.schema, isRequired) = (name, about, schema ?? Value.schema, true)
        write = { owner, writer in
            writer.name(name)
            value(owner).write(to: &writer)
        }
    }

    /// One that may be missing.
    init<Value: Representable>(_ name: String, _ about: String, _ schema: Schema? = nil, optional value: @escaping @Sendable (Owner) -> Value?) {
        (self.name, self.about, self.schema, isRequired) = (name, about, schema ?? Value.schema, false)
        write = { owner, writer in
            guard let value = value(owner) else { return }
            writer.name(name)
            value.write(to: &writer)
        }
    }
}

extension Resource {
    static var resourceName: String { "\(Self.self)" }
    static var schema: Schema { .reference(resourceName) }

    static var component: (name: String, schema: Schema) {
        (resourceName, .object(ObjectSchema(about, properties.map { ObjectSchema.Field($0.name, $0.schema, $0.about, required: $0.isRequired) })))
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for property in Self.properties { property.write(self, &writer) }
        }
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension String: Representable {
    static var schema: Schema { .string() }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Int: Representable {
    static var schema: Schema { .integer() }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Double: Representable {
    static var schema: Schema { .number() }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Bool: Representable {
    static var schema: Schema { .boolean }
    func write(to writer: inout JSONWriter) { writer.write(self) }
}

extension Array: Representable where Element: Representable {
    static var schema: Schema { .array(Element.schema) }
    func write(to writer: inout JSONWriter) {
        writer.array { writer in
            for element in self { element.write(to: &writer) }
        }
    }
}

extension Dictionary: Representable where Key == String, Value: Representable {
    static var schema: Schema { .map(Value.schema) }
    /// In the order of its keys: the same value gives the same bytes.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for (key, value) in sorted(by: { $0.key < $1.key }) {
                writer.name(key)
                value.write(to: &writer)
            }
        }
    }
}

extension RawRepresentable where RawValue == String, Self: CaseIterable {
    static var schema: Schema { .choice(allCases.map(\.rawValue)) }
    func write(to writer: inout JSONWriter) { writer.write(rawValue) }
}
