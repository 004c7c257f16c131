#if canImport(FoundationEssentials)
    import Glibc
#else
    import Foundation
#endif

/// A random number generator whose numbers depend on its seed alone: the same on every machine and with every compiler.
///
/// ```swift
/// var generator = SeededGenerator(seed: 0)
/// let k = generator.integer(in: 1...6)
/// let hand = generator.sample(5, of: deck)
/// ```
///
/// The algorithm is xoshiro256**, period 2²⁵⁶ − 1 (Blackman & Vigna 2021, doi:10.1145/3460772), its state filled by SplitMix64 (Steele,
/// Lea & Flood 2014, doi:10.1145/2660193.2660195). Prefer the methods here to the standard library's `shuffled(using:)` and
/// `Int.random(in:using:)`, which do not promise how they turn bits into a choice. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
    private var s0, s1, s2, s3: UInt64

    /// Any seed will do; neighbouring seeds give unrelated numbers.
    public init(seed: UInt64) {
        var counter = seed
        func word() -> UInt64 {
            counter &+= 0x9E37_79B9_7F4A_7C15  // 2⁶⁴ divided by the golden ratio, made odd
            var z = counter
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        self.init(state: (word(), word(), word(), word()))
    }

    /// - Parameter state: not all zero, a state that the generator would never leave.
    private init(state: (UInt64, UInt64, UInt64, UInt64)) {
        (s0, s1, s2, s3) = state
        precondition(s0 | s1 | s2 | s3 != 0, "a state of zeros")
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotateLeft(s1 &* 5, by: 7) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = Self.rotateLeft(s3, by: 45)
        return result
    }

    /// An integer of the range, each with the same probability, without bias (Lemire 2019, doi:10.1145/3230636).
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        // Differences modulo 2⁶⁴, so that the whole range of Int fits: its 2⁶⁴ numbers make a count of 0.
        let count = UInt64(bitPattern: Int64(range.upperBound)) &- UInt64(bitPattern: Int64(range.lowerBound)) &+ 1
        let offset = count == 0 ? next() : below(count)
        return Int(Int64(bitPattern: UInt64(bitPattern: Int64(range.lowerBound)) &+ offset))
    }

    /// Some elements in random order, none taken twice.
    ///
    /// - Parameter count: in 0...elements.count.
    /// - Complexity: O(elements.count).
    public mutating func sample<Element>(_ count: Int, of elements: [Element]) -> [Element] {
        precondition((0...elements.count).contains(count), "\(count) of \(elements.count) elements")
        var elements = elements
        for place in 0..<count { elements.swapAt(place, integer(in: place...(elements.count - 1))) }  // Fisher–Yates, from the front
        return Array(elements.prefix(count))
    }

    /// All elements in random order, every order with the same probability.
    public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] { sample(elements.count, of: elements) }

    /// Uniform in 0..<count: the high word of a 128-bit product, drawn again in the rare case that would favour some numbers.
    private mutating func below(_ count: UInt64) -> UInt64 {
        var product = count.multipliedFullWidth(by: next())
        if product.low < count {
            let threshold = (0 &- count) % count
            while product.low < threshold { product = count.multipliedFullWidth(by: next()) }
        }
        return product.high
    }

    private static func rotateLeft(_ word: UInt64, by bits: UInt64) -> UInt64 { (word << bits) | (word >> (64 - bits)) }
}

extension SeededGenerator {
    /// One stream of numbers for every part of a piece of work, such as a step of training, so that work can go on in the middle without a saved state.
    public init(seed: UInt64, stream: UInt64) {
        self.init(seed: Self.mixed(seed, stream))
    }

    /// A seed for one part of a piece of work.
    public static func mixed(_ seed: UInt64, _ stream: UInt64) -> UInt64 {
        var generator = SeededGenerator(seed: seed)
        return generator.next() ^ (stream &* 0xD1B5_4A32_D192_ED03)
    }

    /// In [0, 1), of 24 bits.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Normally distributed, mean 0 and deviation 1 (Box & Muller 1958, doi:10.1214/aoms/1177706645).
    public mutating func normal() -> Float {
        let radius = (-2 * log(1 - Double(uniform()))).squareRoot()
        return Float(radius * cos(2 * Double.pi * Double(uniform())))
    }
}
