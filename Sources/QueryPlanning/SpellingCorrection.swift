import TextAnalysis
import Vocabulary

/// Mends typing errors in descriptor words ("steal drum", "meloncholic") and says so.
extension PlanDraft {
    mutating func correctSpelling(_ found: [Found]) -> [Found] {
        var found = found
        for i in tokens.indices where owners[i] == nil && tokens[i].kind == .word {
            guard let correction = pairCorrection(at: i, found) ?? wordCorrection(at: i) else { continue }
            found.removeAll { correction.range.overlaps($0.tokens) }
            found.append(Found(tokens: correction.range, descriptor: correction.value.descriptor))
            for token in correction.range { owners[token] = .descriptor }
            plan.corrections.append(
                Correction(
                    span: span(correction.range), from: source(correction.range),
                    to: vocabulary.descriptors[correction.value.descriptor].label))
        }
        found.sort { $0.tokens.lowerBound < $1.tokens.lowerBound }
        return found
    }

    private typealias Mended = (range: Range<Int>, value: NameValue)

    /// Two words that together are one error away from a two-word name, even where each is a word of its own: "steal drum".
    private func pairCorrection(at i: Int, _ found: [Found]) -> Mended? {
        for start in [i, i - 1] where start >= 0 && start + 1 < tokens.count {
            let range = start..<start + 2
            let isOpen = range.allSatisfy { token in
                owners[token] == nil || owners[token] == .descriptor && found.contains { $0.tokens == token..<token + 1 }
            }
            guard isOpen,
                range.allSatisfy({
                    tokens[$0].kind == .word && !FunctionWords.contains(words[$0]) && !Cues.requestWords.contains(words[$0]) && words[$0].utf8.count >= 3
                })
            else { continue }
            let key = words[start] + words[start + 1]
            guard key.utf8.count >= 8, let name = vocabulary.nearestName(key, within: key.utf8.count >= 13 ? 2 : 1), name.value.words == 2 || name.isSpelling
            else { continue }
            return (range, name.value)
        }
        return nil
    }

    /// One word that is not English and is near a name.
    private func wordCorrection(at i: Int) -> Mended? {
        let word = words[i]
        guard !Cues.requestWords.contains(word), !FunctionWords.contains(word), !vocabulary.isCommon(word), word.utf8.allSatisfy({ $0 &- 0x61 < 26 }) else {
            return nil
        }
        return nearestDescriptor(to: word).map { (i..<i + 1, $0) }
    }

    /// The one-word name that a word may be a misspelling of. Unknown words are names as often as they are errors: short ones are left alone.
    func nearestDescriptor(to word: String) -> NameValue? {
        let allowance = word.utf8.count < 6 ? 0 : word.utf8.count < 10 ? 1 : 2
        guard allowance > 0, let name = vocabulary.nearestName(word, within: allowance), name.value.words == 1 || name.isSpelling else { return nil }
        return name.value
    }
}
