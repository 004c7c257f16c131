import Encoders
import Evaluation
import LinearAlgebra

/// How long one query takes a text encoder and what its weights take up.
struct EncoderSpeed {
    /// Of one query on one thread, tokenizer, pooling and normalisation included; nil where no text has ``tokens`` tokens or nothing was measured.
    let latency: LatencySummary?
    /// As they lie in memory.
    let bytes: Int
    let dimension: Int
    let identity: String

    /// Of a query, `[CLS]` and `[SEP]` included.
    static let tokens = 12

    /// - Parameters:
    ///   - calls: that are measured; 0 for none.
    ///   - texts: from which queries are cut.
    init(_ encoder: ComparedEncoder, calls: Int, texts: [String]) throws {
        let model = try encoder.encoder(0, team: ThreadTeam(size: 1))
        (bytes, dimension, identity) = (model.transformer.byteCount, model.dimension, model.identity)
        guard calls > 0 else {
            latency = nil
            return
        }
        // A few hundred texts hold enough to cut from.
        let queries = Self.cut(Array(texts.prefix(500)), to: Self.tokens, model)
        latency = Self.latency(calls, of: queries) { _ = model.encode(queries[$0 % queries.count]) }
    }

    /// Texts cut at a word to exactly so many tokens; those that never have so many are left out.
    static func cut(_ texts: [String], to tokens: Int, _ encoder: BiEncoder) -> [String] {
        texts.compactMap { text in
            var cut = ""
            for word in text.split(separator: " ") {
                cut += (cut.isEmpty ? "" : " ") + word
                let count = encoder.tokenCount(of: cut)
                if count >= tokens { return count == tokens ? cut : nil }
            }
            return nil
        }
    }

    /// Calls one after another, some before to warm up; nil where there is no text.
    static func latency(_ calls: Int, of texts: [String], _ body: (Int) -> Void) -> LatencySummary? {
        guard !texts.isEmpty else { return nil }
        for call in 0..<min(calls, 20) { body(call) }
        let clock = ContinuousClock()
        return LatencySummary(samples: (0..<calls).map { call in clock.measure { body(call) } / .seconds(1) })
    }
}
