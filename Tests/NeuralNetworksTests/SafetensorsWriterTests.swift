import Foundation
import NeuralNetworks
import Storage
import TestSupport
import Testing

@Suite struct SafetensorsWriterTests {
    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 3)
        let names = ["b", "a.\"weight\"\n", "é", "empty"]
        let values = names.map { name in (0..<(name == "empty" ? 0 : 7)).map { _ in Float.random(in: -9...9, using: &generator) } }
        var writer = SafetensorsWriter(metadata: ["recipe": "seed 3\t\"ok\"", "\u{1}": "\\"])
        var reversed = writer
        for (name, values) in zip(names, values) { writer.add(name, shape: [values.count, 1], values) }
        writer.add("codes", shape: [3], [-128, 0, 127] as [Int8])
        writer.addHalf("half", shape: [4], [1.5, 65504, 1 / 3, -1e-9])
        reversed.addHalf("half", shape: [4], [1.5, 65504, 1 / 3, -1e-9])
        reversed.add("codes", shape: [3], [-128, 0, 127] as [Int8])
        for (name, values) in zip(names, values).reversed() { reversed.add(name, shape: [values.count, 1], values) }
        try writer.write(to: folder.path("a"))
        try reversed.write(to: folder.path("b"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a"))) == Data(contentsOf: URL(fileURLWithPath: folder.path("b"))))

        let file = try SafetensorsFile(path: folder.path("a"))
        #expect(file.metadata == ["recipe": "seed 3\t\"ok\"", "\u{1}": "\\"])
        for (name, values) in zip(names, values) {
            #expect(file[name]?.shape == [values.count, 1])
            #expect(try file.floats(of: name) == values)
        }
        #expect(try file.int8s(of: "codes") == [-128, 0, 127])
        // The nearest half of 1/3 is 1365 · 2⁻¹²; -1e-9 is nearer to zero than to the smallest half, 2⁻²⁴.
        #expect(try file.floats(of: "half") == [1.5, 65504, 0x1.554p-2, -0.0])
        for tensor in file.tensors { #expect(tensor.bytes.lowerBound % tensor.type.size == 0, "\(tensor.name) is not aligned") }
    }

    @Test func valuesThatAreNotFiniteAreNotWritten() throws {
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        writer.add("a", shape: [2], [1, -.infinity] as [Float])
        writer.addHalf("b", shape: [2], [65504, 65520])
        writer.add("c", shape: [1], [1] as [Float])
        #expect(
            throws: WeightsError(
                path: folder.path("w"),
                problems: [.init(name: "a", .nonFinite(index: 1, found: "-inf")), .init(name: "b", .nonFinite(index: 1, found: "65520.0"))])
        ) { try writer.write(to: folder.path("w")) }
        #expect(try folder.names.isEmpty)
    }
}

/// A folder of one test, removed with it.
final class TemporaryFolder {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("descant-networks-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: root).sorted() } }
}
