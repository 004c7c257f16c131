/// Phrases of a request that could stand as tags: those that someone has used as a tag, and any few words that neither begin nor end with an empty one.
///
/// Annotators name some of what a caption says; a set quoted from the caption itself shows the student that what is said counts, whatever the words are (an
/// inverse cloze task; Lee et al. 2019, arXiv 1906.00300).
struct Quotations {
    private let tags: Set<String>

    /// The most words of a tag that are looked for, and of a free phrase.
    private static let (longestTag, longestPhrase) = (4, 3)
    /// Words that say nothing at the ends of a phrase.
    private static let empty: Set<String> = [
        "a", "an", "and", "are", "as", "at", "be", "being", "by", "can", "could", "for", "from", "has", "have", "in", "is", "it", "its", "music", "of", "on",
        "or", "piece", "play", "played", "playing", "plays", "song", "that", "the", "there", "this", "to", "track", "was", "were", "which", "while", "who",
        "with", "would",
    ]

    /// - Parameter tags: all that are known.
    init(tags: some Sequence<String>) { self.tags = Set(tags.map { $0.lowercased() }) }

    /// - Returns: phrases in lower case, each once, in the order of the text.
    /// - Complexity: O(words).
    func phrases(of text: String) -> (tags: [String], free: [String]) {
        var (known, free): ([String], [String]) = ([], [])
        var seen: Set<String> = []
        // No phrase goes beyond a comma or the end of a sentence.
        for part in text.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == " " || "-'/".contains($0)) }) {
            let words = part.split(separator: " ").map(String.init)
            for start in words.indices {
                for length in 1...Self.longestTag where start + length <= words.count {
                    let run = words[start..<start + length]
                    let phrase = run.joined(separator: " ")
                    guard seen.insert(phrase).inserted else { continue }
                    if tags.contains(phrase) {
                        known.append(phrase)
                    } else if length <= Self.longestPhrase, let first = run.first, let last = run.last, first.count > 2, !Self.empty.contains(first),
                        !Self.empty.contains(last)
                    {
                        free.append(phrase)
                    }
                }
            }
        }
        return (known, free)
    }
}
