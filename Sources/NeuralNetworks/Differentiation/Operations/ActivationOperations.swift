import LinearAlgebra

#if canImport(FoundationEssentials)
    import Glibc
#else
    import Foundation
#endif

extension Tape {
    /// x · Φ(x) (Hendrycks & Gimpel 2016, arXiv 1606.08415).
    public func gelu(_ x: Variable) -> Variable {
        let out = variable(rows: x.rows, columns: x.columns)
        nonisolated(unsafe) let (from, to) = (x.pointer, out.pointer)
        team.split(x.count) { range in
            (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
            GradientKernels.gelu(to + range.lowerBound, count: range.count)
        }
        record(out) { [self] upstream in
            nonisolated(unsafe) let upstream = upstream
            // The upstream gradient is not needed afterwards: it becomes the gradient of x.
            team.split(x.count) {
                GradientKernels.geluBackward(
                    from + $0.lowerBound, upstream: upstream + $0.lowerBound, into: upstream + $0.lowerBound, count: $0.count)
            }
            add(upstream, to: x)
        }
        return out
    }

    /// max(x, 0).
    public func relu(_ x: Variable) -> Variable { elementwise(x, { max($0, 0) }, slope: { $0 > 0 ? 1 : 0 }) }

    public func tanh(_ x: Variable) -> Variable { elementwise(x, tanhf, slope: { 1 - tanhf($0) * tanhf($0) }) }

    /// 1 / (1 + e⁻ˣ).
    public func sigmoid(_ x: Variable) -> Variable {
        func y(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
        return elementwise(x, y, slope: { y($0) * (1 - y($0)) })
    }

    /// `factor · x`.
    public func scale(_ x: Variable, by factor: Float) -> Variable { elementwise(x, { factor * $0 }, slope: { _ in factor }) }

    /// - Parameter slope: dy / dx from x; y may be gone by then, see `layerNorm`.
    private func elementwise(_ x: Variable, _ function: @escaping (Float) -> Float, slope: @escaping (_ x: Float) -> Float) -> Variable {
        let out = variable(rows: x.rows, columns: x.columns)
        for i in 0..<x.count { out.pointer[i] = function(x.pointer[i]) }
        record(out) { [self] upstream in
            let to = gradient(x)
            for i in 0..<x.count { to[i] += upstream[i] * slope(x.pointer[i]) }
        }
        return out
    }

    /// Sets a share of the values to 0 and scales the others up, so that the mean stays (Srivastava et al. 2014). The same seed drops the same values.
    ///
    /// - Parameter rate: in 0 ..< 1; 0 returns `x` itself.
    public func dropout(_ x: Variable, rate: Float, seed: UInt64) -> Variable {
        precondition((0..<1).contains(rate), "a dropout rate of \(rate)")
        guard rate > 0 else { return x }
        let out = variable(rows: x.rows, columns: x.columns)
        let columns = x.columns
        let kept = 1 / (1 - rate)
        // Every row draws its own numbers, twice, in place of a mask that would have to be kept.
        func mask(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, adding: Bool) {
            nonisolated(unsafe) let (from, to) = (from, to)
            team.split(x.rows) { rows in
                for row in rows {
                    var generator = SeededGenerator(seed: seed, stream: UInt64(row))
                    for i in row * columns..<(row + 1) * columns {
                        let value = generator.uniform() < rate ? 0 : from[i] * kept
                        to[i] = adding ? to[i] + value : value
                    }
                }
            }
        }
        mask(x.pointer, out.pointer, adding: false)
        record(out) { [self] upstream in mask(upstream, gradient(x), adding: true) }
        return out
    }
}
