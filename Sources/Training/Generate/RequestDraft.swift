/// A request as a generator makes it, with the tags of the set that it asks for; see `TrainingRequest` for how it is stored.
public struct RequestDraft: Codable, Hashable, Sendable {
    public var text: String
    /// Not empty, each once.
    public var tags: [String]
    public var source: TrainingRequest.Source
    /// See `TrainingRequest.song`.
    public var song: Int

    public init(text: String, tags: [String], source: TrainingRequest.Source, song: Int) {
        self.text = text
        self.tags = tags
        self.source = source
        self.song = song
    }
}
