import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A plan and the plans that led to it: what a conversation is at one of its turns.
///
/// ```swift
/// let first = Conversation(planner.plan("jazz piano"))
/// let second = first.followed(by: first.plan.applying(critiques, vocabulary))
/// second.parent == first                          // undo
/// try Conversation(handle: second.handle) == second
/// ```
/// There is no session: the handle holds all of it, so every turn can be gone back to and gone on from, on whatever machine.
public struct Conversation: Hashable, Sendable {
    /// Turns that a handle holds; older ones are let go.
    public static let mostTurns = 64
    /// Characters of the longest handle that is read.
    public static let longestHandle = 65_536

    /// The plan of this turn.
    public var plan: QueryPlan
    /// The plans before it, the latest last.
    public private(set) var earlier: [QueryPlan]

    public init(_ plan: QueryPlan) { self.init(plan, after: []) }

    private init(_ plan: QueryPlan, after earlier: [QueryPlan]) {
        self.plan = plan
        self.earlier = earlier
    }

    /// One turn more.
    public func followed(by next: QueryPlan) -> Conversation {
        Conversation(next, after: Array((earlier + [plan]).suffix(Self.mostTurns - 1)))
    }

    /// The turn before; nil at the first.
    public var parent: Conversation? {
        earlier.last.map { Conversation($0, after: earlier.dropLast()) }
    }

    /// The conversation in one token: `d2.` and, in URL-safe base 64, the checksum (XXH3, 8 bytes) of the plans' canonical JSON, latest first, and
    /// that JSON packed by deflate.
    ///
    /// Turns that would make it longer than `longestHandle` are left out, the oldest first.
    /// - Complexity: O(turns).
    public var handle: String {
        let (handle, length) = wholeHandle
        guard handle.utf8.count > Self.longestHandle || length > Self.longestJSON, !earlier.isEmpty else { return handle }
        return Conversation(plan, after: Array(earlier.suffix(earlier.count / 2))).handle
    }

    private var wholeHandle: (text: String, length: Int) {
        let json = Array(("[" + ([plan] + earlier.reversed()).map(\.canonicalJSON).joined(separator: ",") + "]").utf8)
        let checksum = json.withUnsafeBytes { Checksum.xxh3($0) }
        let packed = withUnsafeBytes(of: checksum.littleEndian, Array.init) + Deflate.pack(json, dictionary: Self.dictionary)
        return (Self.prefix + URLSafeBase64.text(packed), json.count)
    }

    /// - Throws: `PlanError` for a text that is no handle, or one that was changed on its way.
    public init(handle: String) throws(PlanError) {
        guard handle.utf8.count <= Self.longestHandle else { throw .longHandle(expected: Self.longestHandle, found: handle.utf8.count) }
        guard handle.hasPrefix(Self.prefix) else { throw .notAHandle(expected: "'\(Self.prefix)…'", found: "'\(handle.prefix(12))'") }
        guard let bytes = URLSafeBase64.bytes(handle.dropFirst(Self.prefix.count)), bytes.count > 8 else {
            throw .notAHandle(expected: "URL-safe base 64", found: "\(handle.count) other characters")
        }
        let expected = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard let json = Deflate.unpack(bytes[8...], dictionary: Self.dictionary, limit: Self.longestJSON) else {
            throw .damagedHandle(expected: "checksum \(String(expected, radix: 16))", found: "bytes that cannot be unpacked")
        }
        let found = json.withUnsafeBytes { Checksum.xxh3($0) }
        guard expected == found else { throw .damagedHandle(expected: "checksum \(String(expected, radix: 16))", found: String(found, radix: 16)) }
        let plans: [QueryPlan]
        do {
            plans = try JSONDecoder().decode([QueryPlan].self, from: Data(json))
        } catch {
            throw .notAPlan("\(error)")
        }
        guard let plan = plans.first, plans.count <= Self.mostTurns else {
            throw .notAPlan("expected 1 to \(Self.mostTurns) turns, found \(plans.count)")
        }
        for plan in plans { try plan.check() }
        self.init(plan, after: plans.dropFirst().reversed())
    }

    private static let prefix = "d2."
    private static let longestJSON = 1 << 20

    /// What most plans hold, the most frequent last, where it is the cheapest to point at. A part of the handle's format: another text, another prefix.
    private static let dictionary = Array(
        (#""filters":{"artists":[],"withoutArtists":[],"years":{"high":1999,"low":1990,"span":{"end":20,"start":12}},"bpm":{"high":130,"low":110"#
            + #""duration":{"high":300"},"key":"c#minor","metre":"3/4"},"ignored":[{"span":{"end":9,"start":3},"text":""}],"keep":["genre","instrument"],"#
            + #""moodMove":{"shift":{"arousal":0,"valence":0},"place":{"arousal":-0.5,"valence":0.3},"strength":0.6,"targets":[{"change":"more","#
            + #""descriptor":"mood:calm","weight":1}]},"seeds":[{"artist":"","bare":false,"kind":"artist","kind":"track","name":"","polarity":"like","#
            + #""profile":["genre:rock"],"span":{"end":24,"start":13},"track":""}],"text":"","version":1}"#
            + #"{"change":"less","alternatives":1,"semantic":0.4,"parts":["genre:classical","instrument:piano"],"corrections":[{"from":"","span":{},"to":""}],"#
            + #""conflicts":[{"clauses":[0,1],"reason":" is both wanted and avoided"}],"descriptor":"texture:","descriptor":"place:","descriptor":"era:1980s","#
            + #""descriptor":"tempo:fast","descriptor":"theme:","descriptor":"voice:vocals","hard":true,"parts":[],"polarity":"avoid","span":{"end":9,"start":3},"#
            + #""strength":0.4},{"strength":1},{"change":"more","descriptor":"instrument:guitar","hard":true,"parts":[],"polarity":"want","span":{"end":14,"#
            + #""start":6},"strength":0.75},{"descriptor":"genre:","hard":true,"parts":[],"polarity":"want","span":{"end":20,"start":10},"strength":0.75},"#
            + #"[{"clauses":[{"descriptor":"mood:upbeat","hard":false,"parts":[],"polarity":"want","span":{"end":6,"start":0},"strength":0.75}],"conflicts":[],"#
            + #""corrections":[],"filters":{"artists":[],"withoutArtists":[]},"ignored":[],"seeds":[],"text":""#).utf8)
}

extension QueryPlan {
    /// The plan alone, as a conversation's first turn.
    public var handle: String { Conversation(self).handle }

    /// The plan of a handle's turn, without those before it.
    /// - Throws: `PlanError`.
    public init(handle: String) throws(PlanError) { self = try Conversation(handle: handle).plan }
}
