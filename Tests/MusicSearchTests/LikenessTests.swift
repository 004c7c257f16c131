import Foundation
import MoodTransformation
import QueryPlanning
import Ranking
import Storage
import TestSupport
import Testing
import TrackCatalogue
import VectorIndex
import Vocabulary

@testable import MusicSearch

extension Library {
    fileprivate func document(_ id: String) throws -> DocumentID { try #require(tracks.document(id: id)) }
}

extension MoodyLibrary {
    fileprivate static func first(_ predicate: (Truth) -> Bool) throws -> String {
        let found = shared.truths.first(where: predicate)
        return try #require(found).id
    }
    fileprivate static func last(_ predicate: (Truth) -> Bool) throws -> String {
        let found = shared.truths.last(where: predicate)
        return try #require(found).id
    }
}

private func move(_ mood: String, _ strength: Double, _ change: Clause.Change = .more) -> MoodMove {
    MoodMove(targets: [.init(descriptor: DescriptorID(.mood, mood), change: change)], strength: strength)
}

@Suite struct MoodDialInSearchTests {
    private let moody = MoodyLibrary.shared
    private let library: Library
    private let channel: LikenessChannel
    private let moods: MoodIndex

    init() throws {
        library = try MoodyLibrary.shared.open()
        channel = try #require(library.likeness)
        moods = try #require(channel.moods)
    }

    private func weights(_ mood: String) throws -> [Float] {
        let index = try #require(library.vocabulary.index(of: DescriptorID(.mood, mood)))
        return try #require(moods.scale.weights(of: index, library.vocabulary))
    }

    @Test func theScaleIsTheMoodsThatTracksHave() {
        let names = Set(moods.scale.moods.map { library.vocabulary.descriptors[$0].id.slug })
        #expect(names == ["calm", "sad", "happy", "angry"])
        #expect(channel.isSound && channel.vectors.encoder == "plane/1" && moods.profiles != nil)
    }

    /// Half of the tracks are marked with no mood.
    @Test func moodsAreToldFromSound() throws {
        var right = 0, far = 0
        for truth in moody.truths where !truth.isMarked {
            let reading = try #require(library.moods(of: library.document(truth.id)))
            if reading.moods[0].label == truth.mood { right += 1 }
            let place = try #require(MoodyLibrary.places.first { $0.mood == truth.mood })
            let (valence, arousal) = (reading.place.valence - Double(place.valence), reading.place.arousal - Double(place.arousal))
            if (valence * valence + arousal * arousal).squareRoot() > 2 * reading.place.deviation { far += 1 }
            #expect((0...1).contains(reading.place.deviation))
        }
        #expect(right >= 85 && far <= 9, "\(right) of 90 right, \(far) far off")
    }

    @Test func atNoStrengthNothingMoves() throws {
        for document in [0, 5, 77, 131] as [DocumentID] {
            let start = try #require(channel.start([([document], 1)]))
            let still = channel.nearest(start, target: nil, strength: 0.7, excluding: [document])
            let turned = channel.nearest(start, target: try weights("calm"), strength: 0, excluding: [document])
            #expect(still.map(\.document) == turned.map(\.document) && still.map(\.match) == turned.map(\.match))
        }
    }

    /// The further the dial is turned, the more answers have the mood; what they share with the seed falls.
    @Test(arguments: ["calm", "angry", "happy", "sad"]) func strengthIsMonotone(mood: String) throws {
        let target = try weights(mood)
        var before: (mood: Float, likeness: Float) = (-1, 2)
        for strength in stride(from: Float(0), through: 1, by: 0.1) {
            var mean: (mood: Float, likeness: Float) = (0, 0)
            var count: Float = 0
            for document in stride(from: DocumentID(0), to: 180, by: 4) {
                let start = try #require(channel.start([([document], 1)]))
                for near in channel.nearest(start, target: target, strength: strength, excluding: [document], count: 5) {
                    let row = try #require(channel.vectors.row(of: near.document))
                    let shares = channel.shares(row, moods)
                    mean.mood += zip(target, shares).reduce(0) { max($0, $1.0 * $1.1) }
                    mean.likeness += zip(start.vector, channel.vectors.vectors.vector(row)).reduce(0) { $0 + $1.0 * $1.1 }
                    count += 1
                }
            }
            mean = (mean.mood / count, mean.likeness / count)
            #expect(mean.mood >= before.mood - 0.01 && mean.likeness <= before.likeness + 0.01, "\(strength): \(mean), before \(before)")
            before = mean
        }
        #expect(before.mood > 0.8)
    }

