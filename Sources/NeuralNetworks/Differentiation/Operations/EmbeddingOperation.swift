import LinearAlgebra

extension Tape {
    /// Rows of a table: `out[ids.count][width]`, or the sum of rows of several tables, one list of ids each.
    ///
    /// - Precondition: every list has as many ids, each a row of its table.
    public func embedding(_ tables: [(table: Parameter, ids: [Int32])]) -> Variable {
        guard let first = tables.first else { preconditionFailure("no table") }
        let width = first.table.shape[1]
        let rows = first.ids.count
        for (table, ids) in tables {
            precondition(table.shape[1] == width && ids.count == rows, "\(table.name) of shape \(table.shape) with \(ids.count) ids beside \(rows)")
            precondition(ids.allSatisfy { (0..<table.shape[0]).contains(Int($0)) }, "an id beyond the \(table.shape[0]) rows of \(table.name)")
        }
        let out = variable(rows: rows, columns: width)
        nonisolated(unsafe) let to = out.pointer
        team.split(rows) { range in
            for row in range {
                (to + row * width).update(from: first.table.value.pointer + Int(first.ids[row]) * width, count: width)
                for (table, ids) in tables.dropFirst() {
                    GradientKernels.add(table.value.pointer + Int(ids[row]) * width, to: to + row * width, count: width)
                }
            }
        }
        record(out) { [self] upstream in
            nonisolated(unsafe) let upstream = upstream
            // Several rows may go to one: columns are shared out, so that each sum has one order.
            team.split((width + 63) / 64) { blocks in
                let columns = blocks.lowerBound * 64..<min(width, blocks.upperBound * 64)
                for (table, ids) in tables {
                    for row in 0..<rows {
                        GradientKernels.add(
                            upstream + row * width + columns.lowerBound, to: table.gradient.pointer + Int(ids[row]) * width + columns.lowerBound,
                            count: columns.count)
                    }
                }
            }
        }
        return out
    }
}
