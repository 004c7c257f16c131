/// What an index keeps of every row.
public enum RowFormat: UInt64, Hashable, Sendable, CaseIterable, Codable {
    /// 4 bytes an element, searched and scored exactly.
    case float32 = 0
    /// 1 byte an element; scores are off by about 0.001.
    case int8 = 1
    /// 1 byte an element to search and half a byte more to score the last candidates: off by less than 0.0001. 1.5 bytes.
    case int8WithResidual = 2
    /// 1 byte an element to search, 4 to score the last candidates exactly. 5 bytes.
    case int8WithFloat32 = 3

    var hasCodes: Bool { self != .float32 }
    var hasResidual: Bool { self == .int8WithResidual }
    var hasFloats: Bool { self == .float32 || self == .int8WithFloat32 }
}
