import LinearAlgebra

extension Tape {
    /// The mean of each sequence's rows: `out[sequences][width]`.
    public func mean(_ x: Variable, starts: [Int]) -> Variable {
        let width = x.columns
        precondition(starts.first == 0 && starts.last == x.rows, "sequences from \(starts.first ?? -1) to \(starts.last ?? -1) of \(x.rows) rows")
        precondition(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 }, "a sequence without rows has no mean")
        let out = variable(rows: starts.count - 1, columns: width)
        for sequence in 0..<out.rows {
            let start = starts[sequence]
            RowKernels.mean(x.pointer + start * width, rows: starts[sequence + 1] - start, width: width, into: out.pointer + sequence * width)
        }
        record(out) { [self] upstream in
            let to = gradient(x)
            for sequence in 0..<out.rows {
                let rows = starts[sequence]..<starts[sequence + 1]
                for row in rows { GradientKernels.add(upstream + sequence * width, scale: 1 / Float(rows.count), to: to + row * width, count: width) }
            }
        }
        return out
    }

    /// Some rows, in any order and as often as wished.
    public func rows(_ x: Variable, _ indices: [Int]) -> Variable {
        let width = x.columns
        let out = variable(rows: indices.count, columns: width)
        for (row, index) in indices.enumerated() {
            precondition((0..<x.rows).contains(index), "row \(index) of \(x.rows)")
            (out.pointer + row * width).update(from: x.pointer + index * width, count: width)
        }
        record(out) { [self] upstream in
            let to = gradient(x)
            for (row, index) in indices.enumerated() { GradientKernels.add(upstream + row * width, to: to + index * width, count: width) }
        }
        return out
    }

    /// The first columns of every row.
    public func prefix(_ x: Variable, columns: Int) -> Variable {
        precondition((1...x.columns).contains(columns), "\(columns) of \(x.columns) columns")
        guard columns < x.columns else { return x }
        let out = variable(rows: x.rows, columns: columns)
        for row in 0..<x.rows { (out.pointer + row * columns).update(from: x.pointer + row * x.columns, count: columns) }
        record(out) { [self] upstream in
            let to = gradient(x)
            for row in 0..<x.rows { GradientKernels.add(upstream + row * columns, to: to + row * x.columns, count: columns) }
        }
        return out
    }

    /// Single values by their places in row-major order, as often as wished, in a new shape.
    public func elements(_ x: Variable, _ places: [Int], rows: Int, columns: Int) -> Variable {
        precondition(places.count == rows * columns, "\(places.count) places for \(rows) × \(columns)")
        precondition(places.allSatisfy { (0..<x.count).contains($0) }, "a place beyond the \(x.count) values")
        let out = variable(rows: rows, columns: columns)
        for (i, place) in places.enumerated() { out.pointer[i] = x.pointer[place] }
        record(out) { [self] upstream in
            let to = gradient(x)
            for (i, place) in places.enumerated() { to[place] += upstream[i] }
        }
        return out
    }

    /// Columns side by side.
    public func concatenate(_ parts: [Variable]) -> Variable {
        let rows = parts.first?.rows ?? 0
        precondition(parts.allSatisfy { $0.rows == rows }, "parts of \(parts.map(\.rows)) rows")
        let columns = parts.reduce(0) { $0 + $1.columns }
        let out = variable(rows: rows, columns: columns)
        var offset = 0
        for part in parts {
            for row in 0..<rows { (out.pointer + row * columns + offset).update(from: part.pointer + row * part.columns, count: part.columns) }
            offset += part.columns
        }
        record(out) { [self] upstream in
            var offset = 0
            for part in parts {
                let to = gradient(part)
                for row in 0..<rows { GradientKernels.add(upstream + row * columns + offset, to: to + row * part.columns, count: part.columns) }
                offset += part.columns
            }
        }
        return out
    }

    /// Rows of unit length; a row of zeros stays, and passes no gradient on.
    public func normalize(_ x: Variable) -> Variable {
        let width = x.columns
        let out = variable(rows: x.rows, columns: width)
        out.pointer.update(from: x.pointer, count: x.count)
        let lengths = (0..<x.rows).map { RowKernels.normalize(out.pointer + $0 * width, count: width) }
        record(out) { [self] upstream in
            let to = gradient(x)
            for row in 0..<x.rows where lengths[row] > 0 {
                // dx = (u − y (y · u)) / |x| with y = x / |x|, which may be gone by now, see `layerNorm`.
                let (x, u, length) = (x.pointer + row * width, upstream + row * width, lengths[row])
                let along = GradientKernels.dot(x, u, count: width) / length
                GradientKernels.add(u, scale: 1 / length, to: to + row * width, count: width)
                GradientKernels.add(x, scale: -along / length / length, to: to + row * width, count: width)
            }
        }
        return out
    }

    /// All dot products of rows: `out[a.rows][b.rows] = a · bᵀ`.
    public func products(_ a: Variable, _ b: Variable) -> Variable {
        precondition(a.columns == b.columns, "rows of \(a.columns) and \(b.columns)")
        let (m, n, k) = (a.rows, b.rows, a.columns)
        let out = variable(rows: m, columns: n)
        // What losses are made of stays exact.
        withPacked(n: n, k: k, precision: .float32) {
            Product.multiplyByTransposed(a.pointer, b.pointer, bias: nil, m: m, n: n, k: k, packed: $0, into: out.pointer, team: team)
        }
        record(out) { [self] upstream in
            withPacked(n: k, k: n, precision: .float32) {
                Product.multiply(upstream, b.pointer, m: m, n: k, k: n, accumulate: true, packed: $0, into: gradient(a), team: team)
            }
            withPacked(n: k, k: m, precision: .float32) {
                Product.multiplyTransposed(upstream, a.pointer, m: n, n: k, k: m, accumulate: true, packed: $0, into: gradient(b), team: team)
            }
        }
        return out
    }

    /// The dot products of rows of the same number: `out[rows][1]`.
    public func pairedProducts(_ a: Variable, _ b: Variable) -> Variable {
        precondition(a.columns == b.columns && a.rows == b.rows, "\(a.rows) × \(a.columns) and \(b.rows) × \(b.columns)")
        let width = a.columns
        let out = variable(rows: a.rows, columns: 1)
        for row in 0..<a.rows { out.pointer[row] = GradientKernels.dot(a.pointer + row * width, b.pointer + row * width, count: width) }
        record(out) { [self] upstream in
            let (toA, toB) = (gradient(a), gradient(b))
            for row in 0..<a.rows {
                GradientKernels.add(b.pointer + row * width, scale: upstream[row], to: toA + row * width, count: width)
                GradientKernels.add(a.pointer + row * width, scale: upstream[row], to: toB + row * width, count: width)
            }
        }
        return out
    }
}
