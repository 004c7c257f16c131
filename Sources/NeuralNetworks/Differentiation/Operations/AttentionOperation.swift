import LinearAlgebra

extension Tape {
    /// Multi-head self-attention (Vaswani et al. 2017, arXiv 1706.03762): `context[tokens][width]` from `qkv[tokens][3 · width]`, where sequence s has the tokens
    /// `starts[s] ..< starts[s + 1]`.
    ///
    /// - Parameter causal: every token sees itself and those before it; else all of its sequence.
    public func attention(_ qkv: Variable, starts: [Int], heads: Int, causal: Bool = false) -> Variable {
        let width = qkv.columns / 3
        precondition(qkv.columns == 3 * width && width % heads == 0, "\(heads) heads over \(qkv.columns) columns")
        precondition(starts.first == 0 && starts.last == qkv.rows, "sequences from \(starts.first ?? -1) to \(starts.last ?? -1) of \(qkv.rows) tokens")
        let headWidth = width / heads
        let sequences = starts.count - 1
        let longest = zip(starts, starts.dropFirst()).map { $1 - $0 }.max() ?? 0
        let room = (GradientKernels.attentionScratch(tokens: longest, headWidth: headWidth) + 15) / 16 * 16
        let out = variable(rows: qkv.rows, columns: width)

        func forEachHead(_ body: (_ start: Int, _ tokens: Int, _ head: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void) {
            let buffer = scratch(room * team.size)
            nonisolated(unsafe) let memory = buffer.pointer
            let work = sequences * heads
            team.run { part, parts in
                for item in work * part / parts..<work * (part + 1) / parts {
                    let start = starts[item / heads]
                    body(start, starts[item / heads + 1] - start, item % heads, memory + part * room)
                }
            }
            giveBack(buffer)
        }

        nonisolated(unsafe) let (from, to) = (qkv.pointer, out.pointer)
        forEachHead { start, tokens, head, scratch in
            let attend = causal ? GradientKernels.causalAttention : RowKernels.attention
            attend(from + start * 3 * width, tokens, width, headWidth, head, to + start * width, scratch)
        }
        record(out) { [self] upstream in
            let fresh = freshGradient(qkv)
            let own = fresh == nil ? scratch(qkv.count) : nil
            nonisolated(unsafe) let upstream = upstream
            guard let set = fresh ?? own?.pointer else { preconditionFailure("no room for a gradient") }
            nonisolated(unsafe) let into = set
            forEachHead { start, tokens, head, scratch in
                GradientKernels.attentionBackward(
                    from + start * 3 * width, tokens: tokens, width: width, headWidth: headWidth, head: head, causal: causal,
                    upstream: upstream + start * width, into: into + start * 3 * width, scratch: scratch)
            }
            if let own {
                add(own.pointer, to: qkv)
                giveBack(own)
            }
        }
        return out
    }
}
