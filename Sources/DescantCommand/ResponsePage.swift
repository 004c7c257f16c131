import LibraryAccess
import MusicSearch
import QueryPlanning
import Ranking
import TrackCatalogue
import Vocabulary

/// An answer as a person reads it in a terminal.
struct ResponsePage {
    private let response: SearchResponse
    private let explain: Bool
    private let width: Int

    init(_ response: SearchResponse, explain: Bool, width: Int = Terminal.width) {
        self.response = response
        self.explain = explain
        self.width = width
    }

    var text: String {
        ([response.plan.tree, ""] + move + notes + hits + facets + [summary]).joined(separator: "\n")
    }

    /// "Moved from energetic to calm: 80 % of these share a genre with it; 41 % of instruments are shared; valence +0.3 → +0.4, arousal +0.6 → −0.4."
    private var move: [String] {
        guard let move = response.move else { return [] }
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        let kept = [
            move.sharingGenre.map { "\(percent($0)) of these share a genre with it" },
            move.sharedInstruments.map { "\(percent($0)) of instruments are shared" },
        ]
        .compactMap { $0 }
        let way = move.answers.map {
            "valence \(move.seed.valence.signed) → \($0.valence.signed), arousal \(move.seed.arousal.signed) → \($0.arousal.signed)"
        }
        return [Terminal.styled("Moved from \(move.from) to \(move.to): " + (kept + [way].compactMap { $0 }).joined(separator: "; ") + ".", .dim), ""]
    }

    private var notes: [String] {
        var notes: [String] = []
        for shortfall in response.shortfalls {
            switch shortfall.kind {
            case .missing:
                let instead = shortfall.instead.isEmpty ? "" : "; nearest here: \(shortfall.instead.joined(separator: ", "))"
                notes.append("Nothing in this library is \(shortfall.text)\(instead).")
            case .unknownSeed: notes.append("This library does not have \(shortfall.text).")
            case .noEvidence, .relaxed: notes.append(shortfall.text.prefix(1).uppercased() + shortfall.text.dropFirst() + ".")
            }
        }
        if !response.ignored.isEmpty {
            notes.append("Not understood: \(response.ignored.map { "\"\($0.text)\"" }.joined(separator: ", ")).")
        }
        return notes.isEmpty ? [] : notes.map { Terminal.styled($0, .yellow) } + [""]
    }

    private var hits: [String] {
        guard !response.hits.isEmpty else { return [] }
        let rank = String(response.hits.last?.rank ?? 0).count
        let artist = min(28, response.hits.map(\.artist.count).max() ?? 0)
        let title = min(40, response.hits.map { self.title($0).count }.max() ?? 0)
        var lines: [String] = []
        var relevance: Relevance?
        for hit in response.hits {
            if relevance != hit.relevance, hit.relevance == .near { lines.append(Terminal.styled("near:", .dim)) }
            relevance = hit.relevance
            let number = String(hit.rank)
            let score = String(Int((hit.score * 100).rounded()))
            let head = [
                String(repeating: " ", count: rank - number.count) + number, Terminal.styled(Terminal.column(self.title(hit), title), .bold),
                Terminal.column(hit.artist, artist), hit.year.map(String.init) ?? "    ",
                Terminal.styled(String(repeating: " ", count: 3 - min(3, score.count)) + score, .cyan),
            ]
            let measured = [hit.measured?.tempo.map { "\(Int($0.rounded())) bpm" }, hit.measured?.key].compactMap { $0 }.joined(separator: ", ")
            lines.append((head + (measured.isEmpty ? [] : [Terminal.styled(measured, .dim)])).joined(separator: "  "))
            lines.append(String(repeating: " ", count: rank + 2) + reasons(hit))
            if explain, let explanation = hit.explanation {
                lines += explanation.description.split(separator: "\n").map { String(repeating: " ", count: rank + 2) + Terminal.styled(String($0), .dim) }
            }
        }
        return lines + [""]
    }

    private func title(_ hit: Hit) -> String {
        let title = hit.title.isEmpty ? hit.id : hit.title
        return hit.versions > 1 ? "\(title) (\(hit.versions) versions)" : title
    }

    /// "+0.49 steelpan · +0.46 upbeat", matched words coloured.
    private func reasons(_ hit: Hit) -> String {
        hit.reasons.filter { $0.kind != .focus || explain }.map { reason in
            let value = (reason.value * 100).rounded() / 100
            let sign = value < 0 ? "−" : "+"
            let heard = reason.confidence.map { " (\(reason.kind == .likeness ? "" : "heard, ")\(Int(($0 * 100).rounded())) %)" } ?? ""
            let text = "\(reason.text)\(heard) \(sign)\(Swift.abs(value))"
            return Terminal.styled(text, reason.value < 0 ? .red : reason.kind == .descriptor ? .green : .dim)
        }.joined(separator: " · ")
    }

    private var facets: [String] {
        guard let facets = response.facets else { return [] }
        var lines: [String] = []
        for facet in Facet.allCases {
            guard let counts = facets[facet.rawValue] else { continue }
            // As many as a line holds.
            var line = Terminal.column(facet.rawValue, 11)
            for (i, count) in counts.prefix(8).enumerated() {
                let item = (i == 0 ? "" : " · ") + "\(count.label) \(count.count)"
                if i > 0, line.count + item.count > width { break }
                line += item
            }
            lines.append(line)
        }
        return lines + [""]
    }

    private var summary: String {
        let totals = response.totals
        if totals.strong + totals.near == 0 {
            return "Nothing found among \(response.tracks) tracks."
        }
        return "\(totals.strong) fit, \(totals.near) come near, of \(response.tracks) tracks."
    }
}
