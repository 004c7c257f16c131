import Encoders
import Foundation
import TestSupport
import Testing

@Suite struct ShippedModelTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["config.json", "vocab.txt", "model.safetensors"] {
            try FileManager.default.copyItem(atPath: TinyModel.biEncoder.folder + "/" + name, toPath: folder.path + "/" + name)
        }
    }

    private func seal() throws -> ShippedModel { try ShippedModel.seal(folder: path, title: "Tiny", licence: "Apache-2.0", purpose: "tests") }

    @Test func whatIsSealedOpensAndIsWhole() throws {
        #expect(!ShippedModel.isPresent(in: path))
        _ = try folder.write("# Card", to: "MODEL-CARD.md")
        _ = try folder.write("# Not the model's", to: "notes.txt")
        let sealed = try seal()
        #expect(ShippedModel.isPresent(in: path))
        let opened = try ShippedModel(folder: path)
        #expect(opened == sealed && opened.title == "Tiny" && opened.licence == "Apache-2.0" && opened.purpose == "tests")
        #expect(opened.files.map(\.name) == ["MODEL-CARD.md", "config.json", "model.safetensors", "vocab.txt"])
        #expect(opened.files.first?.bytes == 6 && opened.bytes == opened.files.reduce(0) { $0 + $1.bytes })
        try opened.verify()
    }

    @Test func theNameTellsOneTrainingFromAnother() throws {
        let first = try seal().encoderName
        #expect(first.wholeMatch(of: /music-minilm-[0-9a-f]{8}/) != nil)
        _ = try folder.write("# Card", to: "MODEL-CARD.md")
        #expect(try seal().encoderName == first, "the card changes no vector")
        for name in ["vocab.txt", "config.json", "model.safetensors"] {
            let url = URL(fileURLWithPath: path + "/" + name)
            let content = try Data(contentsOf: url)
            try (content + Data("\n".utf8)).write(to: url)
            #expect(try seal().encoderName != first, "\(name) does")
            try content.write(to: url)
        }
        #expect(try seal().encoderName == first)
    }

    @Test(arguments: ["config.json", "vocab.txt", "model.safetensors", "fusion.json"]) func aDamagedFileIsNamed(name: String) throws {
        _ = try folder.write("{}", to: "fusion.json")
        let model = try seal()
        let url = URL(fileURLWithPath: path + "/" + name)
        var content = try Data(contentsOf: url)
        content[content.count / 2] ^= 1
        try content.write(to: url)
        let error = #expect(throws: ModelStoreError.self) { try model.verify() }
        #expect(error?.description.hasPrefix("not the files of 'music-minilm': \(path)/\(name): expected SHA-256 ") == true)
        try FileManager.default.removeItem(at: url)
        #expect(throws: ModelStoreError.wrong(model: "music-minilm", faults: [.missing(path: url.path)])) { try model.verify() }
    }

    @Test func manifestsThatAreNoneAreErrors() throws {
        _ = try seal()
        let manifest = path + "/manifest.json"
        let whole = try String(contentsOfFile: manifest, encoding: .utf8)
        let forged = [
            "", "[]", "{\"format\": 1}", whole.replacing("\"format\" : 1", with: "\"format\" : 2"), whole.replacing("music-minilm", with: "other"),
            whole.replacing("vocab.txt", with: "../vocab.txt"), whole.replacing("vocab.txt", with: "config.json"),
            whole.replacing("vocab.txt", with: "fusion.json"),
            whole.replacing("\"bytes\" : ", with: "\"bytes\" : 99999999999999999999"),
        ]
        for text in forged {
            #expect(text != whole)
            _ = try folder.write(text, to: "manifest.json")
            let error = #expect(throws: ModelError.self, "\(text)") { try ShippedModel(folder: path) }
            #expect(error?.description.hasPrefix(manifest) == true)
        }
    }

    @Test func whatIsTooLargeOrMissingIsNotSealed() throws {
        _ = FileManager.default.createFile(atPath: path + "/fusion.json", contents: nil)
        #expect(truncate(path + "/fusion.json", 12_000_000) == 0)
        let error = #expect(throws: ModelError.self) { try seal() }
        #expect(error?.description.hasPrefix("\(path): expected at most 12000000 bytes") == true)
        try FileManager.default.removeItem(atPath: path + "/fusion.json")
        try FileManager.default.removeItem(atPath: path + "/vocab.txt")
        #expect(throws: (any Error).self) { try seal() }
        #expect(!ShippedModel.isPresent(in: path))
    }
}
