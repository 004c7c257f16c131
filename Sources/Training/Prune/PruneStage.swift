import Encoders
import Evaluation
import Storage
import TextAnalysis
import Vocabulary

/// What of the base model the student begins with.
public struct PruneOptions: StageOptions {
    /// Layers that are kept, from 0, in their order.
    public var layers = [0, 2, 5]
    /// Pieces of the vocabulary that are kept: those that speak of music, then general English by frequency.
    public var vocabulary = 12_000
    /// Positions that are kept: the longest text that the student can read, in tokens.
    public var positions = 256

    public init() {}

    public var faults: [OptionFault] {
        fault("layers", unless: !layers.isEmpty && layers.allSatisfy { $0 >= 0 }, expected: "numbers from 0", found: "\(layers)")
            + fault("vocabulary", vocabulary, in: 1000...1_000_000) + fault("positions", positions, in: 16...512)
    }
}

/// The stage *prune*: the base model cut to some layers, to the word pieces that music and general English need, and to fewer positions.
struct PruneStage {
    let options: PruneOptions
    let rows: [DescriptorMatching.Row]
    /// Folder of the vocabulary's tables.
    let vocabulary: String
    let base: String

    init(_ options: PruneOptions, rows: [DescriptorMatching.Row], vocabulary: String, base: String) {
        (self.options, self.rows, self.vocabulary, self.base) = (options, rows, vocabulary, base)
    }

    func run(in work: StageWorkspace) throws {
        let words = try MappedFile(path: base + "/vocab.txt")
        let original = try withExtendedLifetime(words) { try WordPieceVocabulary(words.bytes, path: words.path) }
        let tables = try VocabularyTables(folder: vocabulary)
        let subject =
            rows.flatMap { [$0.text] + $0.tags } + tables.descriptors.flatMap { [$0.label] + $0.aliases } + tables.usages.values.flatMap { $0 }
        let general = try MappedFile(path: vocabulary + "/common-words.txt")
        let common = withExtendedLifetime(general) {
            general.bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }.filter { !$0.hasPrefix("#") }
        }
        try TransformerPruning.write(
            from: base, to: work.folder, layers: options.layers,
            vocabulary: VocabularyPruning(original, subject: subject, general: common, size: options.vocabulary), positions: options.positions)
    }
}
