import LinearAlgebra

/// What is drawn for: every draw has random numbers of its own, which follow from the stage's seed and its place alone, so that neither the order of work nor
/// the number of other draws changes it.
enum DrawingPurpose: UInt64 {
    case caption = 1
    case completion, captionSet, jamendoChoice, jamendoSet, bareWording, bareAlias, endpointChoice
}

extension SeededGenerator {
    /// - Parameters:
    ///   - position: of the row, set or pair that is drawn for.
    ///   - draw: which of several for the same position.
    init(seed: UInt64, _ purpose: DrawingPurpose, position: Int = 0, draw: Int = 0) {
        var state = seed
        for part in [purpose.rawValue, UInt64(position), UInt64(draw)] {
            var generator = SeededGenerator(seed: state ^ part &* 0x9E37_79B9_7F4A_7C15)
            state = generator.next()
        }
        self.init(seed: state)
    }

    /// In [0, 1), 53 bits.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// True in this share of all calls.
    mutating func isTrue(_ probability: Double) -> Bool { unit() < probability }

    /// - Parameter elements: not empty.
    mutating func element<Element>(of elements: [Element]) -> Element { elements[integer(in: 0...(elements.count - 1))] }

    /// A place among the weights, each with the probability of its share; the sum is above 0.
    mutating func place(weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (place, weight) in weights.enumerated() where weight > 0 {
            rest -= weight
            if rest < 0 { return place }
        }
        // Rounding may leave a remainder: it falls to the last one that can be drawn at all.
        guard let last = weights.lastIndex(where: { $0 > 0 }) else { preconditionFailure("weights \(weights) leave nothing to draw") }
        return last
    }
}
