import TextAnalysis
import Vocabulary

/// Numbers with a meaning: how many tracks, which years, how fast, how long, which key and metre.
extension PlanDraft {
    mutating func readQuantities() {
        var i = 0
        while i < words.count {
            guard owners[i] == nil else {
                i += 1
                continue
            }
            let end = readKeyOrMetre(i) ?? readTempo(i) ?? readDuration(i) ?? readCount(i) ?? readPartOfDecade(i) ?? readYears(i)
            i = end ?? i + 1
        }
    }

    // MARK: Numbers

    private func number(_ i: Int) -> Double? {
        guard words.indices.contains(i), words[i].utf8.count <= 6 else { return nil }
        return Double(words[i]).flatMap { abs($0) < 1e6 ? $0 : nil } ?? Cues.numberWords[words[i]]
    }

    /// A dash, "to", "and" or "till" between two numbers.
    private func isRange(_ i: Int) -> Bool { words.indices.contains(i) && ["-", "to", "and", "till", "until", "through", "thru"].contains(words[i]) }

    private func bounds(_ value: Double, at start: Int, spread: Double, _ range: Range<Int>) -> (Filters.Bounds, Range<Int>) {
        for (cues, make) in [
            (Cues.atMost, { Filters.Bounds(low: nil, high: $0, span: $1) }), (Cues.atLeast, { Filters.Bounds(low: $0, high: nil, span: $1) }),
        ] as [(PhraseSet, (Double, Span) -> Filters.Bounds)] {
            if let cue = cues.start(endingAt: start, in: words) {
                let whole = cue..<range.upperBound
                return (make(value, span(whole)), whole)
            }
        }
        let first = Cues.approximately.start(endingAt: start, in: words) ?? start
        let whole = first..<range.upperBound
        return (Filters.Bounds(low: value - spread, high: value + spread, span: span(whole)), whole)
    }

    // MARK: Key and metre

    private mutating func readKeyOrMetre(_ i: Int) -> Int? {
        let word = words[i]
        if word.contains("/"), word.count >= 3 {
            plan.filters.metre = word
        } else if word.hasSuffix("major") || word.hasSuffix("minor"), (6...7).contains(word.count), let letter = word.first, ("a"..."g").contains(letter) {
            plan.filters.key = word
        } else {
            return nil
        }
        let start = i > 0 && words[i - 1] == "in" ? i - 1 : i
        claim(start..<i + 1, .quantity)
        return i + 1
    }

    // MARK: Tempo

    /// "120 bpm", "around 120 bpm", "90-110 bpm", "between 90 and 110 bpm", "120bpm".
    private mutating func readTempo(_ i: Int) -> Int? {
        func isUnit(_ i: Int) -> Bool {
            guard words.indices.contains(i) else { return false }
            return words[i] == "bpm" || words[i] == "beats" && i + 2 < words.count && words[i + 1] == "per" && words[i + 2] == "minute"
        }
        func unitLength(_ i: Int) -> Int { words[i] == "bpm" ? 1 : 3 }
        let allowed = 20.0...400.0

        if words[i].hasSuffix("bpm"), let value = Double(words[i].dropLast(3)), allowed.contains(value) {
            let (bounds, range) = bounds(value, at: i, spread: value * 0.05, i..<i + 1)
            plan.filters.bpm = bounds
            claim(range, .quantity)
            return i + 1
        }
        guard let first = number(i), allowed.contains(first) else { return nil }
        if isRange(i + 1), let second = number(i + 2), allowed.contains(second), isUnit(i + 3) {
            let end = i + 3 + unitLength(i + 3)
            let start = i > 0 && ["between", "from"].contains(words[i - 1]) ? i - 1 : i
            plan.filters.bpm = Filters.Bounds(low: min(first, second), high: max(first, second), span: span(start..<end))
            claim(start..<end, .quantity)
            return end
        }
        let unit = words.indices.contains(i + 1) && words[i + 1] == "ish" ? i + 2 : i + 1
        guard isUnit(unit) else { return nil }
        let end = unit + unitLength(unit)
        let (bounds, range) = bounds(first, at: i, spread: first * 0.05, i..<end)
        plan.filters.bpm = bounds
        claim(range, .quantity)
        return end
    }

    // MARK: Duration

    /// "under 3 minutes", "9 ish minutes long", "at least 10 min".
    private mutating func readDuration(_ i: Int) -> Int? {
        guard var value = number(i), value > 0 else { return nil }
        var unit = i + 1
        var lower: Double?
        if isRange(unit), let upper = number(unit + 1), upper > value {
            (lower, value) = (value, upper)
            unit += 2
        }
        while words.indices.contains(unit), ["ish", "-", "or", "so", "plus", "+"].contains(words[unit]) { unit += 1 }
        guard words.indices.contains(unit) else { return nil }
        var seconds: Double
        switch words[unit] {
        case "minute", "minutes", "min", "mins": seconds = 60
        case "second", "seconds", "sec", "secs": seconds = 1
        case "hour", "hours": seconds = 3600
        default: return nil
        }
        var end = unit + 1
        while words.indices.contains(end), ["long", "in", "length", "or", "less", "more"].contains(words[end]) {
            if words[end] == "in", !(words.indices.contains(end + 1) && words[end + 1] == "length") { break }
            end += 1
        }
        if seconds == 60, let more = number(end), more < 60, words.indices.contains(end + 1), ["second", "seconds", "sec", "secs"].contains(words[end + 1]) {
            // "9 minutes 30 seconds"
            value = value * 60 + more
            seconds = 1
            end += 2
        }
        if let lower {
            let start = i > 0 && ["between", "from"].contains(words[i - 1]) ? i - 1 : i
            plan.filters.duration = Filters.Bounds(low: lower * seconds, high: value * seconds, span: span(start..<end))
            claim(start..<end, .quantity)
            return end
        }
        let (found, range) = bounds(value * seconds, at: i, spread: value * seconds * 0.15, i..<end)
        plan.filters.duration = found
        claim(range, .quantity)
        return end
    }

