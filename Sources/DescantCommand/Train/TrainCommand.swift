import ArgumentParser
import LibraryAccess
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train the text model from captions, or a dial for moods from labelled vectors.",
        discussion: """
            Each stage runs those before it that are not done yet, and reuses those that are: products lie in RUNS/NAME/STAGE-KEY, where the key stands for
            the stage's options and inputs. Ctrl-C stops after a checkpoint; the same command goes on from there, also after a kill.
            """,
        subcommands: [
            TrainGenerate.self, TrainTeach.self, TrainMine.self, TrainLabel.self, TrainDistill.self, TrainAll.self, TrainFolds.self,
            TrainAblate.self, TrainFusion.self, TrainShip.self, TrainStatus.self, TrainMood.self,
        ])
}

struct TrainGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "generate", abstract: "Make requests for descriptor sets.")
    @OptionGroup var training: TrainingOptions
    func run() throws { try training.run(upTo: .generate, command: "generate") }
}

struct TrainTeach: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "teach", abstract: "Train the teacher, a cross-encoder.")
    @OptionGroup var training: TrainingOptions
    func run() throws { try training.run(upTo: .teach, command: "teach") }
}

struct TrainMine: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mine", abstract: "Find hard negatives for every request.")
    @OptionGroup var training: TrainingOptions
    func run() throws { try training.run(upTo: .mine, command: "mine") }
}

struct TrainLabel: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "label", abstract: "Let the teacher judge requests and documents.")
    @OptionGroup var training: TrainingOptions
    func run() throws { try training.run(upTo: .label, command: "label") }
}

struct TrainDistill: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "distill", abstract: "Train the student on the teacher's margins.")
    @OptionGroup var training: TrainingOptions
    func run() throws { try training.run(upTo: .distill, command: "distill") }
}

struct TrainAll: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "all", abstract: "Run every stage.")
    @OptionGroup var training: TrainingOptions
    func run() throws { try training.run(upTo: nil, command: "all") }
}

struct TrainStatus: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "List the stages of a configuration and how far they are.")
    @OptionGroup var source: ConfigurationOptions

    func run() throws {
        let pipeline = try source.plan(try source.read()).pipeline
        for stage in pipeline.stages {
            // A damaged stage is one line of the list; the others are still to be seen.
            var words: String
            do {
                let (state, isBusy) = try pipeline.state(of: stage)
                words =
                    switch state {
                    case .absent: "to do"
                    case .inProgress(let record):
                        isBusy
                            ? "running"
                            : "stopped, \(ProgressMeter.duration(record.seconds)) of work\(record.sessions > 1 ? " in \(record.sessions) sessions" : "")"
                    case .done(let record): "done, \(ProgressMeter.duration(record.seconds))"
                    }
            } catch {
                words = "unusable: \(error)"
            }
            Terminal.write("\(Terminal.column(stage.title, 18))  \(stage.recipe.key)  \(words)")
        }
    }
}
