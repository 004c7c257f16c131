import LinearAlgebra

/// Slips of fingers in words: two letters swapped, one dropped, doubled or struck on the key beside it (Damerau 1964 found four fifths of all misspellings to
/// be one such slip).
struct TypingErrors: Sendable {
    /// Shorter words are seldom mistyped, and then become other words.
    static let shortestWord = 4

    private static let rows: [[UInt8]] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"].map { Array($0.utf8) }

    /// Words struck with one error each, and how many words there were that could have been.
    struct Result: Hashable, Sendable {
        var text: String
        var struck: Int
        var words: Int
    }

    /// - Parameters:
    ///   - rate: in [0, 1], of words of four ASCII letters and more that get an error.
    ///   - isAllowed: whether a word may come out; one that may not stays as it was.
    static func strike(_ text: String, rate: Double, _ generator: inout SeededGenerator, isAllowed: (String) -> Bool) -> Result {
        var result = Result(text: "", struck: 0, words: 0)
        var parts: [String] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var part = String(word)
            if word.utf8.count >= shortestWord, word.utf8.allSatisfy({ $0 | 0x20 &- 0x61 < 26 }) {
                result.words += 1
                if rate > 0, generator.isTrue(rate) {
                    let struck = strike(Array(word.utf8), &generator)
                    if struck != part, isAllowed(struck) {
                        part = struck
                        result.struck += 1
                    }
                }
            }
            parts.append(part)
        }
        result.text = parts.joined(separator: " ")
        return result
    }

    /// - Parameter word: at least four ASCII letters.
    private static func strike(_ word: [UInt8], _ generator: inout SeededGenerator) -> String {
        var word = word
        // People seldom miss the first letter.
        let place = generator.integer(in: 1...(word.count - 1))
        switch generator.integer(in: 0...3) {
        case 0:
            // Equal neighbours would swap into the same word: the next pair that differs, if any.
            let pairs = (1..<(word.count - 1)).filter { word[$0] != word[$0 + 1] }
            guard !pairs.isEmpty else { fallthrough }
            let first = generator.element(of: pairs)
            word.swapAt(first, first + 1)
        case 1: word.remove(at: place)
        case 2: word.insert(word[place], at: place)
        default: word[place] = neighbour(of: word[place], &generator)
        }
        return String(decoding: word, as: UTF8.self)
    }

    private static func neighbour(of letter: UInt8, _ generator: inout SeededGenerator) -> UInt8 {
        for row in rows {
            guard let key = row.firstIndex(of: letter | 0x20) else { continue }
            let choices = [key - 1, key + 1].filter(row.indices.contains).map { row[$0] }
            return generator.element(of: choices) & ~0x20 | letter & 0x20
        }
        preconditionFailure("\(letter) is no letter")
    }
}
