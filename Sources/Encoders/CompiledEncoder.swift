public import LinearAlgebra
import NeuralNetworks
public import Storage
import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An int8 bi-encoder in one file that is mapped into memory: a command then starts in milliseconds instead of reading and packing 90 MB of weights.
extension BiEncoder {
    static let kind = "encoder"
    static let version: UInt32 = 2

    /// Writes this encoder, which is int8, to a file.
    ///
    /// - Parameter vocabulary: the bytes of `vocab.txt`.
    /// - Throws: `FileError`.
    public func compile(vocabulary: [UInt8], to path: String) throws(FileError) {
        let configuration = transformer.configuration
        var tensors = CompiledTensorsWriter(kind: Self.kind, version: Self.version)
        tensors.file.add("name", Array(name.utf8))
        tensors.file.add("vocabulary", vocabulary)
        tensors.file.add("fusion", fusion.json)
        tensors.file.add(
            "shape",
            [
                PackedMatrix.revision, configuration.vocabularySize, configuration.width, configuration.layers, configuration.heads,
                configuration.feedForwardWidth, configuration.positions, configuration.tokenTypes, configuration.maximumTokens,
                configuration.activation == .gelu ? 0 : 1, configuration.pooling == .mean ? 0 : 1, Int(configuration.epsilon.bitPattern),
            ].map(UInt64.init))
        transformer.compile(into: &tensors)
        try tensors.file.write(to: path)
    }

    /// Opens what `compile` wrote.
    ///
    /// - Parameter dimension: as in `init(folder:…)`; the file holds the whole model.
    /// - Throws: `FileError` when the file is damaged, was compiled for kernels that round otherwise, or holds fewer dimensions; the vocabulary's error.
    /// - Complexity: O(bytes of the file), at memory speed, for the checksum.
    public convenience init(compiled path: String, dimension: Int? = nil, remembered: Int = 256, team: ThreadTeam = .shared) throws {
        let tensors = try CompiledTensors(path: path, kind: Self.kind, version: Self.version)
        let shape: MappedArray<UInt64> = try tensors.file.array("shape")
        // No model of this family comes near; products of such sizes cannot overflow.
        guard shape.count == 12, shape.dropLast().allSatisfy({ $0 < 1 << 20 }), shape[11] <= UInt64(UInt32.max) else {
            throw tensors.file.damaged(section: "shape", expected: "twelve sizes", found: "\(shape.count)")
        }
        let sizes = shape.map(Int.init)
        guard sizes[0] == PackedMatrix.revision else {
            throw tensors.file.damaged(section: "shape", expected: "weights of revision \(PackedMatrix.revision)", found: "\(sizes[0])")
        }
        guard sizes[1...8].allSatisfy({ $0 > 0 }), sizes[2].isMultiple(of: sizes[4]), sizes[8] >= 4, sizes[8] <= sizes[6], sizes[9] <= 1, sizes[10] <= 1,
            case let epsilon = Float(bitPattern: UInt32(sizes[11])), epsilon > 0, epsilon < 1
        else {
            throw tensors.file.damaged(section: "shape", expected: "sizes of an encoder", found: "\(sizes)")
        }
        let configuration = TransformerConfiguration(
            vocabularySize: sizes[1], width: sizes[2], layers: sizes[3], heads: sizes[4], feedForwardWidth: sizes[5],
            activation: sizes[9] == 0 ? .gelu : .relu, positions: sizes[6], tokenTypes: sizes[7], epsilon: epsilon,
            pooling: sizes[10] == 0 ? .mean : .cls, maximumTokens: sizes[8])
        let words: MappedArray<UInt8> = try tensors.file.array("vocabulary")
        let name: MappedArray<UInt8> = try tensors.file.array("name")
        let fusion: MappedArray<UInt8> = try tensors.file.array("fusion")
        guard let parameters = try? FusionParameters.read(Data(fusion), path: path) else {
            throw tensors.file.damaged(section: "fusion", expected: "parameters of fusion", found: "\(fusion.count) bytes of something else")
        }
        let vocabulary = try WordPieceVocabulary(words.buffer, path: path)
        guard vocabulary.count <= configuration.vocabularySize else {
            throw tensors.file.damaged(section: "vocabulary", expected: "at most \(configuration.vocabularySize) pieces", found: "\(vocabulary.count)")
        }
        guard let cut = Self.dimension(dimension, of: configuration.width) else {
            throw tensors.file.damaged(section: "shape", expected: "vectors of \(dimension ?? 0) elements", found: "\(configuration.width)")
        }
        self.init(
            name: String(decoding: name, as: UTF8.self), transformer: try Transformer(tensors, configuration), wordPiece: WordPiece(vocabulary: vocabulary),
            fusion: parameters, dimension: cut, remembered: remembered, team: team)
    }
}
