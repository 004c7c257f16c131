import Encoders
import Evaluation
import Foundation
import LinearAlgebra
import NeuralNetworks
import Storage
import TestSupport
import Testing
import TextAnalysis

@testable import Training

@Suite struct DecoderTrainingTests {
    private struct Trained: Sendable {
        let base: TemporaryFolder
        let folder: TemporaryFolder
        let decoder: CausalDecoder
        let losses: [Float]
    }

    private static func train(_ options: DecoderTraining.Options, threads: Int = 1, rows: [DescriptorMatching.Row] = ToyLanguage.rows) throws -> Trained {
        let (base, folder) = (try TemporaryFolder(), try TemporaryFolder())
        var losses: [Float] = []
        let training = DecoderTraining(options, rows: rows, heldOut: Array(rows.prefix(2)), base: try ToyLanguage.makeBase(in: base))
        let decoder = try training.run(folder: folder.path, team: ThreadTeam(size: threads)) { report in
            losses.append(report.loss)
            return false
        }
        return Trained(base: base, folder: folder, decoder: try #require(decoder), losses: losses)
    }

    private static let learned: Result<Trained, any Error> = Result { try train(ToyLanguage.options(steps: 200)) }

    @Test func aToyLanguageIsLearnt() throws {
        let trained = try Self.learned.get()
        #expect(trained.losses[199] < trained.losses[0] / 4)
        // The two frames are drawn alike, log 2 a sentence of five or six tokens: a perplexity of about e^(0.69 / 5.5) = 1.13 is the least.
        let report = try JSONDecoder().decode(
            DecoderTraining.Report.self, from: Data(contentsOf: URL(fileURLWithPath: trained.folder.path + "/report.json")))
        #expect(report.perplexity < 1.3)
        #expect(try #require(report.heldOutPerplexity) < 1.3)
        #expect(report.songs == 16)
        // All it can say has been said in training: every draw is a copy, and the right one.
        var sampling = DecoderSampling()
        sampling.temperature = 0.5
        let sets = ToyLanguage.rows.map(\.tags)
        let draws = trained.decoder.draws(sets: sets, perSet: 3, options: sampling, seed: 1)
        for (place, draw) in draws.enumerated() {
            let (instrument, mood) = (sets[place / 3][0], sets[place / 3][1])
            #expect(["a \(mood) \(instrument) song", "it is a \(mood) one"].map { DecoderDraw.rejected($0, .copied) }.contains(draw))
        }
        #expect(trained.decoder.sample(sets: sets, perSet: 3, options: sampling, seed: 1).allSatisfy { $0 == nil })
    }

    @Test func cachedLogitsAreThoseOfTheWholeSequence() throws {
        let trained = try Self.learned.get()
        let model = try LanguageModel(folder: trained.folder.path, maximumTokens: 32)
        let whole = try TrainableDecoder(folder: trained.folder.path, maximumTokens: 32)
        var generator = SeededGenerator(seed: 9)
        let sequences = [1, 5, 17].map { length in (0..<length + 6).map { _ in Int32(generator.integer(in: 5...20)) } }
        let given = [1, 5, 17]
        let tape = Tape(team: ThreadTeam(size: 1))
        func check(_ logits: AlignedBuffer<Float>, seen: [Int]) {
            for (row, sequence) in sequences.enumerated() {
                var batch = TokenBatch()
                batch.append(Array(sequence[..<seen[row]]), secondFrom: given[row])
                let expected = whole.logits(batch, rows: [seen[row] - 1], on: tape).values
                // Sums of 32 products of values of the order of 1, in another order: 1e-4 is some hundred units in the last place.
                for (i, value) in expected.enumerated() { #expect(abs(logits.pointer[row * model.vocabularySize + i] - value) < 1e-4) }
            }
        }
        var prefixes = TokenBatch()
        for (row, sequence) in sequences.enumerated() { prefixes.append(Array(sequence[..<given[row]]), secondFrom: given[row]) }
        var caches = sequences.map { KeyValueCache(model, capacity: $0.count) }
        let team = ThreadTeam(size: 2)
        check(model.read(prefixes, after: caches, team: team), seen: given)
        caches = caches.map { KeyValueCache(copying: $0, capacity: $0.capacity) }
        for step in 0..<4 {
            var batch = TokenBatch()
            for (row, sequence) in sequences.enumerated() { batch.append([sequence[given[row] + step]], secondFrom: 0) }
            check(model.read(batch, after: caches, team: team), seen: given.map { $0 + step + 1 })
        }
        // Two tokens at once behind what was read.
        var last = TokenBatch()
        for (row, sequence) in sequences.enumerated() { last.append(Array(sequence[(given[row] + 4)...]), secondFrom: 0) }
        check(model.read(last, after: caches, team: team), seen: given.map { $0 + 6 })
    }

    @Test func drawsDependOnNeitherThreadsNorLanes() throws {
        // Half learnt, so that there is something to draw.
        let trained = try Self.train(ToyLanguage.options(steps: 12))
        let sets = ToyLanguage.rows.map(\.tags) + [[], ["unheard of"]]
        var sampling = DecoderSampling()
        let one = trained.decoder.draws(sets: sets, perSet: 3, options: sampling, seed: 4, team: ThreadTeam(size: 1))
        sampling.lanes = 5
        let two = trained.decoder.draws(sets: sets, perSet: 3, options: sampling, seed: 4, team: ThreadTeam(size: 2))
        #expect(one == two)
        #expect(Set(one).count > 10)
        #expect(one != trained.decoder.draws(sets: sets, perSet: 3, options: sampling, seed: 5))
        // A draw is its own whatever comes after it.
        #expect(Array(one.prefix(6)) == trained.decoder.draws(sets: Array(sets.prefix(2)), perSet: 3, options: sampling, seed: 4))
    }

    @Test func drawsThatAreNoGoodAreTurnedDown() throws {
        let trained = try Self.learned.get()
        var sampling = DecoderSampling()
        sampling.longest = 2
        for draw in trained.decoder.draws(sets: [["piano", "warm"]], perSet: 4, options: sampling) {
            guard case .rejected(_, .endless) = draw else {
                Issue.record("two tokens end no sentence: \(draw)")
                continue
            }
        }
        // Of flat probabilities nearly every piece is likely: nothing is copied, and what ends is new.
        sampling.longest = 16
        (sampling.temperature, sampling.topP) = (50, 1)
        let wild = trained.decoder.draws(sets: [["piano", "warm"]], perSet: 200, options: sampling)
        #expect(wild.contains { $0.text != nil })
        for draw in wild {
            let (text, why): (String, DecoderDraw.Rejection?) =
                switch draw {
                case .accepted(let text): (text, nil)
                case .rejected(let text, let why): (text, why)
                }
            let hasLetters = text.contains { $0.isLetter }
            #expect(!text.contains("["))
            switch why {
            case nil: #expect(hasLetters)
            case .empty: #expect(!hasLetters)
            case .copied: #expect(text.hasPrefix("a ") || text.hasPrefix("it is a "))
            case .repetitive, .stuttering, .endless: break
            }
        }
    }

    @Test func verdictsByHand() throws {
        let decoder = try Self.learned.get().decoder
        func verdict(_ text: String, hasEnded: Bool = true) -> DecoderDraw {
            decoder.verdict(decoder.model.wordPiece.pieces(of: text).ids[...], hasEnded: hasEnded)
        }
        #expect(verdict("a warm happy song") == .accepted("a warm happy song"))
        #expect(verdict("a warm piano song. it is a warm one") == .rejected("a warm piano song. it is a warm one", .copied))
        #expect(verdict("a warm piano song. it is a happy song") == .accepted("a warm piano song. it is a happy song"))
        #expect(verdict(", .") == .rejected(",.", .empty))
        #expect(verdict("") == .rejected("", .empty))
        #expect(verdict("a warm piano song", hasEnded: false) == .rejected("a warm piano song", .endless))
        #expect(verdict("a warm piano song it is a warm piano song") == .rejected("a warm piano song it is a warm piano song", .repetitive))
        #expect(verdict("a harp, harp song") == .rejected("a harp, harp song", .stuttering))
        #expect(verdict("it is a harper, harper song") == .rejected("it is a harper, harper song", .stuttering))
        #expect(verdict("a harp, warm harp song") == .accepted("a harp, warm harp song"))
    }

    @Test func aKilledTrainingEndsTheSame() throws {
        let options = ToyLanguage.options(steps: 10)
        let whole = try Self.train(options, threads: 1)
        let (base, folder) = (try TemporaryFolder(), try TemporaryFolder())
        let training = DecoderTraining(options, rows: ToyLanguage.rows, base: try ToyLanguage.makeBase(in: base))
        // Ends in the middle of a step behind the checkpoint of step 4, as a kill would.
        struct Killed: Error {}
        #expect(throws: Killed.self) {
            _ = try training.run(folder: folder.path) { if $0.step == 6 { throw Killed() } else { false } }
        }
        #expect(try training.run(folder: folder.path) { $0.step == 7 } == nil)
        var steps: [Int] = []
        _ = try training.run(folder: folder.path) { report in
            steps.append(report.step)
            return false
        }
        #expect(steps == [8, 9, 10])
        func weights(_ folder: TemporaryFolder) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path + "/model.safetensors")) }
        #expect(try weights(folder) == weights(whole.folder))
        // Other rows are another training.
        #expect(throws: CheckpointError.self) {
            _ = try DecoderTraining(options, rows: Array(ToyLanguage.rows.dropLast()), base: base.path).run(folder: folder.path) { _ in false }
        }
    }

    @Test func badInputIsSaid() throws {
        let (base, folder) = (try TemporaryFolder(), try TemporaryFolder())
        let path = try ToyLanguage.makeBase(in: base)
        #expect(throws: TrainingDataError.tooFew(what: "rows with a caption and a tag", found: 0, least: 1)) {
            _ = try DecoderTraining(ToyLanguage.options(steps: 1), rows: [.init(text: "A warm song", tags: [])], base: path).run(folder: folder.path) { _ in
                false
            }
        }
        var options = ToyLanguage.options(steps: 3)
        options.loop.rate = 1e38
        #expect(throws: TrainingFailure.self) {
            _ = try DecoderTraining(options, rows: ToyLanguage.rows, base: path).run(folder: folder.path) { _ in false }
        }
        let trained = try Self.train(ToyLanguage.options(steps: 1))
        let lengths = #"{"examples": {"runs": [1], "longestPrefix": 99, "longestText": 99, "sharedTagRate": 1, "otherTagRate": 1}}"#
        _ = try trained.folder.write(lengths, to: "decoder.json")
        #expect(throws: ModelError.self) { try CausalDecoder(folder: trained.folder.path) }
        _ = try trained.folder.write("{", to: "decoder.json")
        #expect(throws: FileError.self) { try CausalDecoder(folder: trained.folder.path) }
    }
}
