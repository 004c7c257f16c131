import LinearAlgebra

#if canImport(FoundationEssentials)
    import Glibc
#else
    import Foundation
#endif

extension Tape {
    /// The mean of −log softmax(logits / temperature)[target] over the rows.
    ///
    /// With similarities of requests and documents as logits it is InfoNCE (van den Oord et al. 2018, arXiv 1807.03748); with a guide's judgement as `excluded`, the
    /// guided form (Solatorio 2024, arXiv 2402.16829).
    ///
    /// - Parameters:
    ///   - targets: a column for every row; nil leaves the row out.
    ///   - excluded: `[rows · columns]`, true where a column is no fair negative for a row; a row's target always takes part.
    public func crossEntropy(_ logits: Variable, targets: [Int?], temperature: Float = 1, excluded: [Bool]? = nil) -> Variable {
        let (rows, columns) = (logits.rows, logits.columns)
        precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
        precondition((excluded?.count ?? logits.count) == logits.count, "\(excluded?.count ?? 0) exclusions for \(logits.count) logits")
        let counted = max(1, targets.count { $0 != nil })
        let probabilities = scratch(logits.count)
        let losses = scratch(max(1, rows))
        nonisolated(unsafe) let (from, to, parts) = (logits.pointer, probabilities.pointer, losses.pointer)
        team.split(rows) { range in
            for row in range {
                let p = to + row * columns
                parts[row] = 0
                guard let target = targets[row] else { continue }
                precondition((0..<columns).contains(target), "target \(target) of \(columns)")
                for i in 0..<columns {
                    p[i] = excluded?[row * columns + i] == true && i != target ? -.infinity : from[row * columns + i] / temperature
                }
                parts[row] = -logSoftmax(p, columns, target)
            }
        }
        let out = scalarVariable((0..<rows).reduce(0) { $0 + parts[$1] } / Float(counted))
        record(out, scratch: [probabilities, losses]) { [self] upstream in
            nonisolated(unsafe) let gradient = gradient(logits)
            let share = upstream.pointee / (Float(counted) * temperature)
            team.split(rows) { range in
                for row in range {
                    guard let target = targets[row] else { continue }
                    GradientKernels.add(to + row * columns, scale: share, to: gradient + row * columns, count: columns)
                    gradient[row * columns + target] -= share
                }
            }
        }
        return out
    }

    /// The mean over the rows of KL(softmax(teacher / temperature) ‖ softmax(logits / temperature)), as SPLADE-v3 distils lists (Lassance et al. 2024,
    /// arXiv 2403.06789).
    ///
    /// - Parameter teacher: `[rows · columns]` logits.
    public func listDivergence(_ logits: Variable, teacher: [Float], temperature: Float = 1) -> Variable {
        let (rows, columns) = (logits.rows, logits.columns)
        precondition(teacher.count == logits.count, "\(teacher.count) teacher's logits for \(logits.count)")
        let student = scratch(logits.count), wanted = scratch(logits.count)
        var total: Float = 0
        for row in 0..<rows {
            let (p, q) = (student.pointer + row * columns, wanted.pointer + row * columns)
            for i in 0..<columns {
                p[i] = logits.pointer[row * columns + i] / temperature
                q[i] = teacher[row * columns + i] / temperature
            }
            let (normP, normQ) = (logSum(p, columns), logSum(q, columns))
            for i in 0..<columns {
                let (logP, logQ) = (p[i] - normP, q[i] - normQ)
                (p[i], q[i]) = (expf(logP), expf(logQ))
                total += q[i] * (logQ - logP)
            }
        }
        let out = scalarVariable(total / Float(max(1, rows)))
        record(out, scratch: [student, wanted]) { [self] upstream in
            let to = gradient(logits)
            let share = upstream.pointee / (Float(max(1, rows)) * temperature)
            for i in 0..<logits.count { to[i] += share * (student.pointer[i] - wanted.pointer[i]) }
        }
        return out
    }

    /// The mean of −t log σ(x) − (1 − t) log(1 − σ(x)).
    ///
    /// - Parameter targets: in [0, 1], one for every logit.
    public func binaryCrossEntropy(_ logits: Variable, targets: [Float]) -> Variable {
        precondition(targets.count == logits.count, "\(targets.count) targets for \(logits.count) logits")
        var total: Float = 0
        for i in 0..<logits.count {
            let x = logits.pointer[i]
            // log(1 + eˣ), without overflow.
            total += max(x, 0) + log1pf(expf(-abs(x))) - targets[i] * x
        }
        let out = scalarVariable(total / Float(max(1, logits.count)))
        record(out) { [self] upstream in
            let to = gradient(logits)
            let share = upstream.pointee / Float(max(1, logits.count))
            for i in 0..<logits.count { to[i] += share * (1 / (1 + expf(-logits.pointer[i])) - targets[i]) }
        }
        return out
    }
}

/// Turns logits into probabilities in place, and returns the logarithm of the target's.
private func logSoftmax(_ x: UnsafeMutablePointer<Float>, _ count: Int, _ target: Int) -> Float {
    let norm = logSum(x, count)
    let result = x[target] - norm
    for i in 0..<count { x[i] = expf(x[i] - norm) }
    return result
}

/// log Σ eˣ.
private func logSum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var greatest = -Float.infinity
    for i in 0..<count { greatest = max(greatest, x[i]) }
    var sum: Float = 0
    for i in 0..<count { sum += expf(x[i] - greatest) }
    return greatest + logf(sum)
}
