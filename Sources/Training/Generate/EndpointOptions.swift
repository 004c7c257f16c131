extension EndpointGenerator {
    /// Which endpoint, and how it is asked.
    public struct Options: StageOptions {
        /// Of an API in the manner of OpenAI's, without "/chat/completions": "http://localhost:8080/v1". Nil, the default, asks nobody.
        public var url: String?
        /// As the endpoint calls it; default: "default", which servers of a single model take.
        public var model = "default"
        /// Environment variable that holds the key; nil, the default, sends none.
        public var keyVariable: String?
        /// Requests asked for a set, 1…50; default: 4.
        public var requestsPerSet = 4
        /// Default: 0.9, in 0…2.
        public var temperature = 0.9
        /// Seconds for one answer, 1…3600; default: 120.
        public var timeout = 120
        /// Tries of a set where the server is busy, fails or cannot be reached, 1…20; default: 5.
        public var attempts = 5
        /// Seconds before the second try, doubled before each further one up to 60, 0…60; what the server asks for goes before; default: 1.
        public var pause = 1.0

        public init() {}

        public var faults: [OptionFault] {
            fault("requestsPerSet", requestsPerSet, in: 1...50) + fault("temperature", temperature, in: 0...2) + fault("timeout", timeout, in: 1...3600)
                + fault("attempts", attempts, in: 1...20) + fault("pause", pause, in: 0...60)
        }
    }
}
