import TextAnalysis
import Vocabulary

/// A plan in the making: the request's tokens, who has claimed them, and what was read so far.
///
/// Readers run in a fixed order (`QueryPlanner.plan`), each taking the tokens that it understands; a token has one owner, so nothing is read twice.
struct PlanDraft {
    enum Owner: Hashable {
        case quantity, name, descriptor, cue
    }

    let vocabulary: Vocabulary
    let tokens: [Token]
    /// Folded text of each token.
    let words: [String]
    var owners: [Owner?]
    var plan = QueryPlan()

    init(_ text: String, _ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        tokens = vocabulary.analyzer.tokensAndSymbols(text)
        words = tokens.map(\.text)
        owners = Array(repeating: nil, count: tokens.count)
        plan.text = text
    }

    func isFree(_ range: Range<Int>) -> Bool { owners[range].allSatisfy { $0 == nil } }

    mutating func claim(_ range: Range<Int>, _ owner: Owner) {
        for i in range where owners[i] == nil { owners[i] = owner }
    }

    func span(_ range: Range<Int>) -> Span {
        Span(tokens[range.lowerBound].span.lowerBound..<tokens[range.upperBound - 1].span.upperBound)
    }

    /// The listener's own words.
    func source(_ range: Range<Int>) -> String {
        let span = span(range)
        return String(decoding: Array(plan.text.utf8)[span.range], as: UTF8.self)
    }

    /// Whether two neighbouring tokens touch in the source.
    func touches(_ i: Int) -> Bool { i + 1 < tokens.count && tokens[i].span.upperBound == tokens[i + 1].span.lowerBound }
}
