public import LinearAlgebra

extension MineStage {
    /// How negatives are mined. Every key has a default, so that a configuration names only what it changes.
    public struct Options: StageOptions {
        /// Scorers over the documents' stems; each is a retriever.
        public enum Lexical: String, Codable, CaseIterable, Sendable {
            /// idf coverage at exponent 0.7.
            case coverage
            /// k1 1.2, b 0.75.
            case bm25
        }

        /// Which documents are as good as the request's own by their tags alone.
        public enum Containment: String, Codable, CaseIterable, Sendable {
            /// None.
            case off
            /// Those that have all its tags and more: nothing that was asked for is missing.
            case containing
            /// Those and the ones that have a part of its tags and nothing else.
            case either
        }

        /// What the guide, the last retriever that knows similarities, says of documents that look better than the request's own (Qu et al. 2021, RocketQA,
        /// doi:10.18653/v1/2021.naacl-main.466; the ratio: Moreira et al. 2024, NV-Retriever, arXiv 2407.15831).
        public enum Denoising: String, Codable, CaseIterable, Sendable {
            case off
            /// Dropped from the own document's similarity + `denoisingThreshold` on.
            case margin
            /// Dropped from the own document's similarity × `denoisingThreshold` on; where that similarity is 0 or less the guide knows nothing and drops none.
            case ratio
        }

        /// Lexical retrievers; default: coverage.
        public var lexical: [Lexical] = [.coverage]
        /// Whether the base model mines beside the student; default: true.
        public var minesBase = true
        /// Requests that negatives are mined for, drawn from all; 0 takes all; default: 20000.
        public var requests = 20_000
        /// Of the dense retrievers; default: int8.
        public var precision: Precision = .int8
        /// Documents taken of each retriever, 1…1000; default: 100.
        public var depth = 100
        /// Negatives kept of a request, 1…1000; default: 30.
        public var negatives = 30
        /// Documents whose tags agree with the own one's by this share of all tags of both (Jaccard) are near-duplicates, above 0 and at most 1; default: 0.8.
        public var nearDuplicate = 0.8
        /// For requests that were made from the tags of their document; default: containing.
        public var containment = Containment.containing
        /// For captions, which say more than the tags that were drawn for them, so that more tags can be wrong ones; default: off.
        public var captionContainment = Containment.off
        /// Whether documents are dropped whose tags are all said in the request's own words; default: true.
        public var dropsSaid = true
        /// Default: margin.
        public var denoising = Denoising.margin
        /// −2…2; default: 0.1.
        public var denoisingThreshold: Float = 0.1

        public init() {}

        public var faults: [OptionFault] {
            fault("requests", requests, in: 0...) + fault("depth", depth, in: 1...1000) + fault("negatives", negatives, in: 1...1000)
                + fault("nearDuplicate", nearDuplicate, in: 1e-6...1) + fault("denoisingThreshold", denoisingThreshold, in: -2...2)
        }
    }
}
