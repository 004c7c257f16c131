public import LinearAlgebra

/// How likely two tracks are to share their genres, given how they sound.
///
/// The probability of every genre is predicted from a track's vector by ridge regression; two tracks are as much kin as the cosine of these predictions. A nearest
/// neighbour in the space of the vectors shares mood and genre alike; here only what tells genres apart counts, so that the mood may change and the genre stay.
public struct Kinship: Sendable {
    private let regression: RidgeRegression

    /// Of the squared weights, per example and mean square of a feature.
    private static let penaltyPerExample = 0.1

    /// - Parameters:
    ///   - x: [examples][dimension]; the scale does not matter.
    ///   - labels: for each example, the numbers of its genres (and of what else shall stay), below `count`.
    public init(_ x: Matrix, labels: [[Int]], count: Int) {
        var targets = Matrix(rows: x.rows, columns: count)
        for (row, own) in labels.enumerated() {
            for label in own { targets[row, label] = 1 }
        }
        // λ is in units of a feature's mean square.
        let square = x.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, x.values.count))
        regression = RidgeRegression(x, targets, penalty: Self.penaltyPerExample * Double(x.rows) * max(square, 1e-12))
    }

    /// What a track is, as a unit vector: kinship is the product of two of them. [rows][labels].
    public func profiles(_ x: Matrix) -> Matrix { regression.predict(x).normalized }
}
