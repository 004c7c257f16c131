/// What an index keeps of every row.
public enum RowFormat: UInt64, Hashable, Sendable, CaseIterable, Codable {
    /// 4 bytes an element, searched and scored exactly.
    case float32 = 0
    /// 1 byte an element; scores are off by 0.0003 on average (sentence embeddings of 384 elements), which costs 0.7 % of recall@10.
    case int8 = 1
    /// 1 byte an element to search and half a byte more to score the last candidates: off by 0.00002. 1.5 bytes.
    case int8WithResidual = 2
    /// 1 byte an element to search, 4 to score the last candidates exactly. 5 bytes.
    case int8WithFloat32 = 3

    var hasCodes: Bool { self != .float32 }
    var hasResidual: Bool { self == .int8WithResidual }
    var hasFloats: Bool { self == .float32 || self == .int8WithFloat32 }
}
