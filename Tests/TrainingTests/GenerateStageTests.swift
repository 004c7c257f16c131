import Evaluation
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Training

@Suite struct GenerateStageTests {
    private static let jamendo = """
        track_id\tsplit\tgenre\tinstrument\tmood_theme\ttitle
        1\ttrain\trock,metal\tacousticguitar\t\tA
        2\tvalidation\treggae\t\tsummer\tB
        3\ttest\tska\t\t\tC
        4\ttrain\tmetal,rock\tacousticguitar\t\tD
        5\ttrain\t\t\t\tE
        6\ttrain\t80s\t\tfilm\tF

        """

    private func options(_ seed: UInt64 = 0) -> GenerateStage.Options {
        var options = GenerateStage.Options()
        (options.seed, options.bareWordings, options.bareAliases) = (seed, 50, 50)
        return options
    }

    private struct Made: Equatable {
        var documents: [DescriptorSet]
        var requests: [TrainingRequest]
        var bytes: [Data]
        var report: GenerateReport
    }

    private func run(
        _ options: GenerateStage.Options, rows: [DescriptorMatching.Row], jamendo: String? = GenerateStageTests.jamendo, decoded: [RequestDraft] = [],
        retriever: @escaping ([DescriptorSet]) -> RoundTripFilter.Retriever = { _ in { _ in [] } }
    ) throws -> Made {
        let folder = try TemporaryFolder()
        let table = try jamendo.map { try folder.write($0, to: "jamendo.tsv") }
        let inputs = GenerateStage.Inputs(rows: rows, vocabulary: GenerateFixtures.vocabulary, jamendo: table, decoded: decoded)
        let stage = GenerateStage(options: options, inputs: inputs, retriever: retriever)
        let report = try stage.run(into: folder.path, grammar: GenerateFixtures.grammar(options.grammar)) { _, _, _ in }
        return Made(
            documents: try JSONLines.read(DescriptorSet.self, from: folder.path + "/documents.jsonl"),
            requests: try JSONLines.read(TrainingRequest.self, from: folder.path + "/requests.jsonl"),
            bytes: try ["documents", "requests", "report"].map { name in
                try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name + (name == "report" ? ".json" : ".jsonl")))
            }, report: report)
    }

    @Test func laws() throws {
        let rows = GenerateFixtures.rows(60)
        let made = try run(
            options(), rows: Array(rows.prefix(40)), decoded: [RequestDraft(text: "dreamt up", tags: ["jazz", "piano"], source: .decoder, song: 3)])
        #expect(made.documents.allSatisfy { !$0.tags.isEmpty && Set($0.tags).count == $0.tags.count })
        #expect(Set(made.documents.map { Set($0.tags) }).count == made.documents.count)
        #expect(Set(made.requests.map(\.document)) == Set(made.documents.indices))
        #expect(made.requests.allSatisfy { !$0.text.isEmpty && !$0.text.contains("\n") })
        #expect(Set(made.requests.map { TrainingRequest(text: $0.text, document: $0.document, source: .caption, song: 0) }).count == made.requests.count)
        let table = try GenerateFixtures.table.get()
        #expect(made.requests.allSatisfy { $0.source != .grammar || !table.negates($0.text) })
        // Nothing of a row that was held out: each names its clip.
        for row in rows.dropFirst(40) {
            let name = row.text.prefix { $0 != "." }
            #expect(made.requests.allSatisfy { !$0.text.hasPrefix(name) })
        }
        // A caption's song is its row; sets of MTG-Jamendo and labels come behind.
        #expect(
            made.requests.allSatisfy { request in
                let row = rows[request.song < rows.count ? request.song : 0]
                return request.source != .caption
                    || made.documents[request.document].tags.allSatisfy { row.tags.contains($0) || row.text.lowercased().contains($0) }
            })
        #expect(made.requests.contains { $0.song >= 42 && made.documents[$0.document].tags.count == 1 })
        #expect(made.report.requests == made.requests.count && made.report.documents == made.documents.count)
        #expect(made.report.sources.map(\.source) == [.caption, .tags, .grammar, .decoder])
        #expect(made.report.sources.allSatisfy { source in source.made == source.kept && source.made == made.requests.count { $0.source == source.source } })
        #expect(made.report.samples.count == 20 && made.report.jamendoSets == 2)
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
        let rows = GenerateFixtures.rows(20)
        let first = try run(options(1), rows: rows)
        #expect(try run(options(1), rows: rows) == first)
        #expect(try run(options(2), rows: rows).bytes[1] != first.bytes[1])
    }

    @Test func documentsMayBeAlphabetical() throws {
        var options = options()
        options.tagOrder = .alphabetical
        let made = try run(options, rows: GenerateFixtures.rows(10))
        #expect(made.documents.allSatisfy { $0.tags == $0.tags.sorted() })
    }

    @Test func onlyTrainingTracksOfJamendoAreRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.jamendo, to: "jamendo.tsv")
        let grammar = try GenerateFixtures.grammar()
        #expect(try JamendoTagSets.read(path) == [["rock", "metal", "acousticguitar"], ["80s", "film"]])
        #expect(try JamendoTagSets.read(path, label: grammar.label) == [["rock", "metal", "acoustic guitar"], ["1980s", "film"]])
        for (text, line) in [
            ("", 1), ("split\tgenre\tinstrument\n", 1), (Self.jamendo + "7\ttrain\n", 8), ("split\tgenre\tinstrument\tmood_theme\ntest\trock\t\t\n", 1),
        ] {
            let damaged = try folder.write(text, to: "damaged.tsv")
            let error = #expect(throws: LineError.self) { try JamendoTagSets.read(damaged) }
            #expect(error?.line == line)
        }
    }

    // MARK: Filter

    @Test func filterByHand() throws {
        let requests = [
            TrainingRequest(text: "a", document: 0, source: .decoder, song: 0), TrainingRequest(text: "b", document: 1, source: .decoder, song: 1),
            TrainingRequest(text: "c", document: 2, source: .endpoint, song: 2), TrainingRequest(text: "d", document: 3, source: .caption, song: 3),
        ]
        let rankings = ["a": [0, 9, 9], "b": [9, 9, 1], "c": [9, 2, 9]]
        var asked: [String] = []
        let retriever: RoundTripFilter.Retriever = { texts in
            asked += texts
            return texts.map { rankings[$0] ?? [] }
        }
        #expect(try RoundTripFilter(depth: 2, sources: [.decoder, .endpoint]).kept(requests, retriever: retriever).map(\.text) == ["a", "c", "d"])
        #expect(asked == ["a", "b", "c"])
        #expect(try RoundTripFilter(depth: 3, sources: [.decoder]).kept(requests, retriever: retriever) == requests)
        #expect(try RoundTripFilter(depth: 1, sources: Set(TrainingRequest.Source.allCases)).kept(requests, retriever: retriever).map(\.text) == ["a"])
    }

    /// A retriever that finds the sets with an even number: the others go, their documents too, and the rest is numbered anew.
    @Test func filterInTheStage() throws {
        var options = options()
        (options.filterDepth, options.filteredSources) = (1, TrainingRequest.Source.allCases)
        let rows = GenerateFixtures.rows(10)
        let all = try run(self.options(), rows: rows)
        let places = Dictionary(grouping: all.requests, by: \.text).mapValues { $0.map(\.document).filter { $0 % 2 == 0 } }
        let made = try run(options, rows: rows) { documents in
            #expect(documents == all.documents)
            return { texts in texts.map { places[$0]?.first.map { [$0] } ?? [] } }
        }
        #expect(made.requests.count < all.requests.count && Set(made.requests.map(\.document)) == Set(made.documents.indices))
        #expect(Set(made.documents).isSubset(of: stride(from: 0, to: all.documents.count, by: 2).map { all.documents[$0] }))
        #expect(made.report.sources.map(\.made) == all.report.sources.map(\.made))
        #expect(made.report.sources.map(\.kept).reduce(0, +) == made.requests.count)
        let count = all.requests.count
        #expect(throws: GenerateError.nothingKept(made: count, depth: 1)) { try run(options, rows: rows) { _ in { $0.map { _ in [] } } } }
    }

    /// The folder of the vocabulary is read, or its absence told.
    @Test func vocabularyIsRead() throws {
        var options = options()
        (options.bareWordings, options.bareAliases) = (2, 1)
        let folder = try TemporaryFolder()
        func stage(_ vocabulary: String) -> GenerateStage {
            GenerateStage(options: options, inputs: GenerateStage.Inputs(rows: [], vocabulary: vocabulary, excludedWordings: ["x"])) { _ in { _ in [] } }
        }
        #expect(try stage(GenerateFixtures.vocabulary).run(into: folder.path) { _, _, _ in }.requests == 3)
        #expect(throws: VocabularyError.self) { try stage(folder.path + "/none").run(into: folder.path) { _, _, _ in } }
    }

    @Test func nothingToGenerate() throws {
        var options = options()
        (options.bareWordings, options.bareAliases, options.captions.quotedWeight) = (0, 0, 0)
        let rows = [DescriptorMatching.Row(text: "A song without tags.", tags: [])]
        #expect(throws: GenerateError.nothingToGenerate(captions: 1, jamendoSets: 0)) { try run(options, rows: rows, jamendo: nil) }
        #expect(try run(options, rows: [DescriptorMatching.Row(text: "One row.", tags: ["jazz"])], jamendo: nil).documents == [DescriptorSet(tags: ["jazz"])])
    }

    @Test func worthlessOptionsAreNamed() {
        var options = options()
        options.filterDepth = -1
        #expect(options.faults.first?.key == "filterDepth" && options.faults.first?.expected == "0 to 10000")
        options.filterDepth = 0
        options.grammar.aliasRate = 0.9
        #expect(options.faults.first?.key == "grammar.aliasRate")
        options.grammar.aliasRate = 0
        options.endpoint.attempts = 0
        #expect(options.faults.first?.key == "endpoint.attempts")
    }
}
