/// How words fit into a sentence.
enum WordForm: UInt16, Hashable, Sendable {
    /// Before a noun: "calm".
    case adjective
    /// Before a noun, or for it: "jazz".
    case style
    /// A noun phrase that is music itself: "love song".
    case complete
    /// Something in the music: "piano".
    case part
    /// Something to have the music for: "a party".
    case context
    /// Something that songs are about: "freedom".
    case subject
    /// "the 1980s".
    case period
    case place
    /// In a list or an aside only.
    case loose
}

/// Words for one tag of a request.
struct Mention: Hashable, Sendable {
    /// Alone, as in a list: "party".
    var text: String
    /// In a sentence: "a party".
    var phrase: String
    var form: WordForm

    init(_ text: String, as phrase: String? = nil, _ form: WordForm) {
        self.text = text
        self.phrase = phrase ?? text
        self.form = form
    }
}

/// English as far as the grammar needs it.
enum English {
    /// "calm", "calm and slow", "calm, slow and warm".
    static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }

    /// "a song", "an old song", "an 80s song", "a euphoric song".
    static func withArticle(_ words: String) -> String { (takesAn(words.lowercased()) ? "an " : "a ") + words }

    private static func takesAn(_ words: String) -> Bool {
        // Written with a vowel and spoken with a consonant, or the other way round.
        if ["uni", "use", "eu", "ute", "uk", "one", "once", "ukulele"].contains(where: words.hasPrefix) {
            return words.hasPrefix("unin") || words.hasPrefix("unim")
        }
        if ["hour", "honest", "heir", "mc ", "mpc", "r&b", "rnb", "8", "18", "11th", "fm "].contains(where: words.hasPrefix) { return true }
        return words.first.map("aeiou".contains) ?? false
    }

    /// "ballads", "lullabies"; what is many already, or cannot be counted, stays.
    static func plural(_ words: String) -> String {
        if words.hasSuffix("s") || words.hasSuffix("music") { return words }
        if words.hasSuffix("y"), let before = words.dropLast().last, !"aeiou".contains(before) { return words.dropLast() + "ies" }
        return words + "s"
    }

    /// Without a word that stands twice in a row ("music music"), which patterns can lead to.
    static func withoutEchoes(_ text: String) -> String {
        var words: [Substring] = []
        for word in text.split(separator: " ") where words.last?.lowercased() != word.lowercased() { words.append(word) }
        return words.joined(separator: " ")
    }

    /// Endings that only adjectives have, nearly.
    static func looksLikeAdjective(_ word: String, isMood: Bool) -> Bool {
        guard word.utf8.count > 4, word.utf8.allSatisfy({ $0 &- 0x61 < 26 || $0 == 0x2D }) else { return false }
        if ["ous", "ful", "ive", "able", "ible", "ish", "less", "esque"].contains(where: word.hasSuffix) { return true }
        if word.hasSuffix("ic") { return word != "music" && word != "classic" }
        if word.hasSuffix("al") { return word.utf8.count > 8 }
        return isMood && ["ing", "y", "ed"].contains(where: word.hasSuffix)
    }
}
