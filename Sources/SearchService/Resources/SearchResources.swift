import MusicSearch
import QueryPlanning
import Ranking
import TrackCatalogue
import Vocabulary

extension Facet: Representable {}
extension Relevance: Representable {}
extension PlanChange.Kind: Representable {}
extension Reason.Kind: Representable {}
extension Shortfall.Kind: Representable {}

extension DescriptorID: Representable {
    static var schema: Schema { .descriptor }
    func write(to writer: inout JSONWriter) { writer.write(description) }
}

extension Span: Resource {
    static let about = "A place in the request: bytes of its UTF-8."
    static let properties = [Property<Span>("start", "First byte.") { $0.start }, Property("end", "The byte after the last.") { $0.end }]
}

extension Reason: Resource {
    static let about = "Why a hit is one: the values of its reasons add up to its score."
    static let properties = [
        Property<Reason>("kind", "What kind of evidence it is.") { $0.kind },
        Property("text", "In words, as \"steelpan\" or \"joyful, near upbeat\".") { $0.text },
        Property("value", "Its part of the score; negative for what is held back.") { $0.value },
        Property("span", "The words that it answers.", optional: { $0.span }),
        Property("source", "What heard or measured it, as tagger:musicnn-msd, where it is nobody's word.", optional: { $0.source }),
        Property("confidence", "How sure that is, 0 to 1.", optional: { $0.confidence }),
    ]
}

extension Explanation: Resource {
    static let about = "A number with the formula that made it, as a tree."
    static let properties = [
        Property<Explanation>("value", "The number.") { $0.value }, Property("formula", "How it is made.") { $0.formula },
        Property("parts", "What it is made of.", .array(.reference("Explanation"))) { $0.parts },
    ]
}

extension TrackMood: Resource {
    static let about = "Where a track lies in the valence–arousal plane, −1 to 1 each."
    static let properties = [
        Property<TrackMood>("valence", "From unpleasant to pleasant.") { $0.valence }, Property("arousal", "From calm to excited.") { $0.arousal },
        Property("deviation", "How far off either may be.") { $0.deviation },
    ]
}

extension Measured: Resource {
    static let about = "What was measured of a track's sound, or told by its file."
    static let properties = [
        Property<Measured>("tempo", "Beats per minute.", optional: { $0.tempo }), Property("tempoConfidence", "0 to 1.", optional: { $0.tempoConfidence }),
        Property("key", "As \"E♭ minor\".", optional: { $0.key }), Property("keyConfidence", "0 to 1.", optional: { $0.keyConfidence }),
        Property("loudness", "LUFS.", optional: { $0.loudness }), Property("brightness", "The spectrum's middle, in hertz.", optional: { $0.brightness }),
    ]
}

extension Hit: Resource {
    static let about = "A track that answers."
    static let properties = [
        Property<Hit>("rank", "Place in the ranking, from 1.") { $0.rank }, Property("id", "The track's id in this library.") { $0.id },
        Property("title", "May be empty.") { $0.title }, Property("artist", "May be empty.") { $0.artist },
        Property("album", "Where known.", optional: { $0.album }), Property("year", "Of release, where known.", optional: { $0.year }),
        Property("duration", "Seconds, where known.", optional: { $0.duration }), Property("mbid", "MusicBrainz recording.", optional: { $0.mbid }),
        Property("isrc", "International Standard Recording Code.", optional: { $0.isrc }),
        Property("score", "How much of the request is met; 1 is all of it and nothing else.") { $0.score },
        Property("relevance", "strong: it fits; near: it comes near.") { $0.relevance },
        Property("versions", "Tracks of the same recording folded into this hit, itself included.") { $0.versions },
        Property("descriptors", "Facet → labels of the track's own descriptors.") { $0.descriptors },
        Property("mood", "Where the library can tell.", optional: { $0.mood }),
        Property("measured", "Where it was measured.", optional: { $0.measured }), Property("reasons", "They add up to the score.") { $0.reasons },
        Property("explanation", "The formula with its numbers, where asked for.", optional: { $0.explanation }),
        Property("audio", "Where the track can be heard.", optional: { TrackAddress.audio($0.id, file: $0.file) }),
        Property("artwork", "A picture of it.") { TrackAddress.artwork($0.id) },
    ]
}

extension FacetCount: Resource {
    static let about = "A descriptor and how many of the tracks found have it."
    static let properties = [
        Property<FacetCount>("descriptor", "FACET:NAME.") { $0.descriptor }, Property("label", "As a person writes it.") { $0.label },
        Property("count", "Tracks.") { $0.count },
    ]
}

extension MoodMove.Point: Resource {
    static let resourceName = "Place"
    static let about = "A place in the valence–arousal plane, or a step in it."
    static let properties = [Property<MoodMove.Point>("valence", "−1 to 1.") { $0.valence }, Property("arousal", "−1 to 1.") { $0.arousal }]
}

extension MoodChange: Resource {
    static let about = "What became of a move to another mood, measured on the tracks shown."
    static let properties = [
        Property<MoodChange>("from", "The seeds' likeliest mood.") { $0.from }, Property("to", "The wanted one.") { $0.to },
        Property("strength", "0 to 1.") { $0.strength }, Property("seed", "Where the seeds lie.") { $0.seed },
        Property("target", "Where they were moved to.") { $0.target }, Property("answers", "The middle of the tracks shown.", optional: { $0.answers }),
        Property("sharingGenre", "Share of tracks shown with a genre of the seeds.", optional: { $0.sharingGenre }),
        Property("sharedInstruments", "Mean Jaccard index of instruments.", optional: { $0.sharedInstruments }),
    ]
}

