extension GenerateStage {
    /// What is generated, and how much of it.
    public struct Options: StageOptions {
        /// Order of the tags in a document.
        public enum TagOrder: String, Codable, CaseIterable, Sendable {
            /// As the set was drawn first: a student learns that the order means nothing.
            case drawn
            /// Alphabetical: one text for one set, for a student whose documents are always written so.
            case alphabetical
        }

        /// Every random choice of the stage follows from it; default: 0.
        public var seed: UInt64 = 0
        public var captions = CaptionPairs.Options()
        public var grammar = RequestGrammar.Options()
        /// Requests that the grammar writes for the tags of a caption, 0…100; default: 3.
        public var requestsPerCaption = 3
        /// Tag sets of MTG-Jamendo, drawn from the distinct ones, 0 or more, where its table is given; default: 6000.
        public var jamendoSets = 6000
        /// Requests that the grammar writes for each of them, 0…100; default: 2.
        public var requestsPerJamendoSet = 2
        /// Fewest tags of such a set, 1…20; default: 2.
        public var fewestJamendoTags = 2
        /// Single wordings, drawn from the vocabulary's, each a request for its descriptor alone, 0 or more; default: 4000.
        public var bareWordings = 4000
        /// The same of aliases; default: 3000.
        public var bareAliases = 3000
        /// A request is kept only if its set is among so many documents of the retriever, 0…10000; 0 keeps all; default: 0.
        public var filterDepth = 0
        /// Which requests the filter tests; default: decoder, endpoint.
        public var filteredSources: [TrainingRequest.Source] = [.decoder, .endpoint]
        /// Default: drawn.
        public var tagOrder = TagOrder.drawn
        /// Sets for which the endpoint writes, drawn from those of captions and of MTG-Jamendo, 0 or more, where there is an endpoint; default: 2000.
        public var endpointSets = 2000
        public var endpoint = EndpointGenerator.Options()

        public init() {}

        public var faults: [OptionFault] {
            var faults = faults("captions", captions) + faults("grammar", grammar) + faults("endpoint", endpoint)
            faults += fault("requestsPerCaption", requestsPerCaption, in: 0...100) + fault("jamendoSets", jamendoSets, in: 0...)
            faults += fault("requestsPerJamendoSet", requestsPerJamendoSet, in: 0...100) + fault("fewestJamendoTags", fewestJamendoTags, in: 1...20)
            faults += fault("bareWordings", bareWordings, in: 0...) + fault("bareAliases", bareAliases, in: 0...)
            return faults + fault("filterDepth", filterDepth, in: 0...10_000) + fault("endpointSets", endpointSets, in: 0...)
        }
    }
}
