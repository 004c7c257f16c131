import ArgumentParser
import Encoders
import LibraryAccess
import LinearAlgebra
import MusicSearch

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "What the program runs on: processor, kernels, OpenBLAS, models, folders.")

    func run() throws {
        let data = try DataFolder()
        var rows = [
            ("version", Descant.configuration.version), ("processor", Machine.processor), ("cores", "\(ProcessInfo.processInfo.activeProcessorCount)"),
            ("kernels", Processor.kernels),
            ("OpenBLAS", BLAS.shared.map { "core type \($0.coreType) (\($0.configuration))" } ?? "not installed: products run on the program's own kernels"),
            ("data", data.path), ("models", data.models),
        ]
        if let cache = try? CacheFolder.path() { rows.append(("cache", cache)) }
        let store = ModelStore(folder: data.models)
        let installed = store.installed().map(\.model.name)
        rows.append(("text model", TextModels.usable()?.identity ?? "none: requests are answered by words alone"))
        rows.append(("shipped", ShippedModel.isPresent(in: data.shippedModel) ? shipped(data.shippedModel) : "none"))
        rows.append(("installed", installed.isEmpty ? "none" : installed.joined(separator: ", ")))
        let width = rows.map(\.0.count).max() ?? 0
        for (name, value) in rows { Terminal.write(name + String(repeating: " ", count: width - name.count) + "  " + value) }
    }

    /// One that is damaged does not keep the program from saying all else.
    private func shipped(_ folder: String) -> String {
        do {
            let model = try ShippedModel(folder: folder)
            return "\(model.encoderName), \(megabytes(model.bytes)), \(model.licence)"
        } catch {
            return "damaged: \(error)"
        }
    }
}
