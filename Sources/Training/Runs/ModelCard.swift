public import Evaluation
public import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// What a trained model is, how it was made and what it reached: written beside its weights by the command that trained it.
public struct ModelCard {
    public static let fileName = "MODEL-CARD.md"

    public struct Source: Hashable, Sendable {
        public var name: String
        public var rows: Int
        /// Nil for what is no single file.
        public var sha256: String?
        public var licence: Licence

        public init(name: String, rows: Int, sha256: String?, licence: Licence) {
            self.name = name
            self.rows = rows
            self.sha256 = sha256
            self.licence = licence
        }
    }

    /// What a licence of weights or data asks for.
    public struct Licence: Hashable, Sendable {
        public var work: String
        public var name: String
        public var note: String

        public init(work: String, name: String, note: String) {
            self.work = work
            self.name = name
            self.note = note
        }

        public static let baseWeights = Licence(
            work: "all-MiniLM-L6-v2, the weights that training began with", name: "Apache-2.0",
            note: "The weights here are changed: layers and vocabulary are taken out, the rest is trained further and rounded to 8 bits.")
        public static let musicCaps = Licence(
            work: "MusicCaps, captions and aspect lists", name: "CC BY-SA 4.0",
            note: "Agostinelli et al. 2023, arXiv 2301.11325. No row of it is part of the model's files.")
        public static let jamendo = Licence(
            work: "MTG-Jamendo, tag sets of its training split", name: "CC BY-NC-SA 4.0",
            note: "Bogdanov et al. 2019. The metadata may not be used for commercial ends; weigh this before training for such on them.")
    }

    public struct Stage: Hashable, Sendable {
        public var title: String
        public var folder: String
        public var seed: UInt64
        public var seconds: Double

        public init(_ stage: PlannedStage, seconds: Double) {
            title = stage.title
            folder = stage.recipe.folderName
            seed = stage.recipe.seed
            self.seconds = seconds
        }
    }

    public struct File: Hashable, Sendable {
        public var name: String
        public var bytes: Int
        public var sha256: String
    }

    public var name: String
    /// What it is and what it is for, a paragraph each.
    public var purpose: [String]
    /// Layers, width, vocabulary, precision and the like, in words.
    public var size: [(property: String, value: String)]
    public var sources: [Source]
    /// The command that makes it again.
    public var command: String
    public var configuration: JSONValue
    public var stages: [Stage]
    /// Each with the sentence that says what was measured, on what, and by which command.
    public var metrics: [(title: String, table: ResultTable)]
    public var limits: [String]
    /// Of base weights; those of the data come with `sources`.
    public var licences: [Licence]
    public var files: [File]

    public init(
        name: String, purpose: [String], size: [(property: String, value: String)], sources: [Source], command: String, configuration: JSONValue,
        stages: [Stage], metrics: [(title: String, table: ResultTable)], limits: [String], licences: [Licence] = [.baseWeights], files: [File]
    ) {
        self.name = name
        self.purpose = purpose
        self.size = size
        self.sources = sources
        self.command = command
        self.configuration = configuration
        self.stages = stages
        self.metrics = metrics
        self.limits = limits
        self.licences = licences
        self.files = files
    }

    /// The files of a model's folder with their hashes, in the order of their names: all but the card itself and hidden ones.
    ///
    /// - Throws: `FileError` where one cannot be read.
    public static func files(in folder: String) throws -> [File] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
            var status = stat()
            guard name != fileName, !name.hasPrefix("."), stat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return File(name: name, bytes: Int(status.st_size), sha256: try Checksum.sha256(fileAt: folder + "/" + name))
        }
    }

    /// Writes the card as `MODEL-CARD.md`.
    public func write(to folder: String) throws(FileError) { try writeDurably([Array(markdown.utf8)], to: folder + "/" + Self.fileName) }

    /// The whole card. The same card gives the same bytes: it carries no date.
    public var markdown: String {
        var text = "# \(name)\n"
        func section(_ title: String, _ body: String) { text += "\n## \(title)\n\n\(body)" }
        for paragraph in purpose { text += "\n\(paragraph)\n" }
        section("Size", Self.table(["property", "value"], size.map { [.text($0.property), .text($0.value)] }))
        section(
            "Data",
            Self.table(
                ["source", .number("rows"), "licence", "SHA-256"],
                sources.map { [.text($0.name), .integer($0.rows), .text($0.licence.name), $0.sha256.map { .text($0) } ?? .empty] }))
        section("Recipe", "Made by\n\n```sh\n\(command)\n```\n\nwith the configuration\n\n```json\n\(configuration.canonical)\n```\n\n")
        text += Self.table(
            ["stage", "folder", .number("seed"), .number("seconds")],
            stages.map { [.text($0.title), .text($0.folder), .text("\($0.seed)"), .number($0.seconds, digits: 0)] })
        for (i, (title, table)) in metrics.enumerated() {
            if i == 0 { text += "\n## Results\n" }
            text += "\n\(title)\n\n\(table.markdown)"
        }
        section("Limits", Self.list(limits))
        var named: Set<Licence> = []
        let all = (licences + sources.map(\.licence)).filter { named.insert($0).inserted }
        section("Licences", Self.list(all.map { "\($0.work): \($0.name). \($0.note)" }))
        section("Files", Self.table(["file", .number("bytes"), "SHA-256"], files.map { [.text($0.name), .integer($0.bytes), .text($0.sha256)] }))
        return text
    }

    private static func list(_ items: [String]) -> String { items.map { "* \($0)\n" }.joined() }

    private static func table(_ columns: [ResultTable.Column], _ rows: [[ResultTable.Cell]]) -> String {
        var table = ResultTable(columns: columns)
        for row in rows { table.append(row) }
        return table.markdown
    }
}
