import Storage

/// The stages of training, in the order of their work.
public enum StageKind: String, Codable, CaseIterable, Sendable {
    case decoder, generate, prune, adapt, mine, teach, label, distill, quantize
}

/// What decides the products of a stage, and nothing else: equal recipes give equal bytes, so that runs share what their recipes share.
public struct StageRecipe: Codable, Hashable, Sendable {
    public var kind: StageKind
    /// Raised whenever the stage's code makes other bytes of the same options and inputs.
    public var format: Int
    public var options: JSONValue
    public var seed: UInt64
    /// By name: the key of an earlier stage, the SHA-256 of a file, or a value as it is.
    public var inputs: [String: JSONValue]

    public init(kind: StageKind, format: Int, options: JSONValue, seed: UInt64, inputs: [String: JSONValue]) {
        self.kind = kind
        self.format = format
        self.options = options
        self.seed = seed
        self.inputs = inputs
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the recipe in canonical JSON.
    public var key: String {
        let text = JSONValue.object([
            "kind": .text(kind.rawValue), "format": .integer(Int64(format)), "options": options, "seed": .unsigned(seed), "inputs": .object(inputs),
        ]).canonical
        return String(Array(text.utf8).withUnsafeBytes { Checksum.sha256($0) }.prefix(16))
    }

    /// Name of the stage's folder in the run's.
    public var folderName: String { "\(kind.rawValue)-\(key)" }
}

/// What a stage reads, under the name that its recipe has it by.
public enum StageInput {
    /// The products of an earlier stage.
    case stage(String, PlannedStage)
    /// A file, known by its content.
    case file(String, path: String)
    /// Some files of a folder, such as a model's.
    case folder(String, path: String, files: [String])
    /// A value that is no option of the stage itself.
    case value(String, any Encodable)

    public var name: String {
        switch self {
        case .stage(let name, _), .file(let name, _), .folder(let name, _, _), .value(let name, _): name
        }
    }

    /// - Throws: `FileError` where a file cannot be read.
    /// - Complexity: reads every file once.
    func identity() throws -> JSONValue {
        switch self {
        case .stage(_, let stage): .text(stage.recipe.folderName)
        case .file(_, let path): .text(try Checksum.sha256(fileAt: path))
        case .folder(_, let path, let files):
            .object(Dictionary(uniqueKeysWithValues: try Set(files).map { ($0, .text(try Checksum.sha256(fileAt: path + "/" + $0))) }))
        case .value(_, let value): try JSONValue(encoding: value)
        }
    }
}
