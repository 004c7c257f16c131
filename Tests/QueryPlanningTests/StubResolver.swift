import QueryPlanning
import Synchronization
import Vocabulary

/// A resolver that knows a few phrases by heart and remembers what it was asked: what an encoder would see, and nothing else, is in `phrases`.
final class StubResolver: SemanticResolver {
    struct Question: Hashable {
        var phrases: [String]
        var said: Set<String>
    }

    private let vocabulary = SmallVocabulary.shared
    private let answers: [String: SemanticMatch?]
    private let otherwise: SemanticMatch?
    private let lacking: Set<Int>
    private let asked = Mutex<[Question]>([])

    /// - Parameters:
    ///   - answers: by phrase: similarity, and descriptors with shares.
    ///   - otherwise: for all other phrases.
    ///   - lacking: what the library has nothing for.
    init(
        _ answers: [String: (similarity: Double, descriptors: [(String, Double)])] = [:],
        otherwise: (similarity: Double, descriptors: [(String, Double)]) = (0, []), lacking: [String] = []
    ) {
        let vocabulary = vocabulary
        func index(_ id: String) -> Int {
            guard let index = DescriptorID(id).flatMap({ vocabulary.index(of: $0) }) else { preconditionFailure("no descriptor \(id)") }
            return index
        }
        // Similarities of 0.3 and 0.7 stand for nothing and for certainty.
        func match(_ answer: (similarity: Double, descriptors: [(String, Double)])) -> SemanticMatch? {
            guard answer.similarity >= 0.3 else { return nil }
            return SemanticMatch(certainty: min(1, (answer.similarity - 0.3) / 0.4), descriptors: answer.descriptors.map { (index($0.0), $0.1) })
        }
        self.answers = answers.mapValues(match)
        self.otherwise = match(otherwise)
        self.lacking = Set(lacking.map(index))
    }

    func resolve(_ phrases: [String], beside said: Set<Int>) -> [SemanticMatch?] {
        let names = Set(said.map { vocabulary.descriptors[$0].id.description })
        asked.withLock { $0.append(Question(phrases: phrases, said: names)) }
        return phrases.map { answers[$0] ?? otherwise }
    }

    func holds(_ descriptor: Int) -> Bool { !lacking.contains(descriptor) }

    var questions: [Question] { asked.withLock { $0 } }
    var phrases: [String] { questions.flatMap(\.phrases) }
}
