import Encoders
public import LinearAlgebra
import Storage

/// The stage *label*: what cross-encoders say of every request's own document and of its negatives (generative pseudo-labelling, step 3; Wang et al. 2022,
/// arXiv 2112.07577).
///
/// `negatives.jsonl` → `labels.jsonl`, a line for every line of it, and `report.json`. Each teacher's own logits grow in `scores-0.jsonl`, `scores-1.jsonl` …:
/// a run that was stopped, killed even, goes on behind their last whole line, and ends with the bytes of one that was not. A request whose negatives were all
/// dropped keeps its line, with none.
public struct LabelStage: Sendable {
    public static let name = "label"
    /// Goes up whenever the same inputs give other labels.
    public static let version = 1

    /// Who labels.
    public struct Teacher: Sendable {
        public var name: String
        /// Loads it; called once, and only where logits of it are missing.
        public var scorer: @Sendable (Options, ThreadTeam) throws -> any PairScorer

        public init(name: String, scorer: @escaping @Sendable (Options, ThreadTeam) throws -> any PairScorer) {
            self.name = name
            self.scorer = scorer
        }

        /// A cross-encoder's folder.
        public init(name: String, folder: String) {
            self.init(name: name) { options, team in
                try CrossEncoder(folder: folder, name: name, precision: options.precision, maximumTokens: options.maximumTokens, team: team)
            }
        }
    }

    public let options: Options
    /// Folder with `documents.jsonl` and `requests.jsonl`.
    public let generated: String
    /// Folder with `negatives.jsonl`.
    public let mined: String
    /// Several are an ensemble on the scale of the first.
    public let teachers: [Teacher]
    public let team: ThreadTeam
    /// Pairs scored between two writes: a few seconds of work, which is what a kill costs.
    var pairsAtOnce = 1024

    public init(options: Options = Options(), generated: String, mined: String, teachers: [Teacher], team: ThreadTeam = .shared) {
        self.options = options
        self.generated = generated
        self.mined = mined
        self.teachers = teachers
        self.team = team
    }

    /// - Parameter progress: told how many requests are done, of how many, each teacher's counted; an error that it throws ends the stage, and what was
    ///   done stays for the next run.
    /// - Throws: `LineError` or `FileError` for inputs and outputs, `LabelError`, the model's errors, and what `progress` throws.
    @discardableResult
    public func run(into folder: String, progress: (_ done: Int, _ of: Int) throws -> Void) throws -> LabelReport {
        precondition(options.faults.isEmpty, "\(options.faults)")
        guard !teachers.isEmpty else { throw LabelError.noTeacher }
        let (documents, requests) = try GeneratedFiles(folder: generated).read()
        let negatives = try JSONLines.read(MinedRequest.self, from: mined + "/negatives.jsonl") { mined in
            guard requests.indices.contains(mined.request) else { return "a request from 0 to \(requests.count - 1)" }
            return mined.negatives.allSatisfy(documents.indices.contains) ? nil : "documents from 0 to \(documents.count - 1)"
        }.map { MinedRequest(request: $0.request, negatives: Array($0.negatives.prefix(options.negatives))) }
        var labels: [[LabelledRequest]] = []
        for (i, teacher) in teachers.enumerated() {
            let file = ScoreFile(
                path: folder + "/scores-\(i).jsonl", teacher: teacher.name, documents: documents, requests: requests, mined: negatives,
                pairsAtOnce: pairsAtOnce)
            labels.append(
                try file.complete({ try teacher.scorer(options, team) }) { try progress(i * negatives.count + $0, teachers.count * negatives.count) })
        }
        let (merged, report) = merge(labels)
        try JSONLines.write(merged, to: folder + "/labels.jsonl")
        try JSONLines.write([report], to: folder + "/report.json")
        return report
    }

    /// - Parameter labels: of each teacher.
    private func merge(_ labels: [[LabelledRequest]]) -> ([LabelledRequest], LabelReport) {
        let ensemble = TeacherEnsemble(labels)
        var report = LabelReport(
            options: options,
            teachers: zip(teachers, ensemble.distributions).map { .init(name: $0.name, mean: $1.mean, deviation: $1.deviation) })
        var margins = 0.0, kept = 0
        let merged = labels[0].indices.map { line in
            let own = ensemble.merged(labels.map { $0[line].positive })
            var label = LabelledRequest(request: labels[0][line].request, positive: own, negatives: [], scores: [])
            for (place, document) in labels[0][line].negatives.enumerated() {
                let score = ensemble.merged(labels.map { $0[line].scores[place] })
                if score > own { report.negativesAbove += 1 }
                if options.falseNegatives == .dropped, score > own + options.falseNegativeMargin {
                    report.falseNegatives += 1
                    continue
                }
                label.negatives.append(document)
                label.scores.append(score)
                margins += Double(own - score)
                kept += 1
            }
            report.requests += 1
            report.pairs += 1 + labels[0][line].negatives.count
            return label
        }
        if kept > 0 { report.meanMargin = margins / Double(kept) }
        return (merged, report)
    }
}
