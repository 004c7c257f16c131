/// A key as one number, however it is written: "c#minor", "C♯ minor", "Db min", "E♭ major".
///
/// 0…11 are the major keys from C upwards, 12…23 the minor ones. Names that sound the same are the same.
public struct MusicalKey: Hashable, Sendable, CustomStringConvertible {
    public let number: Int

    private static let tonics = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"]
    private static let letters: [Character: Int] = ["c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11]
    private static let modes: [String: Int] = ["": 0, "major": 0, "maj": 0, "minor": 12, "min": 12, "m": 12]

    /// - Returns: nil for a number beyond 0…23.
    public init?(number: Int) {
        guard (0..<24).contains(number) else { return nil }
        self.number = number
    }

    /// - Returns: nil for what is no key.
    public init?(_ text: String) {
        // "CM" is C major, "Cm" is C minor.
        let text = text.hasSuffix("M") ? text.dropLast() + "maj" : text[...]
        var rest = text.lowercased().filter { !$0.isWhitespace && $0 != "-" }[...]
        guard let letter = rest.popFirst(), var tonic = Self.letters[letter] else { return nil }
        for (names, step) in [(["♯", "#", "sharp"], 1), (["♭", "flat"], 11)] {
            if let name = names.first(where: rest.hasPrefix) {
                tonic += step
                rest = rest.dropFirst(name.count)
            }
        }
        // "b" is a flat, "bb" is B flat: the first letter was taken already.
        if rest.first == "b" {
            tonic += 11
            rest = rest.dropFirst()
        }
        guard let mode = Self.modes[String(rest)] else { return nil }
        number = tonic % 12 + mode
    }

    public var description: String { "\(Self.tonics[number % 12]) \(number < 12 ? "major" : "minor")" }
}
