import Encoders
public import LinearAlgebra
import Storage
import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes requests for descriptor sets: a small causal transformer that has learnt from captions what is said of which tags.
///
/// ```swift
/// let decoder = try CausalDecoder(folder: "run/generate-1/decoder")
/// let texts = decoder.sample(sets: [["jazz", "slow tempo"]], perSet: 3)      // "this is a jazz piece with a slow tempo …"; nil where a draw was no good
/// ```
public struct CausalDecoder: Sendable {
    let model: LanguageModel
    let examples: DecoderExamples
    /// The sentences it has learnt from, as it would write them.
    let sentences: Set<String>
    /// Pieces that are never written.
    let forbidden: [Int]

    /// What the folder holds beside a model's files.
    private struct Companion: Codable {
        var examples: DecoderExamples.Options
    }

    private static let (companionName, sentencesName) = ("decoder.json", "sentences.txt")

    /// - Parameter folder: as `DecoderTraining` left it.
    /// - Throws: `FileError`, `ModelError`, `WeightsError` or the vocabulary's error, each naming the file.
    public init(folder: String, precision: Precision = .float32) throws {
        let path = folder + "/" + Self.companionName
        let file = try MappedFile(path: path)
        let options: DecoderExamples.Options
        do {
            options = try withExtendedLifetime(file) { try JSONDecoder().decode(Companion.self, from: Data(file.bytes)).examples }
        } catch {
            throw FileError(path: path, .damaged(offset: 0, expected: "a decoder's lengths in JSON", found: "something else"))
        }
        guard (3...1 << 16).contains(options.longestPrefix), (2...1 << 16).contains(options.longestText), !options.runs.isEmpty else {
            throw FileError(
                path: path,
                .damaged(
                    offset: 0, expected: "lengths of 3 to 65536 and 2 to 65536 tokens",
                    found: "\(options.longestPrefix) and \(options.longestText), \(options.runs.count) weights of runs"))
        }
        model = try LanguageModel(folder: folder, maximumTokens: options.longestPrefix + options.longestText, precision: precision)
        guard options.longestPrefix + options.longestText <= model.configuration.positions else {
            throw ModelError.mismatch(
                what: path, expected: "lengths for \(model.configuration.positions) positions", found: "\(options.longestPrefix) + \(options.longestText)")
        }
        let lines = try MappedFile(path: folder + "/" + Self.sentencesName)
        sentences = withExtendedLifetime(lines) {
            Set(lines.bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) })
        }
        let wordPiece = model.wordPiece
        examples = DecoderExamples([], wordPiece: wordPiece, options: options, stems: { _ in [] })
        // Rows of the table beyond the vocabulary stand for nothing.
        forbidden =
            (0..<wordPiece.vocabulary.count).filter { id in
                let piece = wordPiece.vocabulary.piece(Int32(id))
                return piece.utf8.count > 2 && piece.hasPrefix("[") && piece.hasSuffix("]") && id != Int(wordPiece.separator)
            } + (wordPiece.vocabulary.count..<model.vocabularySize)
    }

    static func write(_ model: TrainableDecoder, _ options: DecoderExamples.Options, sentences: [String], to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try model.write(to: folder)
        try writeDurably([Array(sentences.map { $0 + "\n" }.joined().utf8)], to: folder + "/" + sentencesName)
        try writeDurably([Array(try encoder.encode(Companion(examples: options)))], to: folder + "/" + companionName)
    }
}
