/// Lets a `Decodable` type read itself from a ``ConfigurationNode``, and notes the keys that it asks for: those are the known ones.
final class ConfigurationDecoder: Decoder {
    let node: ConfigurationNode
    /// Nil until the type asks for an object.
    fileprivate(set) var asked: Set<String>?

    init(_ node: ConfigurationNode) { self.node = node }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object? = node.effective else { throw node.wrong(expected: "an object") }
        asked = asked ?? []
        return KeyedDecodingContainer(Members(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .list(let values)? = node.effective else { throw node.wrong(expected: "a list") }
        return Elements(node: node, values: values)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(node: node) }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: ConfigurationDecoder

        var codingPath: [any CodingKey] { [] }

        var allKeys: [Key] {
            guard case .object(let members)? = decoder.node.effective else { return [] }
            // A dictionary: whatever key is there is meant.
            decoder.asked?.formUnion(members.keys)
            return members.keys.sorted().compactMap { Key(stringValue: $0) }
        }

        private func member(_ key: Key) -> ConfigurationNode {
            decoder.asked?.insert(key.stringValue)
            return decoder.node.member(key.stringValue)
        }

        func contains(_ key: Key) -> Bool { member(key).effective != nil }
        func decodeNil(forKey key: Key) -> Bool { member(key).effective == .null }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try member(key).decode(type) }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
            try ConfigurationDecoder(member(key)).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try ConfigurationDecoder(member(key)).unkeyedContainer() }
        func superDecoder() -> any Decoder { decoder }
        func superDecoder(forKey key: Key) -> any Decoder { ConfigurationDecoder(member(key)) }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let node: ConfigurationNode
        let values: [JSONValue]
        private(set) var currentIndex = 0

        init(node: ConfigurationNode, values: [JSONValue]) {
            self.node = node
            self.values = values
        }

        var codingPath: [any CodingKey] { [] }
        var count: Int? { values.count }
        var isAtEnd: Bool { currentIndex == values.count }

        private mutating func next() throws -> ConfigurationNode {
            guard !isAtEnd else { throw node.wrong(expected: "a list of more than \(values.count)") }
            defer { currentIndex += 1 }
            return node.element(values[currentIndex], currentIndex)
        }

        mutating func decodeNil() -> Bool {
            guard !isAtEnd, values[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
            try ConfigurationDecoder(next()).container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try ConfigurationDecoder(next()).unkeyedContainer() }
        mutating func superDecoder() throws -> any Decoder { ConfigurationDecoder(try next()) }
    }

    private struct Single: SingleValueDecodingContainer {
        let node: ConfigurationNode

        var codingPath: [any CodingKey] { [] }
        func decodeNil() -> Bool { node.effective == .null }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.decode(type) }
    }
}
