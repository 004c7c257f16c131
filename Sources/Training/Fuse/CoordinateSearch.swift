/// The best of a grid, one parameter after the other: for a few parameters whose worth can only be measured.
///
/// ```swift
/// let search = CoordinateSearch([.init("temperature", [0.05, 0.1, 0.2]), .init("neighbours", [20, 40])])
/// let best = search.best(from: [0.1, 40]) { measure($0) }.values
/// ```
public struct CoordinateSearch {
    public struct Parameter: Sendable {
        public var name: String
        /// What it may be.
        public var values: [Double]

        public init(_ name: String, _ values: [Double]) { (self.name, self.values) = (name, values) }
    }

    public struct Trial: Hashable, Sendable {
        public var values: [Double]
        public var worth: Double
    }

    public let parameters: [Parameter]

    public init(_ parameters: [Parameter]) { self.parameters = parameters }

    /// Goes through the parameters, taking the best value of each, until a whole round betters nothing.
    ///
    /// - Parameters:
    ///   - start: a value for each parameter; kept where nothing is better by more than `margin`.
    ///   - margin: what a change must bring at least: smaller gains are noise.
    ///   - worth: larger is better; asked once for each point.
    public func best(
        from start: [Double], margin: Double = 0, rounds: Int = 3, told: (Trial) -> Void = { _ in }, worth: ([Double]) throws -> Double
    ) rethrows -> Trial {
        precondition(start.count == parameters.count, "\(start.count) values for \(parameters.count) parameters")
        var known: [[Double]: Double] = [:]
        func trial(_ values: [Double]) throws -> Trial {
            if let worth = known[values] { return Trial(values: values, worth: worth) }
            let trial = Trial(values: values, worth: try worth(values))
            known[values] = trial.worth
            told(trial)
            return trial
        }
        var best = try trial(start)
        for _ in 0..<rounds {
            let before = best
            for (i, parameter) in parameters.enumerated() {
                for value in parameter.values {
                    var values = best.values
                    values[i] = value
                    let next = try trial(values)
                    if next.worth > best.worth + margin { best = next }
                }
            }
            if best == before { break }
        }
        return best
    }
}
