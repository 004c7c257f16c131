public import LinearAlgebra

/// Texts → unit vectors whose dot product says how near they are in meaning.
public protocol TextEncoder: Sendable {
    /// What makes the vectors; those of two identities are not to be compared.
    var identity: String { get }
    var dimension: Int { get }
    /// What its similarities are worth beside words.
    var fusion: FusionParameters { get }
    /// One text, as quickly as it goes.
    func encode(_ text: String) -> BiEncoder.Encoding
    /// Many texts: `[texts.count][dimension]`, and which were longer than the encoder reads.
    func encode(_ texts: [String], progress: (@Sendable (Int) -> Void)?) -> (vectors: Matrix, truncated: [Int])
}

extension TextEncoder {
    public var fusion: FusionParameters { .standard }
}

extension BiEncoder: TextEncoder {}
