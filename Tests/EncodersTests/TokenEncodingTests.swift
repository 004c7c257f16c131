import Encoders
import LinearAlgebra
import NeuralNetworks
import Testing

@Suite struct TokenEncodingTests {
    private static func encoder(
        _ precision: Precision = .float32, pooling: TransformerConfiguration.Pooling = .mean, maximumTokens: Int = 64, team: ThreadTeam = TinyModel.teams[1]
    ) throws -> BiEncoder {
        try BiEncoder(
            folder: TinyModel.biEncoder.folder, name: "tiny", precision: precision, pooling: pooling, maximumTokens: maximumTokens, remembered: 0, team: team)
    }

    private static func mean(of states: Matrix) -> [Float] {
        var sum = [Double](repeating: 0, count: states.columns)
        for token in 0..<states.rows { for (i, value) in states.row(token).enumerated() { sum[i] += Double(value) } }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return sum.map { Float($0 / length) }
    }

    @Test func statesOfTheFirstTextAreTheReferences() throws {
        let recorded = TinyModel.expected.biEncoder
        let text = TinyModel.text(recorded.inputIds[0].dropFirst().dropLast())
        let states = try Self.encoder().encodeTokens([text])[0].states
        #expect(states.rows == recorded.inputIds[0].count)
        for (token, expected) in recorded.lastHiddenStateOfFirst.enumerated() { #expect(distance(states.row(token), expected) <= 1e-4, "token \(token)") }
    }

    /// Vectors are those of `encode` to the bit, and the mean over all tokens is the text's vector.
    @Test(arguments: Precision.allCases) func theMeanOfAllStatesIsThePlainVector(precision: Precision) throws {
        let texts = TinyModel.texts(lengths: [3, 0, 40, 1, 62, 17, 80])
        for team in TinyModel.teams {
            let encoder = try Self.encoder(precision, team: team)
            let encodings = encoder.encodeTokens(texts)
            #expect(encodings.map(\.vector) == texts.map { encoder.encode($0).vector }, "\(team.size) threads")
            #expect(encodings.indices.filter { encodings[$0].truncated } == encoder.encode(texts).truncated)
            for (text, encoding) in zip(texts, encodings) {
                #expect(encoding.states.rows == encoder.tokenCount(of: text))
                #expect(distance(encoding.vector, Self.mean(of: encoding.states)) <= 1e-6)
            }
        }
    }

    @Test func theFirstStateIsThePlainVectorOfAModelThatPoolsIt() throws {
        let encoding = try Self.encoder(pooling: .cls).encodeTokens(["piano calm"])[0]
        #expect(distance(encoding.vector, Self.mean(of: Matrix([Array(encoding.states.row(0))]))) <= 1e-6)
    }

    @Test func wordsAreTheRowsOfTheirTokens() throws {
        // [CLS] piano ##s [UNK] sad ##ly [SEP]: the comma is unknown and belongs to the word before it.
        let encodings = try Self.encoder().encodeTokens(["Pianos, SADLY", "", "calm"])
        #expect(encodings.map(\.words) == [[1..<4, 4..<6], [], [1..<2]])
        #expect(encodings.map(\.states.rows) == [7, 2, 3])
        let cut = try Self.encoder(maximumTokens: 4).encodeTokens(["calm pianos calm"])[0]
        #expect(cut.truncated && cut.states.rows == 4)
        #expect(cut.words == [1..<2, 2..<3], "the second word keeps the piece that fits")
        let none = try Self.encoder().encodeTokens([])
        #expect(none.isEmpty)
    }
}
