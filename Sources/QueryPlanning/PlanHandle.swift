import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a text is no plan.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    case notAHandle(expected: String, found: String)
    case damagedHandle(expected: String, found: String)
    case notAPlan(String)
    case version(expected: Int, found: Int)

    public var description: String {
        switch self {
        case .notAHandle(let expected, let found): "not a plan handle: expected \(expected), found \(found)"
        case .damagedHandle(let expected, let found): "the plan handle is damaged: expected checksum \(expected), found \(found)"
        case .notAPlan(let why): "not a plan: \(why)"
        case .version(let expected, let found): "the plan has format version \(found), this program reads \(expected)"
        }
    }
}

extension QueryPlan {
    /// The plan as JSON with sorted keys: equal plans print equal bytes.
    public var canonicalJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every property is a string, a finite number or a collection of those, so encoding cannot fail.
        guard let data = try? encoder.encode(self) else { preconditionFailure("a plan that JSON cannot hold: \(self)") }
        return String(decoding: data, as: UTF8.self)
    }

    /// - Throws: `PlanError`.
    public init(canonicalJSON text: String) throws(PlanError) {
        let plan: QueryPlan
        do {
            plan = try JSONDecoder().decode(QueryPlan.self, from: Data(text.utf8))
        } catch {
            throw .notAPlan("\(error)")
        }
        guard plan.version == Self.currentVersion else { throw .version(expected: Self.currentVersion, found: plan.version) }
        if let problem = plan.problem { throw .notAPlan(problem) }
        self = plan
    }

    /// What a plan from outside may not hold.
    private var problem: String? {
        let length = text.utf8.count
        let spans =
            clauses.map(\.span) + seeds.map(\.span) + corrections.map(\.span) + ignored.map(\.span)
            + filters.artists.map(\.span) + filters.withoutArtists.map(\.span) + [filters.years, filters.bpm, filters.duration].compactMap { $0?.span }
        if let span = spans.first(where: { $0.start < 0 || $0.end < $0.start || $0.end > length }) {
            return "a span \(span.start)…\(span.end) outside the text of \(length) bytes"
        }
        if let clause = clauses.first(where: { !(0...1).contains($0.strength) }) { return "a strength \(clause.strength) outside 0…1" }
        if let share = clauses.compactMap(\.semantic).first(where: { !(0...1).contains($0) }) { return "a share \(share) outside 0…1" }
        for (group, members) in Dictionary(grouping: clauses.filter { $0.alternatives != nil }, by: { $0.alternatives ?? 0 })
        where Set(members.map { $0.semantic != nil }).count > 1 {
            return "alternatives \(group) of which some are names and some meanings"
        }
        if clauses.contains(where: { $0.semantic != nil && $0.alternatives == nil }) { return "a meaning that belongs to no alternatives" }
        if let problem = moodMove?.problem { return problem }
        if let keep, keep.count > Self.mostKept || Set(keep).count < keep.count {
            return "\(keep.count) facets to keep, expected at most \(Self.mostKept), each once"
        }
        if let count, count < 1 { return "a count of \(count)" }
        if conflicts.contains(where: { $0.clauses.contains { !clauses.indices.contains($0) } }) { return "a conflict between clauses that are not there" }
        return nil
    }

    /// The plan in one self-contained token: `d1.` and, in URL-safe base 64, the checksum (XXH3, 8 bytes) and the canonical JSON.
    public var handle: String {
        let json = Array(canonicalJSON.utf8)
        let checksum = json.withUnsafeBytes { Checksum.xxh3($0) }
        let bytes = withUnsafeBytes(of: checksum.littleEndian, Array.init) + json
        let base64 = Data(bytes).base64EncodedData().compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }
        return Self.handlePrefix + String(decoding: base64, as: UTF8.self)
    }

    /// - Throws: `PlanError` for a text that is no handle, or one that was changed on its way.
    public init(handle: String) throws(PlanError) {
        guard handle.hasPrefix(Self.handlePrefix) else { throw .notAHandle(expected: "'\(Self.handlePrefix)…'", found: "'\(handle.prefix(12))'") }
        var base64 = handle.dropFirst(Self.handlePrefix.count).replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let data = Data(base64Encoded: String(base64)), data.count > 8 else {
            throw .notAHandle(expected: "URL-safe base 64", found: "\(handle.count) other characters")
        }
        let bytes = Array(data)
        let expected = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        let found = bytes.withUnsafeBytes { Checksum.xxh3(UnsafeRawBufferPointer(rebasing: $0[8...])) }
        guard expected == found else { throw .damagedHandle(expected: String(expected, radix: 16), found: String(found, radix: 16)) }
        try self.init(canonicalJSON: String(decoding: bytes[8...], as: UTF8.self))
    }

    private static let handlePrefix = "d1."
}

extension MoodMove {
    fileprivate var problem: String? {
        if !(0...1).contains(strength) { return "a mood move of strength \(strength), outside 0…1" }
        if let weight = targets.compactMap(\.weight).first(where: { !(0...1).contains($0) }) { return "a target's weight \(weight) outside 0…1" }
        if let place, !(-1...1).contains(place.valence) || !(-1...1).contains(place.arousal) { return "a place (\(place)) outside −1…1" }
        if let shift, !(-2...2).contains(shift.valence) || !(-2...2).contains(shift.arousal) { return "a step (\(shift)) outside −2…2" }
        return nil
    }
}
