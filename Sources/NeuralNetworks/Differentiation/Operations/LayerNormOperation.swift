import LinearAlgebra

extension Tape {
    /// Layer normalisation of rows (Ba et al. 2016, arXiv 1607.06450) with `gain[width]` and `shift[width]`, of `x` plus its `branch` where there is one.
    ///
    /// The sum takes the place of the branch's values, which nothing may read afterwards: no operation needs its own output to find its gradient.
    public func layerNorm(_ x: Variable, plus branch: Variable? = nil, gain: Parameter, shift: Parameter, epsilon: Float) -> Variable {
        let (rows, width) = (x.rows, x.columns)
        precondition(gain.count == width && shift.count == width, "\(gain.name) of shape \(gain.shape) for rows of \(width)")
        precondition(branch.map { $0.rows == rows && $0.columns == width } ?? true, "a branch of another shape")
        let out = variable(rows: rows, columns: width)
        let sum = branch ?? x
        let added = branch != nil
        nonisolated(unsafe) let (from, to, summed) = (x.pointer, out.pointer, sum.pointer)
        team.split(rows) { range in
            if added { GradientKernels.add(from + range.lowerBound * width, to: summed + range.lowerBound * width, count: range.count * width) }
            RowKernels.layerNorm(
                summed, plus: nil, gain: gain.value.pointer, shift: shift.value.pointer, epsilon: epsilon, width: width, into: to, rows: range)
        }
        record(out) { [self] upstream in
            let fresh = freshGradient(sum)
            let dx = fresh ?? gradient(sum)
            if fresh != nil { dx.update(repeating: 0, count: rows * width) }
            // The parameters' gradients are sums over rows: a fixed number of parts, added in order.
            let parts = 8
            let partial = scratch(parts * 2 * width)
            partial.pointer.update(repeating: 0, count: parts * 2 * width)
            nonisolated(unsafe) let (upstream, into, room) = (upstream, dx, partial.pointer)
            team.split(parts) { range in
                for part in range {
                    GradientKernels.layerNorm(
                        summed, upstream: upstream, gain: gain.value.pointer, epsilon: epsilon, width: width, into: into,
                        gainGradient: room + part * 2 * width, shiftGradient: room + (part * 2 + 1) * width,
                        rows: rows * part / parts..<rows * (part + 1) / parts)
                }
            }
            for part in 0..<parts {
                GradientKernels.add(room + part * 2 * width, to: gain.gradient.pointer, count: width)
                GradientKernels.add(room + (part * 2 + 1) * width, to: shift.gradient.pointer, count: width)
            }
            giveBack(partial)
            if added { add(dx, to: x) }
        }
        return out
    }

    /// Adds to a variable's gradient.
    func add(_ from: UnsafePointer<Float>, to variable: Variable) {
        if let fresh = freshGradient(variable) { return fresh.update(from: from, count: variable.count) }
        nonisolated(unsafe) let (from, to) = (from, gradient(variable))
        team.split(variable.count) { GradientKernels.add(from + $0.lowerBound, to: to + $0.lowerBound, count: $0.count) }
    }
}
