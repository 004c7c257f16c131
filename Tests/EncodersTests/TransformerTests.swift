import Encoders
import LinearAlgebra
import Testing

/// The library itself is off by 1.7e-6 in float32 (`float32_deviation` of the fixture), so 1e-5 leaves room for another order of summation and no more.
@Suite struct TransformerTests {
    private static let recorded = TinyModel.expected.biEncoder

    private static func hidden(_ transformer: Transformer, _ sequences: [[Int32]], team: ThreadTeam) -> [[Float]] {
        var batch = TokenBatch()
        for sequence in sequences { batch.append(sequence) }
        let room = TransformerRoom(
            transformer.configuration, precision: transformer.precision, tokens: batch.ids.count, longest: sequences.map(\.count).max() ?? 0, team: team)
        transformer.forward(batch, in: room, team: team)
        let width = transformer.configuration.width
        return zip(batch.starts, batch.starts.dropFirst()).map { start, end in
            Array(UnsafeBufferPointer(start: room.hidden.pointer + start * width, count: (end - start) * width))
        }
    }

    @Test func lastHiddenStateIsTheReferences() throws {
        let found = Self.hidden(try TinyModel.biEncoder.transformer(.float32), [Self.recorded.inputIds[0]], team: TinyModel.teams[0])
        #expect(distance(found[0], Array(Self.recorded.lastHiddenStateOfFirst.joined())) <= 1e-5)
    }

    /// Recorded: 0.9994 … 0.9999. Steps of 1/127 of a row's greatest value are off by some 0.3 %, a few times over in two layers.
    @Test func int8PointsTheSameWay() throws {
        let found = Self.hidden(try TinyModel.biEncoder.transformer(.int8), [Self.recorded.inputIds[0]], team: TinyModel.teams[0])
        for (token, expected) in Self.recorded.lastHiddenStateOfFirst.enumerated() {
            let vector = found[0][token * 32..<(token + 1) * 32]
            #expect(cosine(vector, expected) >= 0.999, "token \(token)")
        }
    }

    @Test(arguments: Precision.allCases) func batchAndThreadsChangeNoBit(precision: Precision) throws {
        let transformer = try TinyModel.biEncoder.transformer(precision)
        let sequences = Self.recorded.inputIds + [[1, 2], [9], Array(3...40)]
        let whole = Self.hidden(transformer, sequences, team: TinyModel.teams[0])
        for team in TinyModel.teams[1...] { #expect(Self.hidden(transformer, sequences, team: team) == whole, "\(team.size) threads") }
        #expect(Self.hidden(transformer, sequences.reversed(), team: TinyModel.teams[1]) == whole.reversed(), "in another order")
        for (sequence, expected) in zip(sequences, whole) {
            #expect(Self.hidden(transformer, [sequence], team: TinyModel.teams[0]) == [expected], "\(sequence.count) tokens alone")
        }
    }

    /// Room that an earlier, longer batch has written all over gives the same as fresh room.
    @Test(arguments: Precision.allCases) func usedRoomIsAsGoodAsNew(precision: Precision) throws {
        let transformer = try TinyModel.biEncoder.transformer(precision)
        let team = TinyModel.teams[1]
        let room = TransformerRoom(transformer.configuration, precision: precision, tokens: 100, longest: 64, team: team)
        for ids in [Self.recorded.inputIds[2], Self.recorded.inputIds[0]] {
            var batch = TokenBatch()
            batch.append(ids)
            transformer.forward(batch, in: room, team: team)
            #expect(Array(UnsafeBufferPointer(start: room.hidden.pointer, count: ids.count * 32)) == Self.hidden(transformer, [ids], team: team)[0])
        }
    }

    @Test func batchesKnowTheirSegments() {
        var batch = TokenBatch()
        batch.append([1, 5, 2, 6, 2], secondFrom: 3)
        batch.append([1, 2])
        #expect(batch.ids == [1, 5, 2, 6, 2, 1, 2])
        #expect(batch.types == [0, 0, 0, 1, 1, 0, 0])
        #expect(batch.starts == [0, 5, 7] && batch.sequences == 2)
    }

    /// Embeddings of (100 + 64 + 2) × 32 floats in either precision; linear layers of 32 × 96, 32 × 32, 32 × 64 and 64 × 32 weights and as many biases, twice.
    @Test func saysWhatItTakes() throws {
        let embeddings = 166 * 32 * 4
        let weights = 32 * (96 + 32 + 64 + 64), outputs = 96 + 32 + 64 + 32
        #expect(try TinyModel.biEncoder.transformer(.float32).byteCount == embeddings + 2 * (weights * 4 + outputs * 4))
        #expect(try TinyModel.biEncoder.transformer(.int8).byteCount == embeddings + 2 * (weights + outputs * 8 + outputs * 4))
    }
}
