import Encoders
import LinearAlgebra
import NeuralNetworks
import Synchronization
import Testing

@Suite struct BiEncoderTests {
    private static let recorded = TinyModel.expected.biEncoder

    private static func encoder(
        _ precision: Precision = .float32, pooling: TransformerConfiguration.Pooling = .mean, maximumTokens: Int = 64, remembered: Int = 0,
        team: ThreadTeam = TinyModel.teams[1]
    ) throws -> BiEncoder {
        try BiEncoder(
            folder: TinyModel.biEncoder.folder, name: "tiny", precision: precision, pooling: pooling, maximumTokens: maximumTokens, remembered: remembered,
            team: team)
    }

    /// Tolerances as in ``TransformerTests``; in int8, a mean over tokens comes nearer (0.9998 and more) than a single one.
    @Test func vectorsAreTheReferences() throws {
        let mean = try Self.encoder(), cls = try Self.encoder(pooling: .cls), small = try Self.encoder(.int8)
        for (index, ids) in Self.recorded.inputIds.enumerated() {
            let text = TinyModel.text(ids.dropFirst().dropLast())
            let found = mean.encode(text)
            #expect(distance(found.vector, Self.recorded.meanNormalised[index]) <= 1e-5, "mean of text \(index)")
            #expect(!found.truncated, "text \(index) has \(ids.count) tokens")
            #expect(distance(cls.encode(text).vector, Self.recorded.clsNormalised[index]) <= 1e-5, "[CLS] of text \(index)")
            #expect(cosine(small.encode(text).vector, Self.recorded.meanNormalised[index]) >= 0.9995, "int8 of text \(index)")
            #expect(mean.tokenCount(of: text) == ids.count)
        }
    }

    @Test func identityAndDimension() throws {
        #expect(try Self.encoder(.int8).identity == "tiny/int8-\(PackedMatrix.revision)")
        #expect(try Self.encoder(.float32).identity == "tiny/float32-\(PackedMatrix.revision)")
        #expect(try Self.encoder().dimension == 32)
    }

