import Foundation
import Ranking
import Storage
import TestSupport
import Testing

@testable import LexicalIndex

@Suite struct PostingTests {
    @Test(arguments: 0...32) func packedValuesComeBackAtEveryWidth(bits: Int) {
        var random = SeededGenerator(seed: UInt64(bits))
        let greatest: UInt32 = bits == 0 ? 0 : .max >> UInt32(32 - bits)
        for count in [1, 2, 7, 8, 9, 127, 128] {
            var values = (0..<count).map { _ in UInt32.random(in: 0...greatest, using: &random) }
            values[0] = greatest
            #expect(BitPacking.bits(for: greatest) == bits)
            var bytes: [UInt8] = []
            BitPacking.pack(values, bits: bits, into: &bytes)
            #expect(bytes.count == (count * bits + 7) / 8)
            bytes += [UInt8](repeating: 0xAA, count: BitPacking.padding)
            bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                for i in 0..<count { #expect(BitPacking.value(base, i, bits: bits) == values[i]) }
            }
        }
    }

    /// Postings of any density and any weights, around the block length of 128.
    @Test(arguments: [1, 127, 128, 129, 256, 1000], [1, 2, 1000, 4_000_000] as [UInt32]) func postingsComeBackInOrder(count: Int, gap: UInt32) throws {
        var random = SeededGenerator(seed: UInt64(count) << 32 | UInt64(gap))
        var builder = IndexBuilder(fields: [Field("tags", .weighted, scorer: .impact)])
        let term = builder.term("x", field: 0)
        var postings: [(document: UInt32, weight: UInt16)] = []
        var document: UInt32 = 0
        for _ in 0..<count {
            postings.append((document, .random(in: 1...255, using: &random)))
            builder.add(term: term, document: document, weight: UInt8(postings[postings.count - 1].weight))
            document += .random(in: 1...gap, using: &random)
        }
        let index = try LexicalIndex(inMemory: builder)
        var cursor = PostingCursor(index, term: 0)
        var read: [(document: UInt32, weight: UInt16)] = []
        cursor.forEach(in: 0..<UInt32(index.documentCount)) { read.append(($0, $1)) }
        #expect(read.map(\.document) == postings.map(\.document) && read.map(\.weight) == postings.map(\.weight))

        var lookUp = PostingCursor(index, term: 0)
        for posting in postings where Bool.random(using: &random) {
            #expect(lookUp.weight(of: posting.document) == posting.weight)
        }
    }

    @Test func countsStopAtTheLargestWeight() throws {
        var builder = IndexBuilder(fields: [Field("text", .text, scorer: .impact)])
        builder.add([String](repeating: "x", count: 70_000), field: 0, document: 0)
        let index = try LexicalIndex(inMemory: builder)
        var cursor = PostingCursor(index, term: 0)
        #expect(cursor.weight(of: 0) == .max)
    }

    // MARK: Evidence

    @Test(arguments: [EvidenceCursor.Combination.strongest, .sum], 0..<5) func evidenceIsThatOfEveryTermByDefinition(
        _ combination: EvidenceCursor.Combination, seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let corpus = try RandomCorpus(documents: 700, seed: seed)
        let terms = (0..<5).compactMap { _ in
            corpus.documentFrequencies.indices.randomElement(using: &random).flatMap { field in
                corpus.documentFrequencies[field].keys.sorted().randomElement(using: &random).map { (field, $0) }
            }
        }
        let factors = terms.map { _ in Float.random(in: 0.1...2, using: &random) }
        let numbers = terms.compactMap { corpus.index.term($0.1, field: $0.0) }
        let expected = (0..<corpus.count).map { document in
            zip(terms, factors).map { term, factor in
                guard let weight = corpus.weights[term.0][document][term.1] else { return Float(0) }
                return RandomCorpus.fields[term.0].content == .weighted ? factor * Float(weight) / 255 : factor
            }
        }
        let combined = expected.map { combination == .sum ? $0.reduce(0, +) : $0.max() ?? 0 }

        var merging = EvidenceCursor(corpus.index, Array(zip(numbers, factors)), combination)
        var matches = [Float](repeating: 0, count: corpus.count)
        var start: UInt32 = 0
        while start < UInt32(corpus.count) {
            let end = min(UInt32(corpus.count), start + .random(in: 1...200, using: &random))
            matches.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { merging.merge(start..<end, into: base + Int(start)) }
            }
            start = end
        }
        #expect(zip(matches, combined).allSatisfy { abs($0 - $1) < 1e-5 })

        var matching = EvidenceCursor(corpus.index, Array(zip(numbers, factors)), combination)
        for document in 0..<corpus.count {
            let match = matching.match(of: UInt32(document))
            #expect(abs(match.value - combined[document]) < 1e-5)
            let best = expected[document].max() ?? 0
            #expect(best == 0 ? match.strongest == nil : match.strongest.map { abs(expected[document][$0] - best) < 1e-5 } == true)
        }
    }

    // MARK: On disk

    @Test func theIndexOnDiskIsTheIndexInMemory() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("descant-lexical-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var builder = IndexBuilder(fields: RandomCorpus.fields)
        builder.add(["steel", "drum"], field: 0, document: 0)
        try builder.write(to: path)
        let index = try LexicalIndex(path: path)
        #expect(index.fields == RandomCorpus.fields && index.documentCount == 1 && index.termCount == 2)

        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = SeededGenerator(seed: 1)
        for position in Set((0..<200).map { _ in Int.random(in: 0..<content.count, using: &random) }).union(0..<64) {
            var damaged = content
            damaged[position] ^= UInt8.random(in: 1...255, using: &random)
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self, "byte \(position)") { try LexicalIndex(path: path) }
        }
        for length in stride(from: 0, to: content.count, by: 37) {
            try Data(content.prefix(length)).write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self, "first \(length) bytes") { try LexicalIndex(path: path) }
        }
    }
}
