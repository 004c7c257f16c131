import Encoders
import LibraryAccess
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Models that were trained alike, each without one fold of the rows: `folds.json` and the folders `fold-0`, `fold-1` …
///
/// `folds.json` is `{"count": 5, "seed": 0, "fold": [3, 0, …]}`: for each row of the corpus the fold that it belongs to. The model of a fold has never seen
/// that fold's rows, so that over all folds every row is judged by a model to which it is new. What weighs a fold's model beside words, `fusion.json` in its
/// folder, was learnt on the other folds. A model that was trained on none of the rows may stand for all: `model.json` then names it, `{"model": "minilm"}`,
/// and the folders hold `fusion.json` alone.
struct FoldedModels {
    static let modelName = "model.json"

    struct Model: Codable {
        var model: String
    }

    let folder: String
    /// 2 or more.
    let count: Int
    let seed: UInt64
    /// Of each row, below `count`.
    let fold: [Int]
    /// By fold.
    let models: [TextModel]
    let fusion: [FusionParameters]
    /// Whether one model stands for all folds.
    let isOneModel: Bool

    /// - Parameter corpus: the file with the rows, for errors.
    /// - Throws: `FoldError`, also where a model is not there: folds are read before hours of work, not in the midst of it.
    init(folder: String, rows: Int, of corpus: String) throws {
        let path = folder + "/" + Folds.fileName
        guard let data = FileManager.default.contents(atPath: path) else { throw FoldError.unreadable(path: path) }
        guard let file = try? JSONDecoder().decode(Folds.self, from: data) else { throw FoldError.malformed(path: path) }
        guard (2...1000).contains(file.count) else { throw FoldError.count(path: path, found: file.count) }
        guard file.fold.count == rows else { throw FoldError.rows(path: path, found: file.fold.count, corpus: corpus, rows: rows) }
        if let row = file.fold.firstIndex(where: { !(0..<file.count).contains($0) }) {
            throw FoldError.fold(path: path, row: row, found: file.fold[row], count: file.count)
        }
        (count, seed, fold) = (file.count, file.seed, file.fold)
        let place = folder.contains("/") ? folder : "./" + folder
        self.folder = place
        let folders = (0..<file.count).map { Self.folder(of: $0, in: place) }
        if let data = FileManager.default.contents(atPath: place + "/" + Self.modelName) {
            guard let one = try? JSONDecoder().decode(Model.self, from: data) else { throw FoldError.malformed(path: place + "/" + Self.modelName) }
            models = Array(repeating: try TextModel(one.model), count: file.count)
            isOneModel = true
        } else {
            for (path, name) in folders.flatMap({ path in ShippedModel.encoderFiles.map { (path, $0) } })
            where !FileManager.default.fileExists(atPath: "\(path)/\(name)") {
                throw FoldError.missing(path: "\(path)/\(name)", count: file.count)
            }
            models = folders.map { .folder($0) }
            isOneModel = false
        }
        fusion = try folders.map { try .read(folder: $0) }
    }

    static func folder(of number: Int, in folder: String) -> String { "\(folder)/fold-\(number)" }
}

/// Folds that cannot be judged by.
enum FoldError: Error, Hashable, CustomStringConvertible {
    case unreadable(path: String)
    case malformed(path: String)
    case count(path: String, found: Int)
    case rows(path: String, found: Int, corpus: String, rows: Int)
    case fold(path: String, row: Int, found: Int, count: Int)
    case missing(path: String, count: Int)

    var description: String {
        switch self {
        case .unreadable(let path): "\(path): expected a readable file, found none"
        case .malformed(let path):
            "\(path): expected an object with \(path.hasSuffix(FoldedModels.modelName) ? "model" : "count, seed and the fold of each row")"
        case .count(let path, let found): "\(path): count: expected 2 to 1000 folds, found \(found)"
        case .rows(let path, let found, let corpus, let rows): "\(path): expected the folds of the \(rows) rows of \(corpus), found \(found)"
        case .fold(let path, let row, let found, let count): "\(path): row \(row): expected a fold from 0 to \(count - 1), found \(found)"
        case .missing(let path, let count): "\(path): missing; each of the \(count) folds has a model"
        }
    }
}
