import LinearAlgebra
import Storage

#if canImport(FoundationEssentials)
    import Glibc
#else
    import Foundation
#endif

/// The state of a training between two steps: weights, AdamW's moments and the number of steps, in one safetensors file that is replaced whole.
///
/// Random numbers need no state here: they are drawn anew for every step from the seed and the step's number.
public struct Checkpoint {
    public let path: String
    /// What the state belongs to, such as a configuration's hash: another training's state is refused.
    public let identity: String

    public init(path: String, identity: String) {
        self.path = path
        self.identity = identity
    }

    public var exists: Bool { access(path, F_OK) == 0 }

    private enum Key {
        static let identity = "identity"
        static let steps = "steps"
        static let checksum = "checksum"
        /// Before a parameter's name: its weights, and AdamW's two moments.
        static let kinds = ["value.", "mean.", "square."]
    }

    /// Of all that a state holds: a safetensors file says where its numbers lie, but not what they were.
    private func checksum(of states: [[[Float]]], steps: Int) -> String {
        let parts = states.joined().map { $0.withUnsafeBytes(Checksum.xxh3).littleEndian } + [UInt64(steps).littleEndian]
        return String(parts.withUnsafeBytes(Checksum.xxh3), radix: 16)
    }

    /// The steps taken; 0 where there is no checkpoint.
    /// - Throws: `CheckpointError`, `FileError`.
    public func stepsIfPresent() throws -> Int { exists ? try steps(of: SafetensorsFile(path: path)) : 0 }

    private func steps(of file: SafetensorsFile) throws(CheckpointError) -> Int {
        let found = file.metadata[Key.identity] ?? "none"
        guard found == identity else { throw CheckpointError(path: path, what: "identity", expected: identity, found: found) }
        guard let text = file.metadata[Key.steps], let steps = Int(text), steps >= 0 else {
            throw CheckpointError(path: path, what: "number of steps", expected: "0 or more", found: file.metadata[Key.steps] ?? "none")
        }
        return steps
    }

    /// Writes the state; a crash or a full disk in the middle leaves the state of before.
    /// - Throws: `FileError`; `WeightsError` where a weight is not a finite number, so that no broken state replaces a good one.
    public func write(_ optimiser: AdamW) throws {
        let states = optimiser.parameters.indices.map { index in
            [optimiser.parameters[index].value, optimiser.means[index], optimiser.squares[index]].map {
                Array(UnsafeBufferPointer(start: $0.pointer, count: $0.count))
            }
        }
        var file = SafetensorsWriter(
            metadata: [Key.identity: identity, Key.steps: "\(optimiser.steps)", Key.checksum: checksum(of: states, steps: optimiser.steps)])
        for (parameter, state) in zip(optimiser.parameters, states) {
            for (kind, values) in zip(Key.kinds, state) { file.add(kind + parameter.name, shape: parameter.shape, values) }
        }
        try file.write(to: path)
    }

    /// Puts the state back, all of it or nothing.
    /// - Returns: the steps taken.
    /// - Throws: `CheckpointError`, `FileError`, `WeightsError`.
    public func read(into optimiser: AdamW) throws -> Int {
        let file = try SafetensorsFile(path: path)
        let steps = try steps(of: file)
        let reader = TensorReader(file)
        let states = optimiser.parameters.map { parameter in
            Key.kinds.map { reader.tensor($0 + parameter.name, shape: parameter.shape) }
        }
        try reader.finish()
        let sum = checksum(of: states, steps: steps), written = file.metadata[Key.checksum] ?? "none"
        guard written == sum else { throw CheckpointError(path: path, what: "checksum", expected: sum, found: written) }
        for (index, parameter) in optimiser.parameters.enumerated() {
            parameter.set(states[index][0])
            for (buffer, values) in zip([optimiser.means[index], optimiser.squares[index]], states[index].dropFirst()) {
                values.withUnsafeBufferPointer { if let base = $0.baseAddress { buffer.pointer.update(from: base, count: values.count) } }
            }
        }
        optimiser.steps = steps
        return steps
    }
}

/// A checkpoint that belongs to something else or is damaged.
public struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    public let what: String
    public let expected: String
    public let found: String

    public var description: String { "\(path): the \(what) of this checkpoint is \(found); expected \(expected)" }
}
