import Synchronization

/// Reads a model's tensors by name and shape, and collects everything that is wrong, to say it all at once.
///
/// ```swift
/// let reader = TensorReader(file, ignoring: ["embeddings.position_ids", "pooler.*"])
/// let layer = reader.scope("encoder").scope("layer.0")
/// let weight = layer.scope("intermediate.dense").tensor("weight", shape: [1536, 384])
/// try reader.finish()
/// ```
/// A tensor that will not do is recorded and zeros of its shape stand in for it until `finish`, which throws: **no model leaves its initialiser before
/// `finish` has returned**.
public struct TensorReader: Sendable {
    /// Names in the file that a model may leave unread: one name, or with `.*` at the end all names below a scope.
    public enum NamePattern: Hashable, Sendable, ExpressibleByStringLiteral {
        case name(String)
        /// All names that begin with `scope` and a point.
        case scope(String)

        public init(stringLiteral text: String) { self = text.hasSuffix(".*") ? .scope(String(text.dropLast(2))) : .name(text) }

        func matches(_ name: String) -> Bool {
            switch self {
            case .name(let own): name == own
            case .scope(let scope): name.hasPrefix(scope + ".")
            }
        }
    }

    /// What all scopes of one reading share.
    private final class Record: Sendable {
        struct Content { var read: Set<String> = [], problems: [WeightsError.Problem] = [] }
        let content = Mutex(Content())
    }

    private let file: SafetensorsFile
    private let ignoring: [NamePattern]
    private let record: Record
    private let prefix: String

    /// - Parameter ignoring: names that may stand in the file unread; all others are reported as unexpected.
    public init(_ file: SafetensorsFile, ignoring: [NamePattern] = []) {
        self.init(file, ignoring, Record(), prefix: "")
    }

    private init(_ file: SafetensorsFile, _ ignoring: [NamePattern], _ record: Record, prefix: String) {
        (self.file, self.ignoring, self.record, self.prefix) = (file, ignoring, record, prefix)
    }

    /// The part of the tensors whose names go on with `name` and a point. All parts report to the same `finish`.
    public func scope(_ name: String) -> TensorReader { TensorReader(file, ignoring, record, prefix: prefix + name + ".") }

    /// A tensor as `Float`, in row-major order; zeros when it will not do. One of I8 with a tensor `<name>_scale` beside it, one scale for every row, is
    /// multiplied out.
    /// - Parameter shape: as the model needs it. Sizes that come from a file must be held to sensible bounds before: a shape whose elements cannot be
    ///   counted is a programmer's error.
    public func tensor(_ name: String, shape: [Int]) -> [Float] {
        elements(name, shape: shape, zero: 0) { name throws(WeightsError) in
            let scale = name + SafetensorsFile.scaleSuffix
            guard file[name]?.type == .int8, file[scale] != nil else { return try file.floats(of: name) }
            record.content.withLock { _ = $0.read.insert(scale) }
            return try file.quantizedRows(of: name)
        }
    }

    /// An I8 tensor, in row-major order; zeros when it will not do.
    public func quantizedTensor(_ name: String, shape: [Int]) -> [Int8] {
        elements(name, shape: shape, zero: 0) { name throws(WeightsError) in try file.int8s(of: name) }
    }

    /// - Throws: `WeightsError` with every tensor that was missing, misshapen, of another type or not finite, in the order they were asked for, then every
    ///   one that nobody asked for and that is not ignored, in the order of the file.
    public func finish() throws(WeightsError) {
        let (read, problems) = record.content.withLock { ($0.read, $0.problems) }
        let unread = file.tensors.filter { tensor in !read.contains(tensor.name) && !ignoring.contains { $0.matches(tensor.name) } }
        let all = problems + unread.map { .init(name: $0.name, .unexpected(type: $0.type, shape: $0.shape)) }
        guard all.isEmpty else { throw WeightsError(path: file.path, problems: all) }
    }

    private func elements<Element>(
        _ name: String, shape: [Int], zero: Element, _ read: (String) throws(WeightsError) -> [Element]
    ) -> [Element] {
        guard shape.allSatisfy({ $0 >= 0 }), let (count, _) = SafetensorsFile.extent(of: shape, .float64) else {
            preconditionFailure("the elements of shape \(shape) cannot be counted")
        }
        let name = prefix + name
        let problems: [WeightsError.Problem]
        record.content.withLock { _ = $0.read.insert(name) }
        do throws(WeightsError) {
            guard let tensor = file[name] else { throw WeightsError(path: file.path, problems: [.init(name: name, .missing(expected: shape))]) }
            guard tensor.shape == shape else {
                throw WeightsError(path: file.path, problems: [.init(name: name, .misshapen(expected: shape, found: tensor.shape))])
            }
            return try read(name)
        } catch {
            problems = error.problems
        }
        record.content.withLock { $0.problems += problems }
        return [Element](repeating: zero, count: count)
    }
}
