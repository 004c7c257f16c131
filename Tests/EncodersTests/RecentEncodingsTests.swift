import TestSupport
import Testing

@testable import Encoders

@Suite struct RecentEncodingsTests {
    private static func encoding(_ value: Float) -> BiEncoder.Encoding { .init(vector: [value], truncated: false) }

    @Test func theOneAskedForLongestAgoLeaves() {
        var recent = RecentEncodings(capacity: 2)
        recent["a"] = Self.encoding(1)
        recent["b"] = Self.encoding(2)
        #expect(recent["a"] == Self.encoding(1))
        recent["c"] = Self.encoding(3)
        #expect(recent["b"] == nil)
        #expect(recent["a"] == Self.encoding(1) && recent["c"] == Self.encoding(3))
    }

    @Test func aNewEncodingReplacesTheOldOne() {
        var recent = RecentEncodings(capacity: 2)
        recent["a"] = Self.encoding(1)
        recent["b"] = Self.encoding(2)
        recent["a"] = Self.encoding(3)
        #expect(recent["a"] == Self.encoding(3) && recent["b"] == Self.encoding(2))
    }

    @Test func noRoomRemembersNothing() {
        var recent = RecentEncodings(capacity: 0)
        recent["a"] = Self.encoding(1)
        #expect(recent["a"] == nil)
    }

    /// Against a list kept in the order of use.
    @Test(arguments: 1...5) func equalsAListInOrderOfUse(capacity: Int) {
        var random = SeededGenerator(seed: UInt64(capacity))
        var recent = RecentEncodings(capacity: capacity)
        var list: [(key: String, value: BiEncoder.Encoding)] = []
        for step in 0..<500 {
            let key = String(Int.random(in: 0..<8, using: &random))
            let known = list.firstIndex { $0.key == key }.map { list.remove(at: $0) }
            if Bool.random(using: &random) {
                recent[key] = Self.encoding(Float(step))
                list.append((key, Self.encoding(Float(step))))
                if list.count > capacity { list.removeFirst() }
            } else {
                #expect(recent[key] == known?.value, "step \(step)")
                if let known { list.append(known) }
            }
        }
    }
}
