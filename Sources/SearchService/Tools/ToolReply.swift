import MusicSearch
import QueryPlanning
import Ranking
import Vocabulary

/// An answer as short as a model needs it: about ten fields a track, and no numbers it would have to explain away.
struct ToolReply {
    struct Track {
        var hit: Hit
    }

    var response: SearchResponse

    static func output(_ response: SearchResponse) throws(ServiceError) -> Tool.Output {
        let json = try JSONValue(resource: ToolReply(response: response))
        return Tool.Output(json: json, text: json.json)
    }
}

extension ToolReply: Resource {
    static let about = "An answer, short."
    static let properties = [
        Property<ToolReply>("say", "One sentence that may be said to the listener.") { $0.response.say },
        Property("state", "Give it back with what the listener says next.") { $0.response.state },
        Property("understood", "How the request was understood.") { $0.understood },
        Property("tracks", "Best first.") { $0.response.hits.prefix(Tool.mostHits).map(Track.init) },
        Property("strong", "How many tracks fit.") { $0.response.totals.strong }, Property("near", "How many come near.") { $0.response.totals.near },
        Property("changes", "What the critique changed.", optional: { $0.response.turn?.changes.map(\.text) }),
        Property("notes", "What could not be honoured or understood.") { $0.notes },
    ]

    private var understood: [String] {
        let plan = response.plan
        let wishes = plan.clauses.map { clause in
            let sign = clause.polarity == .avoid ? clause.hard ? "no " : "less " : clause.hard ? "must: " : ""
            return sign + clause.descriptor.description
        }
        let seeds = plan.seeds.map { ($0.polarity == .avoid ? "unlike " : "like ") + $0.name }
        return wishes + seeds
    }

    private var notes: [String] {
        let shortfalls = response.shortfalls.map { shortfall in
            switch shortfall.kind {
            case .missing: "nothing here is \(shortfall.text)" + (shortfall.instead.isEmpty ? "" : "; nearest: \(shortfall.instead.joined(separator: ", "))")
            case .unknownSeed: "this library does not have \(shortfall.text)"
            case .noEvidence, .relaxed: shortfall.text
            }
        }
        return shortfalls + (response.turn?.notes ?? []) + response.ignored.map { "not understood: \($0.text)" }
    }
}

extension ToolReply.Track: Resource {
    static let resourceName = "ToolTrack"
    static let about = "A track that answers."
    static let properties = [
        Property<ToolReply.Track>("rank", "From 1.") { $0.hit.rank }, Property("id", "For find_similar and explain_track.") { $0.hit.id },
        Property("title", "May be empty.") { $0.hit.title }, Property("artist", "May be empty.") { $0.hit.artist },
        Property("album", "Where known.", optional: { $0.hit.album }), Property("year", "Where known.", optional: { $0.hit.year }),
        Property("duration", "Whole seconds, where known.", optional: { $0.hit.duration.map { Int($0.rounded()) } }),
        Property("relevance", "strong or near.") { $0.hit.relevance }, Property("score", "Rounded.") { ($0.hit.score * 100).rounded() / 100 },
        Property("why", "What speaks for it, most telling first.") { track in
            Array(track.hit.reasons.filter { $0.value > 0 && $0.kind != .focus }.prefix(4).map(\.text))
        },
    ]
}