    /// 60 texts of 0…59 words: many batches, in an order that is not theirs.
    @Test(arguments: Precision.allCases) func aTextsVectorDependsOnTheTextAlone(precision: Precision) throws {
        let texts = TinyModel.texts(lengths: (0..<60).map { $0 * 23 % 60 })
        let alone = try Self.encoder(precision, team: TinyModel.teams[0])
        let expected = texts.map { alone.encode($0).vector }
        for team in TinyModel.teams {
            let encoder = try Self.encoder(precision, team: team)
            let (vectors, truncated) = encoder.encode(texts)
            #expect(vectors == Matrix(expected), "\(team.size) threads")
            #expect(truncated.isEmpty)
            #expect(texts.prefix(12).map { encoder.encode($0).vector } == Array(expected.prefix(12)), "\(team.size) threads, one text at a time")
        }
        for (text, vector) in zip(texts, expected) {
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) <= 1e-6, "\(text.debugDescription) has no unit length")
        }
    }

    @Test func whatIsBeyondTheLimitIsCutAndSaid() throws {
        let encoder = try Self.encoder(maximumTokens: 10)
        let words = TinyModel.texts(lengths: [30])[0].split(separator: " ")
        let eight = words.prefix(8).joined(separator: " "), nine = words.prefix(9).joined(separator: " ")
        #expect(encoder.encode(eight).truncated == false)
        #expect(encoder.encode(nine).truncated == true)
        #expect(encoder.encode(nine).vector == encoder.encode(eight).vector)
        #expect(encoder.tokenCount(of: nine) == 10)
        #expect(encoder.encode([eight, nine, "piano", nine]).truncated == [1, 3])
    }

    /// Only the model's 64 positions are read, however long the text.
    @Test func aTextOfAHundredThousandCharacters() throws {
        let encoder = try Self.encoder(maximumTokens: 256)
        let long = String(repeating: "calm piano ", count: 10_000)
        let found = encoder.encode(long)
        #expect(found.truncated)
        #expect(found.vector == encoder.encode(String(repeating: "calm piano ", count: 31)).vector)
        #expect(encoder.encode([long, "calm"]).truncated == [0])
        #expect(encoder.tokenCount(of: String(repeating: "x", count: 100_000)) == 3, "one word that nothing spells")
    }

    /// Memory for one text starts at 64 tokens and grows; the model here has its positions three times over.
    @Test(arguments: Precision.allCases) func aLongTextAfterShortOnes(precision: Precision) throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure("max_position_embeddings", 192)
        try copy.rewriteWeights { tensor, values in
            tensor.name.hasSuffix("position_embeddings.weight") ? ([192, 32], values + values + values) : (tensor.shape, values)
        }
        let encoder = try BiEncoder(
            folder: copy.folder, name: "long", precision: precision, maximumTokens: 192, remembered: 0, team: TinyModel.teams[1])
        let texts = TinyModel.texts(lengths: [3, 100, 5, 190, 250])
        let found = texts.map { encoder.encode($0) }
        #expect(Matrix(found.map(\.vector)) == encoder.encode(texts).vectors)
        #expect(found.map(\.truncated) == [false, false, false, false, true])
    }

    /// `[CLS]` and `[SEP]` alone; a blank text is an empty one.
    @Test func emptyTexts() throws {
        let encoder = try Self.encoder()
        let empty = encoder.encode("")
        #expect(abs(empty.vector.reduce(0) { $0 + $1 * $1 } - 1) <= 1e-6)
        #expect(encoder.tokenCount(of: "") == 2 && !empty.truncated)
        #expect(encoder.encode(" \n\t").vector == empty.vector)
        let (vectors, truncated) = encoder.encode([])
        #expect(vectors.rows == 0 && vectors.columns == 32 && truncated.isEmpty)
        #expect(Array(encoder.encode(["piano", ""]).vectors.row(1)) == empty.vector)
    }

    @Test func piecesContinueWordsAndUnknownWordsAreOne() throws {
        let encoder = try Self.encoder()
        #expect(encoder.tokenCount(of: "Pianos, SADLY") == 2 + 2 + 1 + 2, "piano ##s [UNK] sad ##ly")
        #expect(encoder.encode("qqq").vector == encoder.encode("zzz").vector)
        #expect(encoder.encode("pianos").vector != encoder.encode("piano").vector)
    }

    /// Many small batches on two threads: every batch tells a new sum, and the last tells all.
    @Test func progressEndsWithTheNumberOfTexts() throws {
        let told = Mutex<[Int]>([])
        let texts = TinyModel.texts(lengths: repeatElement(40, count: 25))
        _ = try Self.encoder().encode(texts) { count in told.withLock { $0.append(count) } }
        let counts = told.withLock { $0.sorted() }
        #expect(counts.last == 25 && Set(counts).count == counts.count && counts.allSatisfy { $0 > 0 })
    }

    @Test(arguments: [0, 1, 3, 256]) func rememberedEncodingsEqualFreshOnes(remembered: Int) throws {
        let fresh = try Self.encoder(.int8), encoder = try Self.encoder(.int8, maximumTokens: 12, remembered: remembered)
        let short = try Self.encoder(.int8, maximumTokens: 12)
        let texts = TinyModel.texts(lengths: [1, 5, 9, 20, 3, 0])
        for round in 0..<3 {
            for text in texts { #expect(encoder.encode(text) == short.encode(text), "round \(round): \(text)") }
        }
        #expect(fresh.encode(texts[3]).vector != encoder.encode(texts[3]).vector, "20 words with and without a limit of 12 tokens")
    }

    /// Texts of different lengths, so that room grows while others wait for it.
    @Test(arguments: [0, 4]) func callsFromManyTasks(remembered: Int) async throws {
        let texts = TinyModel.texts(lengths: [2, 61, 7, 0, 33, 12, 1, 50])
        let reference = try Self.encoder(team: TinyModel.teams[0])
        let expected = texts.map { reference.encode($0) }
        let encoder = try Self.encoder(remembered: remembered)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for task in 0..<12 {
                group.addTask {
                    var wrong = 0
                    for step in 0..<8 {
                        let index = (task * 3 + step) % texts.count
                        if encoder.encode(texts[index]) != expected[index] { wrong += 1 }
                    }
                    // A batch beside the single texts, on the same team.
                    if task % 4 == 0, encoder.encode(texts).vectors != Matrix(expected.map(\.vector)) { wrong += 1 }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
