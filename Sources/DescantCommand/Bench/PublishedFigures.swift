import Evaluation

/// Recall@10 that others published for descriptor matching, and what untrained scorers reach by the same protocol.
enum PublishedFigures {
    /// Epure et al. 2024, arXiv 2411.05649.
    static var table: ResultTable {
        table(
            ["requests", "words shared", "TF-IDF", "CLAP text", "TTMR text", "BERT", "MiniLM-L12", "msmarco-BERT", "their GPL bi-encoder"],
            [
                ["MTT", "0.15", "57.7 ± 0.8", "13.5", "7.8", "4.8", "33.3", "32.1", "62.8 ± 0.5"],
                ["MSD", "0.23", "30.6 ± 2.3", "3.4", "5.1", "4.5", "19.5", "20.7", "47.9 ± 0.3"],
                ["MC (MusicCaps)", "0.41", "89.4 ± 0.4", "36.5", "19.9", "24.3", "59.9", "66.1", "84.8 ± 0.2"],
                ["MC as requests", "0.34", "77.7 ± 0.5", "27.6", "17.9", "16.3", "48.3", "50.7", "70.1 ± 0.4"],
            ])
    }

    /// The same protocol on MusicCaps' evaluation split with the texts that were published with it, without training.
    static var untrained: ResultTable {
        table(
            ["scorer", "MC", "MC as requests"],
            [
                ["TF-IDF as published (scikit-learn default), replicated", "89.1 ± 0.8", "77.6 ± 0.3"],
                ["TF-IDF, light stemming and pairs of words, sublinear", "94.1 ± 0.1", "82.0 ± 0.5"],
                ["TF-IDF over characters 3–5 within words", "92.2 ± 0.6", "80.4 ± 0.5"],
                ["BM25 k1 1.2 b 0.75, stems", "87.5 ± 0.5", "77.1 ± 0.4"],
                ["coverage a 0.5, stems", "93.0", "82.6"], ["coverage a 0.7, stems", "96.6", "83.5"], ["coverage a 0.85, stems", "96.8", "76.9"],
            ])
    }

    private static func table(_ columns: [String], _ rows: [[String]]) -> ResultTable {
        var table = ResultTable(columns: columns.enumerated().map { ResultTable.Column($1, isRightAligned: $0 > 0) })
        for row in rows { table.append(row.map { .text($0) }) }
        return table
    }
}
