/// Requests and documents as steps draw from them.
public struct TrainingSet: Sendable {
    public let documents: [DescriptorSet]
    public let requests: [TrainingRequest]
    /// By request; nil where the teacher said nothing.
    public let labels: [LabelledRequest?]

    /// Requests of the same text and song: encoded once.
    struct Group: Sendable {
        var text: String
        var song: Int
        var requests: [Int]
    }

    let groups: [TrainingRequest.Source: [Group]]
    /// The songs of every document.
    let songs: [Set<Int>]

    /// - Throws: `TrainingDataError`.
    public init(documents: [DescriptorSet], requests: [TrainingRequest], labels: [LabelledRequest] = []) throws(TrainingDataError) {
        guard documents.count > 1 else { throw .tooFew(what: "documents", found: documents.count, least: 2) }
        guard requests.count > 1 else { throw .tooFew(what: "requests", found: requests.count, least: 2) }
        var groups: [TrainingRequest.Source: [Group]] = [:]
        var places: [String: Int] = [:]
        var songs = [Set<Int>](repeating: [], count: documents.count)
        for (number, request) in requests.enumerated() {
            guard documents.indices.contains(request.document) else {
                throw .outOfRange(what: "document of request \(number)", found: request.document, count: documents.count)
            }
            songs[request.document].insert(request.song)
            let key = "\(request.source.rawValue)\u{1F}\(request.song)\u{1F}\(request.text)"
            if let place = places[key] {
                groups[request.source]?[place].requests.append(number)
            } else {
                places[key] = groups[request.source, default: []].count
                groups[request.source, default: []].append(Group(text: request.text, song: request.song, requests: [number]))
            }
        }
        var byRequest = [LabelledRequest?](repeating: nil, count: requests.count)
        for label in labels {
            guard requests.indices.contains(label.request) else {
                throw .outOfRange(what: "request of a label", found: label.request, count: requests.count)
            }
            for negative in label.negatives where !documents.indices.contains(negative) {
                throw .outOfRange(what: "negative of request \(label.request)", found: negative, count: documents.count)
            }
            byRequest[label.request] = label
        }
        self.documents = documents
        self.requests = requests
        self.groups = groups
        self.songs = songs
        self.labels = byRequest
    }
}

/// Training data that cannot be used.
public enum TrainingDataError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFew(what: String, found: Int, least: Int)
    case outOfRange(what: String, found: Int, count: Int)

    public var description: String {
        switch self {
        case .tooFew(let what, let found, let least): "\(found) \(what) to train on; expected \(least) or more"
        case .outOfRange(let what, let found, let count): "the \(what) is \(found); expected 0 ..< \(count)"
        }
    }
}
