import LinearAlgebra

/// Rows cut into parts of equal size at random, so that each can be held out once.
///
/// ```swift
/// let folds = Folds(count: 5, seed: 0, rows: rows.count)
/// let training = rows.indices.filter { folds.fold[$0] != heldOut }
/// ```
/// A row of the caption data is a clip, so no clip lies in two folds. As `folds.json`: `{"count": 5, "seed": 0, "fold": [3, 0, …]}`.
public struct Folds: Codable, Hashable, Sendable {
    public let count: Int
    public let seed: UInt64
    /// By row, in 0..<count. Sizes differ by one at most.
    public let fold: [Int]

    public static let fileName = "folds.json"

    /// - Parameters:
    ///   - count: 2 or more.
    ///   - rows: 0 or more.
    public init(count: Int, seed: UInt64, rows: Int) {
        precondition(count >= 2 && rows >= 0, "\(rows) rows in \(count) folds")
        var generator = SeededGenerator(seed: seed)
        var fold = Array(repeating: 0, count: rows)
        for (place, row) in generator.shuffled(Array(0..<rows)).enumerated() { fold[row] = place % count }
        self.count = count
        self.seed = seed
        self.fold = fold
    }

    /// The rows of a fold.
    public func rows(in part: Int) -> [Int] { fold.indices.filter { fold[$0] == part } }

    /// The rows to train on.
    ///
    /// - Parameter heldOut: in 0..<count; nil takes all.
    public func rows(holdingOut heldOut: Int?) -> [Int] {
        precondition(heldOut.map { (0..<count).contains($0) } ?? true, "fold \(heldOut ?? 0) of \(count)")
        return fold.indices.filter { fold[$0] != heldOut }
    }
}
