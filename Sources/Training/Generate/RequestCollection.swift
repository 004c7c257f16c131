/// Requests as they are added, with each distinct set as one document, numbered by first appearance.
struct RequestCollection {
    private let order: GenerateStage.Options.TagOrder
    private var places: [[String]: Int] = [:]
    private var seen: Set<TrainingRequest> = []
    private(set) var documents: [DescriptorSet] = []
    /// Each pair of text and set once, by the first source that made it.
    private(set) var requests: [TrainingRequest] = []

    init(_ order: GenerateStage.Options.TagOrder) { self.order = order }

    /// A draft without words or tags is passed over.
    mutating func add(_ draft: RequestDraft) {
        // A line of the file is a line of the log, too.
        let text = draft.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var known: Set<String> = []
        let tags = draft.tags.filter { !$0.isEmpty && known.insert($0).inserted }
        guard !text.isEmpty, !tags.isEmpty else { return }
        let identity = tags.sorted()
        let place = places[identity] ?? documents.count
        // Neither source nor song is part of what makes two requests the same.
        guard seen.insert(TrainingRequest(text: text, document: place, source: .caption, song: 0)).inserted else { return }
        if place == documents.count {
            places[identity] = place
            documents.append(DescriptorSet(tags: order == .drawn ? tags : identity))
        }
        requests.append(TrainingRequest(text: text, document: place, source: draft.source, song: draft.song))
    }

    /// Only the documents that a request asks for, numbered anew in their order.
    static func compact(_ documents: [DescriptorSet], _ requests: [TrainingRequest]) -> ([DescriptorSet], [TrainingRequest]) {
        let asked = Set(requests.map(\.document)).sorted()
        let places = Dictionary(uniqueKeysWithValues: asked.enumerated().map { ($1, $0) })
        let renumbered = requests.compactMap { request in
            places[request.document].map { TrainingRequest(text: request.text, document: $0, source: request.source, song: request.song) }
        }
        return (asked.map { documents[$0] }, renumbered)
    }
}
