import CZip
import Encoders
import Foundation
import Storage
import TestSupport

/// A model of three small files, a store for it, and ways to hand it over.
final class RegisteredModel {
    let root: String
    let contents: [(name: String, bytes: [UInt8])]
    let model: ModelDescription
    var store: ModelStore { ModelStore(folder: root + "/models", registry: [model]) }

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("descant-models-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        var generator = SeededGenerator(seed: 5)
        let weights = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        contents = [("model.safetensors", weights), ("vocab.txt", Array("[PAD]\n[UNK]\n".utf8)), ("config.json", Array("{}".utf8))]
        model = ModelDescription(
            name: "tiny", title: "Tiny", licence: "none", purpose: "tests",
            files: contents.map { content in
                .init(name: content.name, bytes: content.bytes.count, sha256: content.bytes.withUnsafeBytes { Checksum.sha256($0) })
            })
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// A folder with the files, some of them replaced or left out.
    func folder(replacing changes: [String: [UInt8]] = [:], without absent: [String] = []) throws -> String {
        let name = "files"
        try FileManager.default.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
        for (file, bytes) in contents where !absent.contains(file) {
            try write(changes[file] ?? bytes, to: name + "/" + file)
        }
        return root + "/" + name
    }

    @discardableResult func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: root + "/" + name))
        return root + "/" + name
    }

    func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// The members that a wheel of the model has, among others of the same names.
    var members: [(name: String, bytes: [UInt8])] {
        [("package/__init__.py", [1]), ("package/model/1_Pooling/config.json", [1, 2, 3]), ("package/model/xconfig.json", Array("{}".utf8))]
            + contents.map { ("package/model/" + $0.name, $0.bytes) }
    }

    func archive(_ members: [(name: String, bytes: [UInt8])], named name: String = "tiny.whl") throws -> String {
        struct CannotZip: Error { var code: Int32 }
        let path = root + "/" + name
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else { throw CannotZip(code: code) }
        for (name, bytes) in members {
            // The library frees the copy when it has written it.
            guard let copy = malloc(max(1, bytes.count)) else { throw CannotZip(code: -3) }
            UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyBytes(from: bytes)
            guard let source = zip_source_buffer(archive, copy, UInt64(bytes.count), 1), zip_file_add(archive, name, source, 0) >= 0 else {
                throw CannotZip(code: -1)
            }
        }
        guard zip_close(archive) == 0 else { throw CannotZip(code: -2) }
        return path
    }

    /// What the store's folder holds but its lock.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: root + "/models").filter { $0 != ".lock" }.sorted() }

    /// Whether the store holds the model and nothing else.
    func isWhole() throws -> Bool {
        let path = try store.verify(model).path
        return try names() == ["tiny"] && FileManager.default.contentsOfDirectory(atPath: path).sorted() == contents.map(\.name).sorted()
    }
}