    // MARK: Count

    /// "20 songs", "top 10", "give me five upbeat tracks".
    private mutating func readCount(_ i: Int) -> Int? {
        guard let value = number(i), value >= 1, value <= 1000, value == value.rounded(), words[i] != "one" else { return nil }
        if i > 0, words[i - 1] == "top", vocabulary.match(tokens[...], at: i - 1) == nil {
            plan.count = Int(value)
            claim(i - 1..<i + 1, .quantity)
            return i + 1
        }
        // Up to three describing words may stand between: "5 very upbeat songs". A year is no count, and "these two songs" counts what is there already.
        let isAsking = i == 0 || !["these", "those", "the", "last", "first", "past", "vol", "part", "no", "number"].contains(words[i - 1])
        guard isAsking, value < 1900 || value > 2100, !(words[i].first?.isNumber == false && value < 3 && i > 0) else { return nil }
        for offset in 1...4 where words.indices.contains(i + offset) {
            if tokens[i + offset].kind == .symbol, words[i + offset] != "-" { return nil }
            if Cues.countNouns.contains(words[i + offset]) {
                plan.count = Int(value)
                claim(i..<i + 1, .quantity)
                return i + 1
            }
        }
        return nil
    }

    // MARK: Years

    private func decade(_ i: Int) -> Int? {
        guard words.indices.contains(i), words[i].count == 5, words[i].hasSuffix("0s") else { return nil }
        return Int(words[i].dropLast())
    }

    private func year(_ i: Int) -> Double? {
        guard words.indices.contains(i), words[i].count == 4, let year = Int(words[i]), (1900...2039).contains(year) else { return nil }
        return Double(year)
    }

    /// "late sixties", "early to mid 90s". A plain decade is a descriptor and is left to the vocabulary.
    private mutating func readPartOfDecade(_ i: Int) -> Int? {
        let parts: [String: ClosedRange<Double>] = ["early": 0...3, "mid": 4...6, "middle": 4...6, "late": 6...9]
        guard var part = parts[words[i]] else { return nil }
        var end = i + 1
        if words.indices.contains(end + 1), isRange(end), let second = parts[words[end + 1]] {
            part = min(part.lowerBound, second.lowerBound)...max(part.upperBound, second.upperBound)
            end += 2
        }
        while words.indices.contains(end), ["-", "the", "of"].contains(words[end]) { end += 1 }
        guard let decade = decade(end) else { return nil }
        plan.filters.years = Filters.Bounds(low: Double(decade) + part.lowerBound, high: Double(decade) + part.upperBound, span: span(i..<end + 1))
        claim(i..<end + 1, .quantity)
        return end + 1
    }

    /// "1994–1997", "from 1994 to 1997", "before 1960", "1960s to 1980s", "since 2010", "1994".
    private mutating func readYears(_ i: Int) -> Int? {
        let first = year(i)
        let firstDecade = decade(i).map(Double.init)
        guard let low = first ?? firstDecade else { return nil }
        func set(_ low: Double?, _ high: Double?, _ range: Range<Int>) -> Int {
            plan.filters.years = Filters.Bounds(low: low, high: high, span: span(range))
            claim(range, .quantity)
            return range.upperBound
        }
        let lead = i > 0 && ["between", "from"].contains(words[i - 1]) ? i - 1 : i
        if isRange(i + 1), words[i + 1] != "and" || lead < i, let high = year(i + 2) ?? decade(i + 2).map({ Double($0) + 9 }) {
            return set(min(low, high), max(low, high), lead..<i + 3)
        }
        let before = Cues.before.start(endingAt: i, in: words)
        let after = Cues.after.start(endingAt: i, in: words)
        // The longer cue is the one that was written: "not before" holds "before".
        if let before, before <= after ?? before {
            let isInclusive = ["not", "no", "until", "up"].contains(words[before])
            return set(nil, isInclusive ? firstDecade.map { $0 + 9 } ?? low : low - 1, before..<i + 1)
        }
        if let after, !(firstDecade != nil && words[after] == "from") {
            let isInclusive = ["since", "from", "starting", "not", "no"].contains(words[after])
            return set(isInclusive ? low : (firstDecade.map { $0 + 10 } ?? low + 1), nil, after..<i + 1)
        }
        guard first != nil else { return nil }
        if words.indices.contains(i + 1), words[i + 1] == "+", touches(i) { return set(low, nil, i..<i + 2) }
        if i + 1 < words.count, ["onwards", "onward"].contains(words[i + 1]) { return set(low, nil, i..<i + 2) }
        if let earlier = plan.filters.years, let other = earlier.low, earlier.high == other, abs(other - low) <= 30 {
            // "2015 2016 era": one stretch.
            plan.filters.years = Filters.Bounds(
                low: min(other, low), high: max(other, low), span: Span(earlier.span.start..<tokens[i].span.upperBound))
            claim(i..<i + 1, .quantity)
            return i + 1
        }
        return set(low, low, i..<i + 1)
    }
}
