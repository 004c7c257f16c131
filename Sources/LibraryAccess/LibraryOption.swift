package import ArgumentParser
package import Encoders
import LinearAlgebra
package import MusicSearch
import Synchronization

/// Which library answers.
package struct LibraryOption: ParsableArguments {
    @Option(name: [.short, .long], help: "Folder of the library; without it the starter corpus answers.")
    package var library: String?
    @Option(help: "Whose corrections of moods count; see descant mood correct.")
    package var listener = MoodCorrections.defaultListener

    package init() {}

    /// Opens the library, building the starter library when it is needed for the first time.
    ///
    /// - Parameter model: what the command was asked to work with: makes the starter library, and finds a library's own encoder where that is a folder.
    package func open(model: TextModel? = nil) throws -> Library {
        let library = try open(model: model, encoder: try TextModels.provider(asked: model))
        if let notice = library.notice { Terminal.note("Note: \(notice)") }
        if let why = library.lexicalOnly { Terminal.noteOnce("Searching by words alone: \(why). See descant models.", about: library.path) }
        return try library.asHeard(by: listener)
    }

    private func open(model: TextModel?, encoder: EncoderProvider?) throws -> Library {
        if let path = self.library { return try Library(path: path, encoder: encoder) }
        let progress = ProgressLine()
        let library = try StarterLibrary.open(DataFolder(), encoder: TextModels.usable(model)) { step in
            guard let step else { return Terminal.note("Indexing the starter corpus (once) …") }
            progress.show(step)
        }
        progress.finish()
        return library
    }

    /// Opens the library for a program that stays: encoders are kept from one generation to the next, and one request takes one thread.
    ///
    /// - Returns: the library, and what opens its current generation anew.
    package func openToStay(model: TextModel? = nil) throws -> (library: Library, reopen: @Sendable () throws -> Library) {
        // Opening is reading all of it, so a library that is named is opened once; the starter library may have to be built first.
        let path = try library ?? open(model: model, encoder: nil).path
        var provider: EncoderProvider?
        if let found = try TextModels.provider(asked: model, team: ThreadTeam(size: 1)) {
            let shelf = EncoderShelf(found)
            provider = { try shelf.encoder($0) }
        }
        let listener = listener
        let reopen: @Sendable () throws -> Library = { [provider] in try Library(path: path, encoder: provider).asHeard(by: listener) }
        return (try reopen(), reopen)
    }
}

/// Encoders by identity, each loaded once.
private final class EncoderShelf: Sendable {
    private let known = Mutex<[String: any TextEncoder]>([:])
    private let provider: EncoderProvider

    init(_ provider: @escaping EncoderProvider) { self.provider = provider }

    func encoder(_ identity: String) throws -> (any TextEncoder)? {
        if let encoder = known.withLock({ $0[identity] }) { return encoder }
        let encoder = try provider(identity)
        known.withLock { $0[identity] = encoder }
        return encoder
    }
}
