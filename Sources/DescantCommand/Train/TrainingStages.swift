import Encoders
import MusicSearch
import TrackCatalogue
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a training finds what its configuration does not name.
enum TrainingStages {
    static func plan(_ configuration: TrainingConfiguration, run: RunFolder) throws -> StudentPipeline {
        try StudentPipeline(configuration, run: run) {
            let data = try DataFolder()
            return .init(
                base: try base(configuration.base, data), vocabulary: data.vocabulary,
                excludedWordings: try benchmarkWordings(data.path + "/Benchmarks/tag-paraphrases.tsv"))
        }
    }

    /// The phrases of `bench tags`, which nothing may learn from; none where the file does not lie beside the program.
    private static func benchmarkWordings(_ path: String) throws -> Set<String> {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var table = try SeparatedValues(path: path, separator: "\t", quotes: false, comment: "#")
        defer { table.close() }
        let phrase = try table.column("phrase")
        var phrases: Set<String> = []
        while let row = try table.next() {
            if row.cells.indices.contains(phrase) { phrases.insert(row.cells[phrase]) }
        }
        return phrases
    }

    private static func base(_ model: BaseModel, _ data: DataFolder) throws -> String {
        guard !model.model.contains("/") else { return model.model }
        let store = ModelStore(folder: data.models)
        return try store.path(of: store.model(named: model.model))
    }
}
