import ArgumentParser
import Encoders
import Evaluation
import MusicSearch
import Training

/// Tries the figures by which a library is searched on requests made of its own tags.
struct SearchTuning {
    private let library: Library
    /// By kind: plain, one tag in other words, all of them, and all in words that the vocabulary lacks.
    private let queries: [[(text: String, grades: [String: Int])]]
    /// Of phrases against titles; nil in a library without titles.
    private let scale: SimilarityScale?
    var queryCount: Int { queries.reduce(0) { $0 + $1.count } }

    /// None of those that benchmarks draw with.
    private static let seed: UInt64 = 1000
    /// Of P@10: with some hundreds of requests, less is noise.
    private static let margin = 0.002
    /// Of what no name covers in a request, one in five is taken to describe nothing: whoever asks for music describes it.
    private static let noiseShare = 0.2

    private static var parameters: [(parameter: CoordinateSearch.Parameter, path: WritableKeyPath<FusionParameters, Double>)] {
        [
            (.init("temperature", [0.03, 0.05, 0.07, 0.1, 0.15]), \.reading.temperature),
            (.init("neighbours", [5, 10, 20, 40, 80]), \.reading.neighboursValue),
            (.init("prior exponent", [0, 0.15, 0.3, 0.45, 0.6]), \.reading.priorExponent),
            (.init("weight of likeness", [0.01, 0.03, 0.06, 0.1, 0.15, 0.2]), \.likeness.weight),
            (.init("least likeness", [0, 0.1, 0.2, 0.3, 0.4]), \.likeness.least),
            (.init("full likeness", [0.7, 0.85, 1]), \.likeness.full),
        ]
    }

    init(_ library: Library, phrases: [Int: [String]], queries count: Int) throws {
        self.library = library
        let maker = TagQueries(library)
        queries = [TagQueries.Wording.plain, .oneParaphrased(phrases), .allParaphrased(phrases), .allUnknown(phrases, library)].enumerated().map {
            number, wording in
            maker.draw(count, seed: Self.seed + UInt64(number), wording).map { ($0.text, maker.grades($0)) }
        }
        let readings = phrases.values.joined().sorted().compactMap { library.nearestDescriptors(to: $0)?.similarity }
        // What a track is called says little of how it sounds, and is worded as phrases are.
        let titles = (0..<UInt32(library.tracks.count)).compactMap { library.tracks.title($0) == library.tracks.id($0) ? nil : library.tracks.title($0) }
        let noise = Set(titles).sorted().compactMap { library.nearestDescriptors(to: $0)?.similarity }
        scale = readings.isEmpty || noise.isEmpty ? nil : SimilarityScale(sense: readings, noise: noise, noiseShare: Self.noiseShare)
        guard queries.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("\(library.path): expected tags in pairs that ten tracks have and --phrases have words for, found none")
        }
    }

    /// The scale of certainty, by phrases and titles; then the others, by P@10.
    func run(from given: FusionParameters, note: (String) -> Void) -> (before: Double, after: Double, FusionParameters) {
        let before = worth(of: given)
        var start = given
        if let scale { (start.reading.leastSimilarity, start.reading.certainSimilarity) = (scale.least, scale.certain) }
        note("a reading says something from similarity \(start.reading.leastSimilarity), and is certain from \(start.reading.certainSimilarity)")
        func parameters(_ values: [Double]) -> FusionParameters {
            var result = start
            for (value, entry) in zip(values, Self.parameters) { result[keyPath: entry.path] = value }
            return result
        }
        let search = CoordinateSearch(Self.parameters.map(\.parameter))
        let best = search.best(
            from: Self.parameters.map { start[keyPath: $0.path] }, margin: Self.margin,
            told: { trial in
                note(trial.values.map { "\($0)" }.joined(separator: " ") + ": \((trial.worth * 10000).rounded() / 100)")
            }
        ) { values in
            let candidate = parameters(values)
            return candidate.isSound ? worth(of: candidate) : 0
        }
        return (before, best.worth, parameters(best.values))
    }

    /// Mean P@10, every kind of request counting the same.
    private func worth(of parameters: FusionParameters) -> Double {
        let library = library.fused(by: parameters)
        let means = queries.map { queries in
            let precisions = queries.map { RankingMetrics.precision(at: 10, ranking: library.search($0.text).hits.map(\.id), grades: $0.grades) }
            return precisions.reduce(0, +) / Double(precisions.count)
        }
        return means.reduce(0, +) / Double(means.count)
    }
}

extension FusionParameters.Reading {
    /// ``neighbours`` among parameters that are not whole numbers.
    fileprivate var neighboursValue: Double {
        get { Double(neighbours) }
        set { neighbours = Int(newValue) }
    }
}
