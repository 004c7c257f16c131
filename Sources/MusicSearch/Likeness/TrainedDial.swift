import LinearAlgebra
public import MoodTransformation
import NeuralNetworks
public import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A dial that was learnt from labelled vectors of one encoder, for libraries with vectors by the same encoder: `mood.safetensors`.
///
/// The moods and what is kept are descriptors, so that it fits any library with this vocabulary.
public struct TrainedDial: Sendable {
    public static let fileName = "mood.safetensors"

    public var dial: MoodDial
    /// Of the columns of the posterior.
    public var moods: [DescriptorID]
    /// Of the columns of kinship.
    public var labels: [DescriptorID]
    /// What made the vectors.
    public var encoder: String

    public init(dial: MoodDial, moods: [DescriptorID], labels: [DescriptorID], encoder: String) {
        (self.dial, self.moods, self.labels, self.encoder) = (dial, moods, labels, encoder)
    }

    public var dimension: Int { dial.posterior.weights.rows }

    /// - Throws: `FileError`, `WeightsError` for a file without what a dial needs, `LibraryError` for shapes or names that do not fit together.
    public init(path: String) throws {
        let file = try SafetensorsFile(path: path)
        func damaged(_ why: String) -> LibraryError { .unreadable(path: path, why: "it is no dial: " + why) }
        func names(_ key: String) throws -> [DescriptorID] {
            guard let text = file.metadata[key] else { throw damaged("its metadata has no '\(key)'") }
            return try text.split(separator: " ").map { name in
                guard let id = DescriptorID(String(name)) else { throw damaged("'\(name)' in its '\(key)' is no descriptor") }
                return id
            }
        }
        guard let encoder = file.metadata["encoder"] else { throw damaged("its metadata has no 'encoder'") }
        (moods, labels, self.encoder) = (try names("moods"), try names("labels"), encoder)
        guard let dimension = file["posterior.weights"]?.shape.first, dimension > 0 else { throw damaged("it has no 'posterior.weights'") }
        func floats(_ name: String, _ shape: [Int]) throws -> [Float] {
            guard let tensor = file[name], tensor.shape == shape else {
                throw damaged("expected '\(name)' of shape \(shape), found \(file[name].map { "\($0.shape)" } ?? "none")")
            }
            return try file.floats(of: name)
        }
        func matrix(_ name: String, _ columns: Int) throws -> Matrix {
            Matrix(rows: dimension, columns: columns, values: try floats(name, [dimension, columns]))
        }
        let posterior = MoodPosterior(weights: try matrix("posterior.weights", moods.count), bias: try floats("posterior.bias", [moods.count]))
        let regression = RidgeRegression(
            weights: try matrix("kinship.weights", labels.count), inputMean: try floats("kinship.mean", [dimension]),
            targetMean: try floats("kinship.targets", [labels.count]))
        dial = MoodDial(posterior: posterior, kinship: Kinship(regression))
    }

    /// - Throws: `WeightsError` for weights that are not finite, `FileError` when the file cannot be written.
    public func write(to path: String) throws {
        var file = SafetensorsWriter(metadata: [
            "encoder": encoder, "moods": moods.map(\.description).joined(separator: " "), "labels": labels.map(\.description).joined(separator: " "),
        ])
        let regression = dial.kinship.regression
        file.add("posterior.weights", shape: [dimension, moods.count], dial.posterior.weights.values)
        file.add("posterior.bias", shape: [moods.count], dial.posterior.bias)
        file.add("kinship.weights", shape: [dimension, labels.count], regression.weights.values)
        file.add("kinship.mean", shape: [dimension], regression.inputMean)
        file.add("kinship.targets", shape: [labels.count], regression.targetMean)
        try file.write(to: path)
    }
}
