import TextAnalysis
import Vocabulary

/// A plan in the making: the request's tokens, who has claimed them, and what was read so far.
///
/// Readers run in a fixed order (`QueryPlanner.plan`), each taking the tokens that it understands; a token has one owner, so nothing is read twice.
struct PlanDraft {
    enum Owner: Hashable {
        case quantity, name, descriptor, cue, kept
    }

    let vocabulary: Vocabulary
    let tokens: [Token]
    /// Folded text of each token.
    let words: [String]
    /// Tokens that a hyphen joins to the next.
    let hyphens: Set<Int>
    var owners: [Owner?]
    var plan = QueryPlan()
    /// Whether the text is talk about an answer rather than a request.
    let isCritique: Bool

    init(_ text: String, _ vocabulary: Vocabulary, isCritique: Bool = false) {
        self.vocabulary = vocabulary
        self.isCritique = isCritique
        let bytes = Array(text.utf8)
        let tokens = Self.withoutHyphens(vocabulary.analyzer.tokensAndSymbols(text))
        self.tokens = tokens
        hyphens = Set(
            tokens.indices.dropLast().filter { i in
                let gap = tokens[i].span.upperBound..<tokens[i + 1].span.lowerBound
                return gap.count == 1 && bytes[gap.lowerBound] == UInt8(ascii: "-")
            })
        words = tokens.map(\.text)
        owners = Array(repeating: nil, count: tokens.count)
        plan.text = text
    }

    /// "six-string" is two words like "six string"; between numbers a hyphen means "to" and stays.
    private static func withoutHyphens(_ tokens: [Token]) -> [Token] {
        var result: [Token] = []
        for (i, token) in tokens.enumerated() {
            if token.kind == .symbol, token.text == "-", i > 0, i + 1 < tokens.count, tokens[i - 1].span.upperBound == token.span.lowerBound,
                token.span.upperBound == tokens[i + 1].span.lowerBound, tokens[i - 1].kind == .word, tokens[i + 1].kind == .word,
                !(tokens[i - 1].text.first?.isNumber == true && tokens[i + 1].text.first?.isNumber == true)
            {
                continue
            }
            result.append(token)
        }
        return result
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
