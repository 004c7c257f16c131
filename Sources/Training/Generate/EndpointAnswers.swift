import LinearAlgebra

/// An endpoint's answers on disk, a line for each set as it comes: they cost time or money, and are not asked for twice.
struct EndpointAnswers {
    private struct Line: Codable {
        var tags: [String]
        var requests: [String]
    }

    private let path: String
    private let sets: [(song: Int, tags: [String])]

    init(path: String, sets: [(song: Int, tags: [String])]) {
        self.path = path
        self.sets = sets
    }

    /// The requests for all sets, those already there first.
    ///
    /// - Throws: `EndpointError`, `FileError`, what `progress` throws; answers that came before stay.
    func completed(by endpoint: EndpointGenerator, seed: UInt64, progress: (_ done: Int, _ of: Int) throws -> Void) throws -> [RequestDraft] {
        var (answers, bytes) = try JSONLines.readWhole(Line.self, from: path)
        // A file of other sets: the options or the captions were others, so the folder is not this stage's. What is there then does not count.
        if !zip(answers, sets).allSatisfy({ $0.tags == $1.tags }) || answers.count > sets.count { (answers, bytes) = ([], 0) }
        let log = try LineLog(path: path, keeping: bytes)
        try progress(answers.count, sets.count)
        for position in answers.count..<sets.count {
            var generator = SeededGenerator(seed: seed, .endpointChoice, position: position, draw: 1)
            let answer = Line(tags: sets[position].tags, requests: try endpoint.requests(for: sets[position].tags, seed: generator.next()))
            try log.append(JSONLines.lines([answer]))
            answers.append(answer)
            try progress(position + 1, sets.count)
        }
        return zip(sets, answers).flatMap { set, answer in
            answer.requests.map { RequestDraft(text: $0, tags: set.tags, source: .endpoint, song: set.song) }
        }
    }
}
