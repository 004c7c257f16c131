/// All that a training run is made from: one JSON file, every key of it optional.
///
/// ```json
/// {"name": "music-minilm", "data": {"captions": "musiccaps-dev.csv", "heldOut": 0}, "distill": {"steps": 2000}}
/// ```
/// Read it with ``ConfigurationFile``.
public struct TrainingConfiguration: StageOptions {
    /// The folder of the run inside the folder of runs; "student".
    public var name = "student"
    /// Of all randomness, together with the place where it is drawn; 0.
    public var seed: UInt64 = 0
    public var data = TrainingData()
    public var base = BaseModel()
    public var decoder = DecoderStageOptions()
    public var generate = GenerateStage.Options()
    public var prune = PruneOptions()
    /// Training from requests alone, before a teacher is asked.
    public var adapt = DistillOptions.withoutTeacher
    public var mine = MineStage.Options()
    public var teach = TeachOptions()
    public var label = LabelStage.Options()
    public var distill = DistillOptions()
    /// How often is mined, labelled and distilled: 0 leaves it at *adapt*, 2 mines again with the adapted student; 2.
    public var rounds = 2

    public init() {}

    public var faults: [OptionFault] {
        fault("name", unless: RunFolder.isName(name), expected: RunFolder.nameRule, found: "\"\(name)\"")
            + faults("data", data) + faults("base", base) + faults("decoder", decoder) + faults("generate", generate) + faults("prune", prune)
            + faults("adapt", adapt) + faults("mine", mine) + faults("teach", teach) + faults("label", label) + faults("distill", distill)
            + fault("rounds", rounds, in: 0...8)
    }
}

/// What is trained on.
public struct TrainingData: StageOptions {
    /// CSV of captions and their tags; "musiccaps-dev.csv" in the current folder.
    public var captions = "musiccaps-dev.csv"
    /// Its column of the caption; "caption".
    public var textColumn = "caption"
    /// Its column of the tags, a Python list or comma-separated; "aspect_list".
    public var tagsColumn = "aspect_list"
    /// MTG-Jamendo's TSV with a column of the split, for more descriptor sets; left out, captions alone.
    public var jamendo: String?
    /// Parts that the captions are cut into, in 2…100; 5.
    public var folds = 5
    /// Of the cut; 0.
    public var foldSeed: UInt64 = 0
    /// The fold that training never sees, in 0..<folds; left out, everything is trained on.
    public var heldOut: Int?

    public init() {}

    public var faults: [OptionFault] {
        fault("captions", unless: !captions.isEmpty, expected: "the path of a file", found: "empty text")
            + fault("textColumn", unless: textColumn != tagsColumn, expected: "another column than tagsColumn", found: "\"\(textColumn)\" for both")
            + fault("jamendo", unless: jamendo?.isEmpty != true, expected: "the path of a file", found: "empty text")
            + fault("folds", folds, in: 2...100)
            + (heldOut.map { fault("heldOut", $0, in: 0...max(0, folds - 1)) } ?? [])
    }

    /// What of it decides which rows are read, wherever the files lie: an input of the first stage, beside the files' hashes.
    public struct Selection: Codable, Hashable, Sendable {
        public var textColumn: String
        public var tagsColumn: String
        public var folds: Int
        public var foldSeed: UInt64
        public var heldOut: Int?
    }

    /// Without a fold held out the cut does not matter, and is left out.
    public var selection: Selection {
        Selection(
            textColumn: textColumn, tagsColumn: tagsColumn, folds: heldOut == nil ? 0 : folds, foldSeed: heldOut == nil ? 0 : foldSeed, heldOut: heldOut)
    }
}

/// The pretrained weights that teacher and student begin with.
public struct BaseModel: StageOptions {
    /// The name of an installed model, or a folder (with a "/") of config.json, vocab.txt and model.safetensors; "minilm".
    public var model = "minilm"

    public init() {}

    public var faults: [OptionFault] { fault("model", unless: !model.isEmpty, expected: "a model's name or folder", found: "empty text") }
}
