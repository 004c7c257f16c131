public import LinearAlgebra

/// How likely two tracks are to share their genres, given how they sound.
///
/// The probability of every genre is predicted from a track's vector by ridge regression; two tracks are as much kin as the cosine of these predictions. A nearest
/// neighbour in the space of the vectors shares mood and genre alike; here only what tells genres apart counts, so that the mood may change and the genre stay.
public struct Kinship: Sendable {
    /// From vectors to labels.
    public let regression: RidgeRegression

    /// Of the squared weights, per example and mean square of a feature.
    private static let penaltyPerExample = 0.2

    public init(_ regression: RidgeRegression) { self.regression = regression }

    /// - Parameters:
    ///   - x: [examples][dimension]; the scale does not matter.
    ///   - labels: how much each example has of each genre (and of what else shall stay), [examples][labels].
    public init(_ x: Matrix, labels: Matrix) {
        // λ is in units of a feature's mean square.
        let square = x.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, x.values.count))
        regression = RidgeRegression(x, labels, penalty: Self.penaltyPerExample * Double(x.rows) * max(square, 1e-12))
    }

    /// What a track is, as a unit vector: kinship is the product of two of them. [rows][labels].
    ///
    /// - Parameter known: labels that tracks are known to have; they count as much as all that is predicted. Its first columns are the labels that were learnt, further
    ///   ones are of what cannot be told from vectors. Rows of zeros are of tracks of which nothing is known.
    public func profiles(_ x: Matrix, known: Matrix? = nil) -> Matrix {
        let predicted = regression.predict(x).normalized
        guard var result = known?.normalized else { return predicted }
        for row in 0..<result.rows {
            for label in 0..<predicted.columns { result[row, label] += predicted[row, label] }
        }
        return result.normalized
    }
}
