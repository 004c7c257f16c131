import Glibc
import LinearAlgebra
import Testing

@Suite struct ThreadTeamTests {
    /// How often every part was called. Parts write to places of their own, so a lost or doubled call shows without a lock.
    private static func count(_ team: ThreadTeam, rounds: Int) -> [Int] {
        var calls = [Int](repeating: 0, count: team.size)
        calls.withUnsafeMutableBufferPointer { calls in
            for _ in 0..<rounds {
                team.run { part, parts in
                    precondition(parts == calls.count, "\(parts) parts of a team of \(calls.count)")
                    calls[part] += 1
                }
            }
        }
        return calls
    }

    @Test(arguments: [1, 2, 3, 5]) func everyPartIsCalledOnceARound(size: Int) {
        let team = ThreadTeam(size: size)
        #expect(team.size == size)
        #expect(Self.count(team, rounds: 3_000) == Array(repeating: 3_000, count: size))
    }

    /// A round ends when all parts have: what they wrote is there.
    @Test func aRoundIsOverWhenItReturns() {
        let team = ThreadTeam(size: 3)
        var values = [Int](repeating: 0, count: 3 * 16)
        values.withUnsafeMutableBufferPointer { values in
            for round in 1...1_000 {
                team.run { part, _ in for i in 0..<16 { values[part * 16 + i] = round } }
                #expect(values.allSatisfy { $0 == round })
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func severalCallersAtOnce(size: Int) async {
        let team = ThreadTeam(size: size)
        let counts = await withTaskGroup(of: [Int].self) { group in
            for _ in 0..<4 { group.addTask { Self.count(team, rounds: 500) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == Array(repeating: Array(repeating: 500, count: size), count: 4))
    }

    /// Members fall asleep after some tens of microseconds; a round wakes them.
    @Test func roundsAfterSleep() {
        let team = ThreadTeam(size: 3)
        for _ in 0..<20 {
            usleep(2_000)
            #expect(Self.count(team, rounds: 2) == [2, 2, 2])
        }
    }

    /// Busy, asleep or never used: a team that goes ends its threads, or this test would hang or run out of threads.
    @Test func teamsEndWhileIdle() {
        for i in 0..<100 {
            let team = ThreadTeam(size: 2 + i % 3)
            if i % 2 == 0 { #expect(Self.count(team, rounds: 1) == Array(repeating: 1, count: team.size)) }
            if i % 10 == 0 { usleep(2_000) }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 7]) func splitCoversEveryIndexOnce(size: Int) {
        let team = ThreadTeam(size: size)
        for count in Array(0...40) + [1_000] {
            var calls = [Int](repeating: 0, count: count)
            calls.withUnsafeMutableBufferPointer { calls in
                team.split(count) { range in
                    precondition(!range.isEmpty, "an empty range was called")
                    for i in range { calls[i] += 1 }
                }
            }
            #expect(calls.allSatisfy { $0 == 1 }, "\(count) indexes, \(size) threads")
        }
    }

    @Test func theSharedTeamHasOneToEightThreads() {
        #expect((1...8).contains(ThreadTeam.shared.size))
    }
}
