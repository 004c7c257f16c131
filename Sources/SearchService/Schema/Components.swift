import MusicSearch
import QueryPlanning
import Ranking
import TrackCatalogue

/// Every shape that has a name, once.
enum Components {
    static let all: [(name: String, schema: Schema)] =
        [
            Answer.component, Hit.component, Reason.component, Explanation.component, Span.component, TrackMood.component, Measured.component,
            SearchResponse.Totals.component, FacetCount.component, MoodChange.component, MoodMove.Point.component, Turn.component, Turn.Place.component,
            PlanChange.component, Shortfall.component, Ignored.component, TrackVerdict.component, TrackDetail.component, TrackDetail.Link.component,
            DescriptorDetail.component, DescriptorList.component, LibraryDetail.component, LibraryDetail.Share.component, Health.component, Version.component,
            QueryPlan.component, Clause.component, Seed.component, Filters.component, Filters.Bounds.component, Filters.NamedSpan.component,
            MoodMove.component, MoodMove.Target.component, Correction.component, Conflict.component, ("Error", errorSchema), MultiAnswer.component,
            ToolReply.component, ToolReply.Track.component,
        ] + RequestSchemas.components

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.schema) })

    static func schema(_ name: String) -> Schema? { byName[name] }

    private static let errorSchema = Schema.object(
        ObjectSchema(
            "Why a request was refused.",
            [
                .init(
                    "error",
                    .object(
                        ObjectSchema(
                            "",
                            [
                                .init("code", .choice(ServiceError.Code.allCases.map(\.rawValue)), "For programs.", required: true),
                                .init("message", .string(), "What was expected and what was found.", required: true),
                                .init("where", .string(), "The place in the request.", required: true),
                            ])), "", required: true)
            ]))
}
