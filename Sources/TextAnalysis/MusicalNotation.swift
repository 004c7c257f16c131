/// Decades, metres and keys: written forms that follow a rule instead of a list.
public enum MusicalNotation {
    static func match(at start: Int, in tokens: [Token]) -> (text: String, length: Int)? {
        decade(at: start, in: tokens) ?? metre(at: start, in: tokens) ?? key(at: start, in: tokens)
    }

    // MARK: Decades

    private static let decadeWords: [String: Int] = [
        "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970, "eighties": 1980,
        "nineties": 1990, "noughties": 2000, "aughts": 2000, "naughties": 2000,
    ]

    /// "80s", "'80s", "80's", "1980s", "1980's", "eighties", "nineteen eighties" → "1980s".
    private static func decade(at start: Int, in tokens: [Token]) -> (String, Int)? {
        let text = tokens[start].text
        if let decade = decadeWords[text] { return ("\(decade)s", 1) }
        if text == "nineteen", start + 1 < tokens.count, let decade = decadeWords[tokens[start + 1].text] {
            return ("\(decade)s", 2)
        }
        if text == "'", start + 1 < tokens.count, tokens[start].span.upperBound == tokens[start + 1].span.lowerBound,
            let (decade, length) = self.decade(at: start + 1, in: tokens), tokens[start + 1].text.first?.isNumber == true
        {
            return (decade, length + 1)
        }
        if text.hasSuffix("s"), let decade = decade(digits: text.dropLast()) { return ("\(decade)s", 1) }
        if let decade = decade(digits: text[...]), start + 2 < tokens.count, tokens[start + 1].text == "'", tokens[start + 2].text == "s",
            tokens[start].span.upperBound == tokens[start + 1].span.lowerBound,
            tokens[start + 1].span.upperBound == tokens[start + 2].span.lowerBound
        {
            return ("\(decade)s", 3)
        }
        return nil
    }

    /// First year of the decade that "80", "1980" or "00" names. Two digits mean the twentieth century from 20 on, else the twenty-first:
    /// people who write "10s" think of 2010, and "20s jazz" is from 1920.
    private static func decade(digits: Substring) -> Int? {
        guard digits.last == "0", let value = Int(digits) else { return nil }
        switch digits.count {
        case 2: return value >= 20 ? 1900 + value : 2000 + value
        case 4 where (1000...2090).contains(value): return value
        default: return nil
        }
    }

    // MARK: Metre

    /// "4/4", "6/8": digits, slash, power of two, nothing between.
    private static func metre(at start: Int, in tokens: [Token]) -> (String, Int)? {
        guard start + 2 < tokens.count, tokens[start + 1].text == "/",
            tokens[start].span.upperBound == tokens[start + 1].span.lowerBound,
            tokens[start + 1].span.upperBound == tokens[start + 2].span.lowerBound,
            let beats = Int(tokens[start].text), let unit = Int(tokens[start + 2].text),
            (1...32).contains(beats), [1, 2, 4, 8, 16, 32].contains(unit)
        else { return nil }
        return ("\(beats)/\(unit)", 3)
    }

    // MARK: Key

    private static let modes: [String: String] = ["major": "major", "maj": "major", "dur": "major", "minor": "minor", "min": "minor", "moll": "minor"]

    /// "C# minor", "Bb major", "f sharp min", "E-flat major" → "c#minor", "bbmajor", "f#minor", "ebmajor".
    private static func key(at start: Int, in tokens: [Token]) -> (String, Int)? {
        let first = tokens[start].text
        guard let letter = first.first, ("a"..."g").contains(letter), first.count <= 2 else { return nil }
        var accidental = ""
        var next = start + 1
        if first.count == 2 {
            guard first.hasSuffix("b") else { return nil }
            accidental = "b"
        } else if next < tokens.count {
            if tokens[next].text == "-", next + 1 < tokens.count, ["sharp", "flat"].contains(tokens[next + 1].text) { next += 1 }
            switch tokens[next].text {
            case "#", "sharp": (accidental, next) = ("#", next + 1)
            case "flat": (accidental, next) = ("b", next + 1)
            case "b" where tokens[next].span.lowerBound == tokens[next - 1].span.upperBound: (accidental, next) = ("b", next + 1)
            default: break
            }
        }
        guard next < tokens.count, let mode = modes[tokens[next].text] else { return nil }
        return ("\(letter)\(accidental)\(mode)", next + 1 - start)
    }
}