    /// The answers of a scan are those of the formula, computed one by one.
    @Test(arguments: [0.0, 0.3, 0.6, 1] as [Float]) func theScanIsTheFormula(strength: Float) throws {
        let target = try weights("sad")
        let start = try #require(channel.start([([9], 1), ([40], -0.5)]))
        let profiles = try #require(moods.profiles)
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let likelihoods = [Float](unsafeUninitializedCapacity: channel.vectors.count) { buffer, size in
            moods.likelihoods(target, into: UnsafeMutableBufferPointer(rebasing: buffer[..<channel.vectors.count]))
            size = channel.vectors.count
        }
        let scores = (0..<channel.vectors.count).map { row in
            strength == 0
                ? dot(start.vector, channel.vectors.vectors.vector(row))
                : MoodDial.score(
                    cosine: dot(start.vector, channel.vectors.vectors.vector(row)), kinship: dot(start.profile, profiles.vector(row)), mood: likelihoods[row],
                    strength: strength)
        }
        let best = scores.indices.filter { $0 != 9 && $0 != 40 }.sorted { (scores[$0], $1) > (scores[$1], $0) }
        let found = channel.nearest(start, target: target, strength: strength, excluding: [9, 40], count: 12)
        #expect(found.count == 12 && found.map(\.document) == found.map(\.document).sorted())
        // Queries are rounded to a byte an element: what the formula puts 12th may come 13th.
        let floor = scores[best[11]] - 0.02
        for near in found { #expect(scores[Int(near.document)] >= floor) }
        #expect(found.contains { $0.document == DocumentID(best[0]) || abs(scores[best[0]] - scores[Int($0.document)]) < 0.02 })
    }

    @Test(arguments: ["calm", "sad", "happy", "angry"]) func aSeedIsMovedAndItsGenreStays(mood: String) throws {
        var right = 0, kin = 0, asked = 0
        for truth in moody.truths where truth.mood != mood && truth.id.hasSuffix("1") {
            let seed = try library.document(truth.id)
            let response = library.search(library.plan(like: [seed], move: move(mood, 0.6)))
            let first = try #require(response.hits.first)
            let answer = try #require(moody.truth(first.id))
            asked += 1
            if answer.mood == mood { right += 1 }
            if answer.genre == truth.genre { kin += 1 }
            #expect(!response.hits.contains { $0.id == truth.id })
            let reason = try #require(first.reasons.first { $0.kind == .likeness })
            #expect(reason.text == "sounds like Song \(truth.id), moved from \(truth.mood) to \(mood) (0.6)" && reason.source == "sound:plane/1")
            let confidence = try #require(reason.confidence)
            #expect((0...1).contains(confidence))
            let sum = first.reasons.reduce(0) { $0 + $1.value }
            #expect(abs(sum - first.score) < 1e-4)
            let sharing = try #require(response.move?.sharingGenre)
            #expect((0.5...1).contains(sharing))
        }
        #expect(asked > 10 && right * 10 >= asked * 9 && kin * 10 >= asked * 9, "of \(asked): \(right) with the mood, \(kin) of the genre")
    }

    @Test func lessOfAMoodLeadsAwayFromIt() throws {
        let seed = try library.document(MoodyLibrary.first { $0.mood == "angry" && $0.isMarked })
        let response = library.search(library.plan(like: [seed], move: move("angry", 1, .less)))
        let answers = try #require(response.move?.answers), before = try #require(library.mood(of: seed))
        #expect(response.move?.to == "less angry" && answers.arousal < before.arousal - 0.3)
    }

    @Test func placesAndStepsAreReached() throws {
        let seed: DocumentID = 0
        let place = library.search(library.plan(like: [seed], move: MoodMove(place: .init(valence: -0.7, arousal: 0.8), strength: 1)))
        #expect(place.hits.prefix(5).allSatisfy { moody.truth($0.id)?.mood == "angry" })
        let up = library.search(library.plan(like: [seed], move: MoodMove(shift: .init(valence: 0, arousal: 1), strength: 0.9)))
        let reached = try #require(up.move?.answers), from = try #require(library.mood(of: seed))
        #expect(reached.arousal > from.arousal + 0.5)
        #expect(up.move?.to == "arousal +1.0")
    }

    @Test func severalMoodsHaveTheirWeights() throws {
        let targets = ["happy", "angry"].map { MoodMove.Target(descriptor: DescriptorID(.mood, $0), change: .more, weight: $0 == "happy" ? 1 : 0.2) }
        let response = library.search(library.plan(like: [0], move: MoodMove(targets: targets, strength: 1)))
        let found = response.hits.compactMap { moody.truth($0.id)?.mood }
        #expect(found.count { $0 == "happy" } > found.count { $0 == "angry" } && found.first == "happy")
    }

    @Test func whatIsToBeKeptBinds() throws {
        let seed = try #require(moody.truths.first { $0.genre == "jazz" })
        let document = try library.document(seed.id)
        let response = library.search(library.plan(like: [document], move: move("angry", 1), keep: [.genre, .instrument]))
        #expect(!response.hits.isEmpty && response.hits.allSatisfy { moody.truth($0.id)?.genre == "jazz" })
        #expect(response.hits[0].reasons.contains { $0.kind == .kept && $0.text == "same genre: jazz" })
        let none = library.search(library.plan(like: [document], keep: [.theme]))
        #expect(none.shortfalls.contains { $0.kind == .noEvidence && $0.text.contains("theme") })
    }

    /// A facet that is kept stays kept where what is asked for is let go.
    @Test func whatIsKeptIsNeverLetGo() throws {
        let document = try library.document(MoodyLibrary.first { $0.genre == "jazz" })
        var plan = library.plan(like: [document], keep: [.genre, .instrument])
        plan.clauses = [Clause(span: Span(0..<0), descriptor: DescriptorID(.genre, "polka"), hard: true)]
        let response = library.search(plan)
        #expect(!response.hits.isEmpty && response.hits.allSatisfy { moody.truth($0.id)?.genre == "jazz" })
        plan.filters.withoutArtists = (0..<60).map { Filters.NamedSpan(name: "Band \($0)", span: Span(0..<0)) }
        let none = library.search(plan)
        #expect(none.hits.isEmpty && none.shortfalls.contains { $0.text == "nothing else here shares its genre and instrument and comes near" })
        plan.keep = [.genre, .genre]
        #expect(throws: PlanError.self) { try QueryPlan(canonicalJSON: plan.canonicalJSON) }
    }

    /// Pages and lengths are cuts of one ranking, also where the best matches are listened to.
    @Test(arguments: ["jazz", "happy", "funk calm"]) func pagesAreCutsOfOneRanking(text: String) throws {
        var options = SearchOptions()
        options.limit = 12
        let whole = library.search(text, options)
        #expect(whole.hits.contains { $0.reasons.contains { $0.text == "sounds like the best matches" } })
        for (offset, limit) in [(0, 1), (0, 3), (3, 3), (6, 6)] {
            (options.offset, options.limit) = (offset, limit)
            let page = library.search(text, options)
            #expect(page.hits.map(\.id) == whole.hits.dropFirst(offset).prefix(limit).map(\.id) && page.totals == whole.totals)
        }
    }

    /// A faster tempo is no mood: nothing is moved, and nothing of the seed is left behind.
    @Test func movesThatLeadNowhereChangeNothing() throws {
        let plain = library.search(library.plan(like: [3]))
        let still = library.search(library.plan(like: [3], move: move("calm", 0)))
        #expect(still.move == nil && still.hits.map(\.score) == plain.hits.map(\.score) && still.hits.map(\.id) == plain.hits.map(\.id))
        var faster = library.plan(like: [3])
        faster.moodMove = MoodMove(targets: [.init(descriptor: DescriptorID(.tempo, "fast"), change: .more)], strength: 0.75)
        let response = library.search(faster)
        #expect(response.move == nil && response.shortfalls.isEmpty)
        let weightless = MoodMove(targets: [.init(descriptor: DescriptorID(.mood, "calm"), change: .more, weight: 0)], strength: 1)
        #expect(library.search(library.plan(like: [3], move: weightless)).shortfalls.contains { $0.text == "no mood that tracks here have lies that way" })
    }

    @Test func seedsThatAreNotWantedPushAway() throws {
        let seed = try #require(moody.truths.first { $0.genre == "funk" && $0.mood == "happy" })
        let pushed = try #require(moody.truths.last { $0.genre == "funk" && $0.mood == "happy" })
        let document = try library.document(seed.id), other = try library.document(pushed.id)
        let plain = try #require(channel.start([([document], 1)])), away = try #require(channel.start([([document], 1), ([other], -0.5)]))
        let row = try #require(channel.vectors.row(of: other))
        func likeness(_ start: LikenessChannel.Start) -> Float { zip(start.vector, channel.vectors.vectors.vector(row)).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(likeness(away) < likeness(plain) - 0.05)
    }

    @Test func wordsSayTheSame() throws {
        let response = library.search("like Song t001 but more sad")
        #expect(response.move?.from == "calm" && response.move?.to == "sad")
        #expect(response.hits.prefix(3).allSatisfy { moody.truth($0.id)?.mood == "sad" })
        #expect(response.hits.first.flatMap { moody.truth($0.id)?.genre } == moody.truth("t001")?.genre)
    }

    @Test func theSameBytesEachTime() throws {
        let plan = library.plan(like: [3], unlike: [50], move: move("happy", 0.5), keep: [.genre])
        let again = try QueryPlan(handle: plan.handle)
        #expect(again == plan)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(library.search(plan)) == encoder.encode(try moody.open().search(again)))
    }

    @Test func plansOutOfRangeAreRefused() throws {
        for broken in [
            MoodMove(place: .init(valence: 2, arousal: 0), strength: 0.5), MoodMove(shift: .init(valence: 0, arousal: -3), strength: 0.5),
            MoodMove(strength: 1.5), MoodMove(targets: [.init(descriptor: DescriptorID(.mood, "calm"), change: .more, weight: 4)], strength: 0.5),
        ] {
            let plan = library.plan(like: [0], move: broken)
            #expect(throws: PlanError.self) { try QueryPlan(canonicalJSON: plan.canonicalJSON) }
        }
    }
}

@Suite struct LibrariesWithoutDialTests {
    @Test func tooFewMoodsAreSaidToBe() throws {
        let library = try DenseLibrary.open()
        #expect(library.likeness?.isSound == false && library.likeness?.moods == nil)
        let response = library.search("like Moss by Lowland but more sad")
        #expect(response.shortfalls.contains { $0.text == "too few tracks here have a mood for a seed to be moved to another" })
        #expect(response.move == nil && response.hits.contains { $0.reasons.contains { $0.kind == .likeness && $0.text == "is like Moss" } })
    }

    /// Twenty heard tracks do not take the dial from all others.
    @Test func fewSoundsAreNotTheWholeLibrary() throws {
        let moody = try MoodyLibrary(count: 60)
        let lines = (0..<130).map {
            "{\"id\": \"u\($0)\", \"title\": \"Other \($0)\", \"descriptors\": {\"genre\": [\"rock\"], \"mood\": [\"\($0 % 2 == 0 ? "calm" : "angry")\"]}}"
        }
        let corpus = try moody.folder.write(lines.joined(separator: "\n"), to: "others.jsonl")
        let outcome = try LibraryBuilder(library: moody.path, vocabulary: DenseLibrary.tables, encoder: WordEncoder()).build([
            .init(path: corpus, format: .jsonl)
        ])
        #expect(outcome.soundProblems == ["the sound of 60 of 190 tracks is known: too few, so tracks are alike by their descriptors"])
        let library = try Library(path: moody.path) { _ in WordEncoder() }
        #expect(library.likeness?.isSound == false && library.likeness?.vectors.count == 190)
        #expect(library.search("like Other 4 but more angry").move?.to == "angry")
    }

    @Test func withoutVectorsItIsSaidAsWell() throws {
        let response = try MoodyLibrary.shared.open().withoutLikeness.search("like Song t001 but more sad")
        #expect(response.shortfalls.contains { $0.text == "no track here can be turned to another mood: the library has no vectors" })
        #expect(response.move == nil && !response.hits.isEmpty)
    }

    /// Starter-like libraries: the vectors are of descriptors' text.
    @Test func textWillDo() throws {
        let folder = try TemporaryFolder()
        let lines = MoodyLibrary.shared.truths.map {
            "{\"id\": \"\($0.id)\", \"title\": \"Song \($0.id)\", \"descriptors\": {\"genre\": [\"\($0.genre)\"], \"mood\": [\"\($0.mood)\"]}}"
        }
        try DenseLibrary.build(folder.path + "/library", WordEncoder(), lines: lines)
        let library = try Library(path: folder.path + "/library") { _ in WordEncoder() }
        #expect(library.likeness?.isSound == false)
        let seed = try #require(MoodyLibrary.shared.truths.first { $0.mood == "happy" })
        let response = library.search("like Song \(seed.id) but more calm")
        let first = try #require(response.hits.first.flatMap { MoodyLibrary.shared.truth($0.id) })
        #expect(first.mood == "calm" && first.genre == seed.genre)
    }
}

@Suite struct TrackPathTests {
    private let library: Library
    init() throws { library = try MoodyLibrary.shared.open() }

    @Test(arguments: [2, 3, 8, 30]) func aPathLeadsFromEndToEnd(count: Int) throws {
        let sad = try library.document(MoodyLibrary.first { $0.mood == "sad" && $0.genre == "jazz" })
        let happy = try library.document(MoodyLibrary.last { $0.mood == "happy" && $0.genre == "metal" })
        let path = try #require(library.path(from: sad, to: happy, count: count))
        #expect(path.count == count && path.first == sad && path.last == happy && Set(path).count == count)
        for (one, next) in zip(path, path.dropFirst()) { #expect(library.tracks.artist(one) != library.tracks.artist(next) || [one, next] == [sad, happy]) }
        // Halves lie on their side of the way.
        guard count >= 8 else { return }
        func mean(_ part: ArraySlice<DocumentID>) -> Double { part.reduce(0) { $0 + (library.mood(of: $1)?.valence ?? 0) } / Double(part.count) }
        #expect(mean(path[..<(count / 2)]) < mean(path[(count / 2)...]))
    }

    /// Longer than what lies near any one step.
    @Test func longPathsHaveTheirLength() throws {
        let path = try #require(library.path(from: 0, to: 16, count: 100))
        #expect(path.count == 100 && Set(path).count == 100)
    }

    @Test func stepsSayWhereTheyAre() throws {
        let walk = try #require(library.walk(from: 0, to: 7, count: 5))
        #expect(walk.map(\.rank) == [1, 2, 3, 4, 5] && walk[2].reasons[0].text == "50 % of the way from Song t000 to Song t007")
        #expect(try library.path(from: 0, to: 7, count: 5) == MoodyLibrary.shared.open().path(from: 0, to: 7, count: 5))
        #expect(library.withoutLikeness.path(from: 0, to: 7, count: 5) == nil)
        #expect(library.path(from: 4, to: 4, count: 4)?.first == 4)
    }
}

@Suite struct MoodCorrectionTests {
    @Test func aCorrectionCountsAndCanBeTakenBack() throws {
        let moody = try MoodyLibrary(count: 90)
        let plain = try moody.open()
        let truth = try #require(moody.truths.first { $0.mood == "happy" && $0.isMarked })
        let document = try plain.document(truth.id)
        let before = try #require(plain.moods(of: document))
        var corrections = try MoodCorrections(library: moody.path, listener: "ann")
        corrections.put(MoodCorrection(track: truth.id, moods: [DescriptorID(.mood, "sad")]))
        corrections.put(MoodCorrection(track: "not-here", moods: [DescriptorID(.mood, "sad")]))
        try corrections.write()
        #expect(try MoodCorrections(library: moody.path, listener: "ann").corrections.map(\.track) == ["not-here", truth.id].sorted())

        let ann = try plain.asHeard(by: "ann")
        let after = try #require(ann.moods(of: document))
        #expect(before.moods[0].label == "happy" && after.moods[0].label == "sad" && after.moods[0].likelihood > 0.99)
        #expect(abs(after.place.valence + 0.7) < 0.05 && after.place.deviation < before.place.deviation)
        // The most similar follow in part, the others not at all.
        let channel = try #require(plain.likeness), row = try #require(channel.vectors.row(of: document))
        let near = channel.vectors.vectors.search(channel.vectors.vectors.vector(row), k: 90).filter { Int($0.document) != row }
        func valence(_ library: Library, _ scored: Scored) -> Double { library.mood(of: channel.vectors.documents[Int(scored.document)])?.valence ?? 0 }
        let nearest = try #require(near.first), furthest = try #require(near.last)
        #expect(valence(ann, nearest) < valence(plain, nearest) - 0.1 && valence(ann, nearest) > -0.7)
        #expect(valence(ann, furthest) == valence(plain, furthest))
        // A move to "sad" finds it now.
        let other = try #require(moody.truths.last { $0.genre == truth.genre && $0.mood == "happy" })
        let seed = try plain.document(other.id)
        #expect(ann.search(ann.plan(like: [seed], move: move("sad", 1))).hits.contains { $0.id == truth.id })

        // A second correction nearby does not carry its followers beyond either.
        corrections.put(MoodCorrection(track: plain.tracks.id(channel.vectors.documents[Int(nearest.document)]), moods: [DescriptorID(.mood, "sad")]))
        try corrections.write()
        let twice = try plain.asHeard(by: "ann")
        for scored in near.prefix(20) { #expect(valence(twice, scored) >= -0.75) }
        corrections.remove(track: plain.tracks.id(channel.vectors.documents[Int(nearest.document)]))

        // Others are not concerned; taken back, all is as before.
        #expect(try plain.asHeard(by: "ben").moods(of: document) == before)
        corrections.remove(track: truth.id)
        try corrections.write()
        #expect(try ann.asHeard(by: "ann").moods(of: document) == before)
    }

    @Test func aPlaceWillDo() throws {
        let moody = try MoodyLibrary(count: 90)
        var corrections = try MoodCorrections(library: moody.path, listener: "me")
        corrections.put(MoodCorrection(track: "t000", place: .init(valence: -0.7, arousal: 0.8)))
        try corrections.write()
        let reading = try #require(try moody.open().asHeard(by: "me").moods(of: 0))
        #expect(reading.moods[0].label == "angry" && abs(reading.place.arousal - 0.8) < 0.05)
    }

    /// Indexing again must not lose what a listener said.
    @Test func correctionsOutliveGenerations() throws {
        let moody = try MoodyLibrary(count: 40)
        var corrections = try MoodCorrections(library: moody.path, listener: "me")
        corrections.put(MoodCorrection(track: "t000", moods: [DescriptorID(.mood, "angry")]))
        try corrections.write()
        _ = try LibraryBuilder(library: moody.path, vocabulary: DenseLibrary.tables).build([.init(path: moody.folder.path + "/corpus.jsonl", format: .jsonl)])
        #expect(try MoodCorrections(library: moody.path, listener: "me").corrections.count == 1)
    }

    @Test func badFilesAndNamesAreRefused() throws {
        let folder = try TemporaryFolder()
        for name in ["", "../me", "a b", String(repeating: "x", count: 65)] {
            #expect(throws: LibraryError.self) { try MoodCorrections(library: folder.path, listener: name) }
        }
        try FileManager.default.createDirectory(atPath: folder.path + "/listeners", withIntermediateDirectories: true)
        for content in [
            "", "[]", "{\"version\":1}", "{\"version\":1,\"corrections\":[{\"track\":\"a\",\"moods\":[\"x\"]}]}",
            "{\"version\":1,\"corrections\":[{\"track\":\"a\",\"moods\":[],\"place\":{\"valence\":7,\"arousal\":0}}]}", "{\"version\":9,\"corrections\":[]}",
        ] {
            _ = try folder.write(content, to: "listeners/me.json")
            #expect(throws: (any Error).self) { try MoodCorrections(library: folder.path, listener: "me") }
        }
    }
}
