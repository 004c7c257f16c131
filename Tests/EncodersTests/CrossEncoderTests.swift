import LinearAlgebra
import Testing

@testable import Encoders

/// Tolerances as in ``TransformerTests``; the library's own float32 logits are off by 3.8e-7.
@Suite struct CrossEncoderTests {
    private static let recorded = TinyModel.expected.crossEncoder

    private static func encoder(_ precision: Precision = .float32, maximumTokens: Int = 256, team: ThreadTeam = TinyModel.teams[1]) throws -> CrossEncoder {
        try CrossEncoder(folder: TinyModel.crossEncoder.folder, name: "tiny", precision: precision, maximumTokens: maximumTokens, team: team)
    }

    /// The recorded ids as pairs of texts.
    private static let texts: [(request: String, document: String)] = recorded.inputIds.map { ids in
        let parts = ids.dropFirst().dropLast().split(separator: 2, omittingEmptySubsequences: false)
        return (TinyModel.text(parts[0]), TinyModel.text(parts[1]))
    }

    @Test func logitsAreTheReferences() throws {
        let encoder = try Self.encoder()
        let pairs = zip(Self.recorded.inputIds, Self.recorded.tokenTypeIds).map { TokenSequence(ids: $0, secondFrom: $1.firstIndex(of: 1)) }
        let logits = Self.recorded.logits.map { $0[0] }
        #expect(distance(encoder.score(pairs: pairs), logits) <= 1e-5)
        #expect(distance(Self.texts.map { encoder.score($0.request, [$0.document])[0] }, logits) <= 1e-5, "through the texts")
    }

    /// Logits of this model lie in ±1; 8 bits move them by up to 0.005.
    @Test func int8LogitsAreNear() throws {
        let encoder = try Self.encoder(.int8)
        let found = Self.texts.map { encoder.score($0.request, [$0.document])[0] }
        #expect(distance(found, Self.recorded.logits.map { $0[0] }) <= 0.015)
        #expect(encoder.identity == "tiny/int8")
    }

    /// 40 documents of 0…29 words are several passes.
    @Test(arguments: Precision.allCases) func orderIsKeptAndThreadsChangeNoBit(precision: Precision) throws {
        let documents = TinyModel.texts(lengths: (0..<40).map { $0 * 11 % 30 })
        let encoder = try Self.encoder(precision, team: TinyModel.teams[0])
        let alone = documents.map { encoder.score("calm piano", [$0])[0] }
        #expect(Set(alone).count > 30, "documents that score alike would hide a wrong order")
        for team in TinyModel.teams { #expect(try Self.encoder(precision, team: team).score("calm piano", documents) == alone, "\(team.size) threads") }
        #expect(encoder.score("calm piano", []) == [])
        let lists = [("calm piano", 0..<7), ("", 7..<7), (documents[19], 7..<40)].map { CrossEncoder.Candidates(request: $0, documents: Array(documents[$1])) }
        let separate = lists.map { encoder.score($0.request, $0.documents) }
        for team in TinyModel.teams { #expect(try Self.encoder(precision, team: team).score(lists) == separate) }
    }

    /// 12 tokens leave 9 for the two texts.
    @Test func theLongerTextIsCutFirst() throws {
        let encoder = try Self.encoder(maximumTokens: 12)
        let words = TinyModel.texts(lengths: [20, 20]).map { $0.split(separator: " ") }
        func score(_ first: Int, _ second: Int) -> Float {
            encoder.score(words[0].prefix(first).joined(separator: " "), [words[1].prefix(second).joined(separator: " ")])[0]
        }
        #expect(score(20, 3) == score(6, 3))
        #expect(score(3, 20) == score(3, 6))
        #expect(score(20, 20) == score(5, 4))
        // 9 and 6: three from the longer one down to 6 and 6, then one and two.
        #expect(score(20, 6) == score(5, 4))
        #expect(score(6, 20) == score(5, 4))
        #expect(score(20, 0) == score(9, 0))
        #expect(score(6, 3) != score(5, 3))
    }
}
