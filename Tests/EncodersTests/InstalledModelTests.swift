import Encoders
import Foundation
import LinearAlgebra
import Testing

private let installedModel = ProcessInfo.processInfo.environment["DESCANT_TEST_MODEL"].flatMap { folder in
    FileManager.default.fileExists(atPath: folder + "/model.safetensors") ? folder : nil
}

/// A model of real size, where `DESCANT_TEST_MODEL` names a folder with all-MiniLM-L6-v2. The first 8 of 384 components were recorded so, one thread, with
/// sentence-transformers 6.2.0 and transformers 5.23.0:
///
/// ```python
/// model = SentenceTransformer(folder, device="cpu")
/// for vector in model.encode(texts, normalize_embeddings=True, batch_size=1):
///     print([float(f"{x:.9g}") for x in vector[:8]])
/// ```
@Suite(.enabled(if: installedModel != nil, "DESCANT_TEST_MODEL names no folder with a model.safetensors"))
struct InstalledModelTests {
    private static let recorded: [(text: String, components: [Float])] = [
        (
            "upbeat steel drums for a beach bar",
            [-0.0351925865, -0.0220879875, 0.0405404456, -0.00466465345, -0.0763980597, 0.0057677622, 0.0423607081, -0.0690680668]
        ),
        (
            "Melancholic solo piano, slow and sparse, in a minor key.",
            [0.0648484081, -0.0161745511, 0.057324186, -0.017012367, -0.0445841178, 0.0405893438, 0.02653699, -0.0187034272]
        ),
        (
            "música brasileña & café jazz – no vocals!",
            [0.038279932, -0.069229804, -0.0377780534, -0.0533724502, -0.0956803486, 0.0695231333, -0.0726870671, -0.0508776121]
        ),
        // 40 times over: 280 words and more tokens than the 256 that are read.
        (
            String(repeating: "dark techno with a driving bassline ", count: 40),
            [0.0701697916, -0.0868696794, 0.0150175551, -0.0469600558, -0.0582320057, 0.0311852992, 0.0234080069, -0.023232758]
        ),
        ("sad", [0.0246536471, 0.0370952003, 0.017983444, -0.004349845, 0.0778811425, -0.0550164916, 0.0329827107, 0.0211176462]),
    ]

    @Test func vectorsAreTheReferencesAndInt8IsNear() throws {
        let folder = try #require(installedModel)
        let texts = Self.recorded.map(\.text)
        let (vectors, truncated) = try BiEncoder(folder: folder, name: "minilm", precision: .float32).encode(texts)
        for (row, (text, components)) in Self.recorded.enumerated() {
            #expect(distance(vectors.row(row).prefix(8), components) <= 1e-4, "\(text.prefix(40))")
        }
        #expect(truncated == [3])
        let small = try BiEncoder(folder: folder, name: "minilm", precision: .int8)
        for (row, text) in texts.enumerated() {
            // Texts reach 0.9974 and more. One word alone has but three vectors to average over (0.985 for "sad").
            #expect(cosine(small.encode(text).vector, vectors.row(row)) >= (text.contains(" ") ? 0.995 : 0.98), "\(text.prefix(40))")
        }
    }
}
