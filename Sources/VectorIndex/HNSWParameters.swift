/// How a graph is built (Malkov & Yashunin 2018, doi:10.1109/TPAMI.2018.2889473), under the paper's names.
public struct HNSWParameters: Hashable, Sendable, Codable {
    /// M: links of a node in the layers above 0, 2 ... 256; layer 0 has up to 2M. More find more and take more memory (8M bytes a vector).
    public var m: Int
    /// efConstruction: candidates kept while a node's neighbours are searched for, at least M. More make a better graph, slower.
    public var efConstruction: Int
    /// Decides the levels of the nodes.
    public var seed: UInt64

    public init(m: Int = 16, efConstruction: Int = 200, seed: UInt64 = 0) {
        precondition((2...256).contains(m), "M \(m) is not in 2...256")
        precondition(efConstruction >= m, "efConstruction \(efConstruction) is below M \(m)")
        self.m = m
        self.efConstruction = efConstruction
        self.seed = seed
    }

    /// The level of the n-th node: geometric with the paper's multiplier 1 / ln M, at most 15. A function of seed and number alone.
    func level(_ node: Int) -> Int {
        var z = seed &+ UInt64(node + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        var level = 0
        // A node rises with probability 1 / M, each time by fresh bits: the integer part of -ln U / ln M without a logarithm.
        var left = z
        while level < 15 {
            let (high, low) = left.multipliedFullWidth(by: UInt64(m))
            if high != 0 { return level }
            left = low
            level += 1
        }
        return level
    }
}
