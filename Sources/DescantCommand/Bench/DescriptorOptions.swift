import ArgumentParser
import Evaluation
import LibraryAccess
import LinearAlgebra
import TextAnalysis
import Training

/// What is compared on which rows: the same for `bench descriptors` and `bench report`, so that the figures of one are those of the other.
struct DescriptorOptions: ParsableArguments {
    @Argument(help: "CSV with a text column and a tag-list column.")
    var file: String
    @Option(help: "Column of the request text.")
    var text = Self.defaultText
    @Option(help: "Column of the tags, a Python list or comma-separated.")
    var tags = Self.defaultTags
    @Option(help: "Protocols to run, separated by commas.")
    var protocols = Self.defaultProtocols
    @Option(help: "Seeds of the sampling, separated by commas.")
    var seeds = Self.defaultSeeds
    @Option(
        help: ArgumentHelp(
            "Text model: a name, or a folder with a / in it; for a name in the tables and a precision of its own NAME=MODEL@PRECISION. May be given several times.",
            valueName: "model"))
    var model: [String] = []
    @Option(
        help: ArgumentHelp(
            "Folder with folds.json and models fold-0 … that were each trained without one fold of the rows; each judges the requests of its fold. May be given several times.",
            valueName: "name=folder"))
    var folds: [String] = []
    @Option(help: "Precision of the text models: \(Precision.allCases.map(\.rawValue).joined(separator: " or ")).")
    var precision = Self.defaultPrecision
    @Option(
        help: ArgumentHelp(
            "A further hybrid of words and a model: cosine:α, A:weight or B:weight; ENCODER=… for one model alone. May be given several times; a model's first is its chief one.",
            valueName: "form:weight"))
    var hybrid: [String] = []

    static let defaultText = "caption", defaultTags = "aspect_list", defaultProtocols = "full,sampled,published,association", defaultSeeds = "0,1,2"
    static let defaultPrecision = Precision.int8

    func matching() throws -> DescriptorMatching { Self.matching(try CaptionTable.read(file, text: text, tags: tags)) }

    static func matching(_ rows: [DescriptorMatching.Row]) -> DescriptorMatching {
        let stems = Analyzer(stemmer: .english)
        return DescriptorMatching(rows: rows) { stems.terms($0) }
    }

    func seedList() throws -> [UInt64] {
        let list = try seeds.split(separator: ",").map { text -> UInt64 in
            guard let seed = UInt64(text) else { throw ValidationError("--seeds holds '\(text)'; expected whole numbers separated by commas") }
            return seed
        }
        guard !list.isEmpty else { throw ValidationError("--seeds is empty") }
        return list
    }

    func protocolList() throws -> [MatchingProtocol] {
        let list = try protocols.split(separator: ",").map { name -> MatchingProtocol in
            guard let kind = MatchingProtocol(rawValue: String(name)) else {
                throw ValidationError("--protocols holds '\(name)'; expected \(MatchingProtocol.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        guard !list.isEmpty else { throw ValidationError("--protocols is empty") }
        return list
    }

    /// The encoders to compare; without `--model`, the one that libraries are searched with, if there is one.
    func encoders(rows: Int) throws -> [ComparedEncoder] {
        var encoders = try model.map { text in
            let (given, value) = Self.named(text)
            let parts = value.split(separator: "@", omittingEmptySubsequences: false)
            let own = parts.count > 1 ? Precision(rawValue: String(parts[parts.count - 1])) : nil
            let place = own == nil ? value : parts.dropLast().joined(separator: "@")
            return ComparedEncoder(
                name: given ?? Self.lastComponent(value), precision: own ?? precision, models: .one(try TextModel(place)))
        }
        if model.isEmpty, folds.isEmpty {
            let usual = try TextModel.preferred()
            if usual != .none { encoders.append(ComparedEncoder(name: usual.description, precision: precision, models: .one(usual))) }
        }
        encoders += try folds.map { text in
            let (given, folder) = Self.named(text)
            let folds = try FoldedModels(folder: folder, rows: rows, of: file)
            return ComparedEncoder(name: (given ?? Self.lastComponent(folder)) + ", \(folds.count) folds", precision: precision, models: .folds(folds))
        }
        for (i, encoder) in encoders.enumerated() where encoders[..<i].contains(where: { $0.name == encoder.name }) {
            throw ValidationError("two models are called '\(encoder.name)'; give one another name: NAME=\(encoder.name)")
        }
        for i in encoders.indices { try encoders[i].addLearned() }
        for text in hybrid {
            let (encoder, form) = Self.named(text)
            let method = try Self.hybridMethod(form)
            if let encoder, !encoders.contains(where: { $0.isCalled(encoder) }) {
                throw ValidationError("--hybrid \(text): no model is called '\(encoder)'; there are \(encoders.map(\.name).joined(separator: "; "))")
            }
            for i in encoders.indices where encoder.map({ encoders[i].isCalled($0) }) ?? true { encoders[i].add(method, isOwn: encoder != nil) }
        }
        return encoders
    }

    /// "gpl=runs/gpl" → "gpl", "runs/gpl".
    private static func named(_ text: String) -> (name: String?, value: String) {
        guard let mark = text.firstIndex(of: "="), mark != text.startIndex, !text[..<mark].contains("/") else { return (nil, text) }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
    }

    private static func lastComponent(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func hybridMethod(_ text: String) throws -> DenseMethod {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let weight = Float(parts[1]), weight > 0, weight <= 100 else {
            throw ValidationError("--hybrid holds '\(text)'; expected cosine:α, A:weight or B:weight, such as B:0.6")
        }
        switch parts[0] {
        case "cosine" where weight < 1: return DenseMethod(.convex(alpha: weight))
        case "A": return DenseMethod(.hybrid(reading: 0, weight: weight))
        case "B": return DenseMethod(.hybrid(reading: 1, weight: weight))
        default: throw ValidationError("--hybrid holds '\(text)'; expected cosine:α with α below 1, A:weight or B:weight")
        }
    }
}