extension SearchResponse.Totals: Resource {
    static let resourceName = "Totals"
    static let about = "Sizes of the candidate set that hits, facets and pages come from."
    static let properties = [
        Property<SearchResponse.Totals>("strong", "Tracks that fit.") { $0.strong }, Property("near", "Tracks that come near.") { $0.near },
    ]
}

extension Shortfall: Resource {
    static let about = "What was asked for and this library cannot honour."
    static let properties = [
        Property<Shortfall>("kind", "missing: no track has it; noEvidence: there is no data to decide it by; relaxed: let go, as nothing has all; unknownSeed.")
        {
            $0.kind
        },
        Property("text", "What it is about.") { $0.text }, Property("instead", "What the library has in its place.") { $0.instead },
    ]
}

extension Ignored: Resource {
    static let about = "A word that nothing was made of."
    static let properties = [
        Property<Ignored>("span", "Where it stands.") { $0.span }, Property("text", "The word.") { $0.text },
        Property("negated", "True under a negation.", optional: { $0.negated }),
    ]
}

extension PlanChange: Resource {
    static let about = "What became of one wish."
    static let properties = [
        Property<PlanChange>("kind", "What happened to it.") { $0.kind },
        Property("subject", "A descriptor, or seed:ID, filter:NAME, keep:FACET, move, count, word:TEXT.") { $0.subject },
        Property("text", "In words.") { $0.text },
    ]
}

extension Turn.Place: Resource {
    static let resourceName = "RankedTrack"
    static let about = "A track that came or went, with the rank that it has or had."
    static let properties = [
        Property<Turn.Place>("rank", "From 1.") { $0.rank }, Property("id", "The track's id.") { $0.id }, Property("title", "May be empty.") { $0.title },
        Property("artist", "May be empty.") { $0.artist },
    ]
}

extension Turn: Resource {
    static let about = "What a critique changed."
    static let properties = [
        Property<Turn>("critique", "What was said.") { $0.critique }, Property("changes", "In the plan.") { $0.changes },
        Property("came", "Tracks that are shown now and were not.") { $0.came }, Property("went", "Tracks that were shown and are not now.") { $0.went },
        Property("kept", "How many are shown before and after.") { $0.kept }, Property("notes", "What could not be made anything of.") { $0.notes },
        Property("isUndone", "Whether it goes back to an earlier turn.") { $0.isUndone },
    ]
}

/// A response as the API gives it: with the way to its next page.
struct Answer {
    var response: SearchResponse
    var next: String?
}

extension Answer: Resource {
    static let about = "The answer to a request, or to a critique of one."
    static let properties = [
        Property<Answer>("say", "The answer in one sentence, to be said to a listener.") { $0.response.say },
        Property("state", "Handle of this turn: all of the conversation, to be given back.") { $0.response.state },
        Property("parent", "Handle of the turn before; missing for the first.", optional: { $0.response.parent }),
        Property("text", "All that was said so far.") { $0.response.text },
        Property("plan", "How it was understood.") { $0.response.plan },
        Property("hits", "Best first.") { $0.response.hits }, Property("totals", "How many there are in all.") { $0.response.totals },
        Property("next", "Cursor of the next page, where there is more.", optional: { $0.next }),
        Property("unmatched", "Of the candidates given, those that do not come near.", optional: { $0.response.unmatched }),
        Property("facets", "Facet → most frequent descriptors among all that was found, where asked for.", optional: { $0.response.facets }),
        Property("move", "What became of a move to another mood.", optional: { $0.response.move }),
        Property("turn", "What the critique changed; missing for a request of its own.", optional: { $0.response.turn }),
        Property("shortfalls", "What this library cannot honour.") { $0.response.shortfalls },
        Property("ignored", "Words that name nothing and stand in no title.") { $0.response.ignored },
        Property("tracks", "Tracks in the library.") { $0.response.tracks },
        Property("generation", "Of the library, which answered.") { $0.response.generation },
    ]
}

extension TrackVerdict: Resource {
    static let about = "Why a track is among the answers, or is not."
    static let properties = [
        Property<TrackVerdict>("id", "The track's id.") { $0.id }, Property("title", "May be empty.") { $0.title },
        Property("artist", "May be empty.") { $0.artist },
        Property("say", "All that in one sentence.") { $0.say }, Property("isFound", "Whether it is among the answers.") { $0.isFound },
        Property("rank", "Its place there.", optional: { $0.rank }), Property("score", "How much of the request it meets.") { $0.score },
        Property("relevance", "strong, near or none.") { $0.relevance }, Property("strongScore", "From which on tracks are strong.") { $0.strongScore },
        Property("nearScore", "From which on tracks come near.") { $0.nearScore }, Property("obstacles", "What keeps it out.") { $0.obstacles },
        Property("unmet", "What was asked for and it has nothing of.") { $0.unmet }, Property("reasons", "They add up to the score.") { $0.reasons },
        Property("explanation", "The formula with its numbers.") { $0.explanation },
    ]
}
