import LinearAlgebra

extension Tape {
    /// The mean of (x − target)².
    public func meanSquaredError(_ x: Variable, _ targets: [Float]) -> Variable {
        precondition(targets.count == x.count, "\(targets.count) targets for \(x.count) values")
        let count = Float(max(1, x.count))
        let out = scalarVariable((0..<x.count).reduce(0) { $0 + (x.pointer[$1] - targets[$1]) * (x.pointer[$1] - targets[$1]) } / count)
        record(out) { [self] upstream in
            let to = gradient(x)
            for i in 0..<x.count { to[i] += upstream.pointee * 2 / count * (x.pointer[i] - targets[i]) }
        }
        return out
    }

    /// MarginMSE (Hofstätter et al. 2020, arXiv 2010.02666): the mean of (scale · (positive − negative) − teacher's margin)² over all negatives.
    ///
    /// - Parameters:
    ///   - scores: `[rows][1 + negatives]`, the student's, the positive's first.
    ///   - teacher: the teacher's logits in the same order.
    ///   - scale: what a cosine is multiplied with: a difference of cosines lies in [−2, 2], one of logits does not.
    public func marginSquaredError(_ scores: Variable, teacher: [Float], scale: Float) -> Variable {
        let (rows, columns) = (scores.rows, scores.columns)
        precondition(teacher.count == scores.count && columns > 1, "\(teacher.count) teacher's logits for \(rows) × \(columns)")
        let count = Float(max(1, rows * (columns - 1)))
        func error(_ row: Int, _ column: Int) -> Float {
            let start = row * columns
            return scale * (scores.pointer[start] - scores.pointer[start + column]) - (teacher[start] - teacher[start + column])
        }
        var total: Float = 0
        for row in 0..<rows { for column in 1..<columns { total += error(row, column) * error(row, column) } }
        let out = scalarVariable(total / count)
        record(out) { [self] upstream in
            let to = gradient(scores)
            for row in 0..<rows {
                for column in 1..<columns {
                    let slope = upstream.pointee * 2 * scale * error(row, column) / count
                    to[row * columns] += slope
                    to[row * columns + column] -= slope
                }
            }
        }
        return out
    }

    /// The mean of 1 − x, for cosines.
    public func cosineLoss(_ cosines: Variable) -> Variable {
        let count = Float(max(1, cosines.count))
        let out = scalarVariable((0..<cosines.count).reduce(0) { $0 + 1 - cosines.pointer[$1] } / count)
        record(out) { [self] upstream in
            let to = gradient(cosines)
            for i in 0..<cosines.count { to[i] -= upstream.pointee / count }
        }
        return out
    }

    /// The mean of max(0, margin + negative − positive) over similarities (Schroff et al. 2015, arXiv 1503.03832, with similarities for distances).
    public func tripletLoss(positives: Variable, negatives: Variable, margin: Float) -> Variable {
        precondition(positives.count == negatives.count, "\(positives.count) positives and \(negatives.count) negatives")
        let count = Float(max(1, positives.count))
        func excess(_ i: Int) -> Float { margin + negatives.pointer[i] - positives.pointer[i] }
        let out = scalarVariable((0..<positives.count).reduce(0) { $0 + max(0, excess($1)) } / count)
        record(out) { [self] upstream in
            let (toPositives, toNegatives) = (gradient(positives), gradient(negatives))
            for i in 0..<positives.count where excess(i) > 0 {
                toPositives[i] -= upstream.pointee / count
                toNegatives[i] += upstream.pointee / count
            }
        }
        return out
    }

    /// Σ weight · loss.
    public func sum(_ losses: [(weight: Float, loss: Variable)]) -> Variable {
        let out = scalarVariable(losses.reduce(0) { $0 + $1.weight * $1.loss.scalar })
        record(out) { [self] upstream in
            for (weight, loss) in losses { gradient(loss).pointee += weight * upstream.pointee }
        }
        return out
    }

    func scalarVariable(_ value: Float) -> Variable {
        let out = variable(rows: 1, columns: 1)
        out.pointer.pointee = value
        return out
    }
}
