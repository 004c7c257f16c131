/// A place in a configuration file: its value there, and the default that stands behind it.
struct ConfigurationNode {
    /// Nil where the file says nothing.
    var value: JSONValue?
    /// Nil where there is no default.
    var standard: JSONValue?
    /// From the file's root; elements of lists as `[2]`.
    var keys: [String]
    var file: String

    /// What counts: the file's value, else the default.
    var effective: JSONValue? { value ?? standard }

    var path: String { keys.reduce("") { $0.isEmpty || $1.hasPrefix("[") ? $0 + $1 : $0 + "." + $1 } }

    func member(_ key: String) -> ConfigurationNode {
        ConfigurationNode(value: Self.member(key, of: value), standard: Self.member(key, of: standard), keys: keys + [key], file: file)
    }

    private static func member(_ key: String, of value: JSONValue?) -> JSONValue? {
        guard case .object(let members)? = value else { return nil }
        return members[key]
    }

    func element(_ value: JSONValue, _ index: Int) -> ConfigurationNode {
        ConfigurationNode(value: value, standard: nil, keys: keys + ["[\(index)]"], file: file)
    }

    func wrong(expected: String) -> ConfigurationError {
        .value(path: file, key: path, expected: expected, found: effective?.summary ?? "nothing")
    }

    /// - Throws: `ConfigurationError`, also for keys that the type did not ask for.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let scalar = type as? any ConfigurationScalar.Type {
            guard let value = effective.flatMap({ scalar.init(json: $0) }) as? Value else { throw wrong(expected: scalar.expected) }
            return value
        }
        let decoder = ConfigurationDecoder(self)
        let result: Value
        do {
            result = try Value(from: decoder)
        } catch is DecodingError {
            let names = (type as? any (CaseIterable & RawRepresentable).Type).map { Self.rawValues(of: $0) }
            throw wrong(expected: names.map { "one of \($0.joined(separator: ", "))" } ?? "a \(type)")
        }
        if let asked = decoder.asked, case .object(let members)? = value, let unknown = members.keys.filter({ !asked.contains($0) }).min() {
            throw ConfigurationError.unknownKey(
                path: file, key: member(unknown).path, known: asked.sorted(), proposal: Self.nearest(to: unknown, of: asked).map { member($0).path })
        }
        return result
    }

    private static func rawValues<Cases: CaseIterable & RawRepresentable>(of type: Cases.Type) -> [String] { type.allCases.map { "\($0.rawValue)" } }

    /// The known key with the fewest changed letters, if a third of them at most, and two at least, would have to change.
    static func nearest(to key: String, of known: Set<String>) -> String? {
        let ranked = known.sorted().map { (key: $0, distance: editDistance(Array(key.lowercased()), Array($0.lowercased()))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(2, key.count / 3) else { return nil }
        return best.key
    }

    /// Levenshtein's: letters put in, taken out or replaced.
    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}

/// A type that JSON holds as it is.
private protocol ConfigurationScalar {
    static var expected: String { get }
    /// Nil for another type of JSON, or a number that the type cannot hold.
    init?(json: JSONValue)
}

extension Bool: ConfigurationScalar {
    static var expected: String { "true or false" }
    init?(json: JSONValue) {
        guard case .boolean(let value) = json else { return nil }
        self = value
    }
}

extension String: ConfigurationScalar {
    static var expected: String { "text" }
    init?(json: JSONValue) {
        guard case .text(let value) = json else { return nil }
        self = value
    }
}

extension ConfigurationScalar where Self: FixedWidthInteger {
    static var expected: String { Self.isSigned ? "a whole number" : "a whole number from 0" }
    init?(json: JSONValue) {
        switch json {
        case .integer(let value): self.init(exactly: value)
        case .unsigned(let value): self.init(exactly: value)
        default: return nil
        }
    }
}

extension Int: ConfigurationScalar {}
extension Int32: ConfigurationScalar {}
extension Int64: ConfigurationScalar {}
extension UInt32: ConfigurationScalar {}
extension UInt64: ConfigurationScalar {}

extension ConfigurationScalar where Self: BinaryFloatingPoint {
    static var expected: String { "a number" }
    init?(json: JSONValue) {
        switch json {
        case .integer(let value): self.init(value)
        case .unsigned(let value): self.init(value)
        case .number(let value): self.init(value)
        default: return nil
        }
        // 1e300 is no Float.
        guard isFinite else { return nil }
    }
}

extension Float: ConfigurationScalar {}
extension Double: ConfigurationScalar {}
