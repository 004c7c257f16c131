/// Character n-grams within words: `" jazz "` gives `" ja"`, `"jaz"`, `"azz"`, `"zz "` for n = 3.
///
/// Each word is padded with one space on either side; a padded word shorter than the smallest n is kept whole, as scikit-learn's
/// `char_wb` does.
public struct CharacterGrams: Hashable, Sendable {
    /// Gram lengths in characters, inclusive.
    public var lengths: ClosedRange<Int>

    public init(_ lengths: ClosedRange<Int>) {
        self.lengths = lengths
    }

    /// - Complexity: O(characters × lengths).
    public func grams(of word: String) -> [String] {
        let padded = [" "] + Array(word) + [" "]
        if padded.count < lengths.lowerBound { return [String(padded)] }
        var grams: [String] = []
        for n in lengths where n <= padded.count {
            for start in 0...(padded.count - n) {
                grams.append(String(padded[start..<start + n]))
            }
        }
        return grams
    }
}
