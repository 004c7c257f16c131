import ArgumentParser
import Encoders
import LibraryAccess
import LinearAlgebra

/// A bi-encoder that is compared with others, or several that stand for one: trained alike, each without one fold of the rows.
struct ComparedEncoder {
    enum Models {
        case one(TextModel)
        case folds(FoldedModels)
    }

    /// In tables; for folds it says how many.
    let name: String
    let precision: Precision
    let models: Models
    private(set) var methods = DenseMethod.all
    /// Of ``methods``: the one by which encoders are compared beside words.
    private(set) var hybrid = DenseMethod.usual
    private var hybridIsGiven = false, hybridIsOwn = false

    init(name: String, precision: Precision, models: Models) { (self.name, self.precision, self.models) = (name, precision, models) }

    /// - Parameter isOwn: meant for this encoder alone, and so before what is meant for all.
    mutating func add(_ method: DenseMethod, isOwn: Bool) {
        if !methods.contains(method) { methods.append(method) }
        if !hybridIsGiven || isOwn && !hybridIsOwn { (hybrid, hybridIsGiven, hybridIsOwn) = (method, true, isOwn) }
    }

    /// With or without the number of folds.
    func isCalled(_ name: String) -> Bool {
        guard case .folds(let folds) = models else { return name == self.name }
        return name == self.name || self.name == "\(name), \(folds.count) folds"
    }

    /// How many encoders stand for it.
    var count: Int {
        switch models {
        case .one: 1
        case .folds(let folds): folds.count
        }
    }

    /// - Parameter number: below ``count``.
    func encoder(_ number: Int, team: ThreadTeam = .shared) throws -> BiEncoder {
        try files(number).encoder(precision: precision, remembered: 0, team: team)
    }

    /// What weighs it beside words; nil where nobody has learnt it.
    func weights(_ number: Int) throws -> FusionParameters.DescriptorWeights? {
        switch models {
        case .one: try FusionParameters.read(folder: files(number).folder).descriptors
        case .folds(let folds): folds.fusion[number].descriptors
        }
    }

    /// Whether an encoder of a number is the one before.
    var isOneModel: Bool {
        switch models {
        case .one: true
        case .folds(let folds): folds.isOneModel
        }
    }

    /// Adds the hybrid of learnt weights, where all have such; it is the chief one until another is given.
    mutating func addLearned() throws {
        guard try (0..<count).allSatisfy({ try weights($0) != nil }) else { return }
        methods.append(DenseMethod(.learned))
        hybrid = DenseMethod(.learned)
    }

    private func files(_ number: Int) throws -> ModelFiles {
        guard let files = try model(number).files() else { throw ValidationError("the model '\(name)' is none; expected one to measure") }
        return files
    }

    /// Whether an encoder may be asked for what is made of a row: it may not where it was trained on it.
    func mayJudge(_ row: Int, number: Int) -> Bool {
        switch models {
        case .one: true
        case .folds(let folds): folds.fold[row] == number
        }
    }

    private func model(_ number: Int) -> TextModel {
        switch models {
        case .one(let model): model
        case .folds(let folds): folds.models[number]
        }
    }
}
