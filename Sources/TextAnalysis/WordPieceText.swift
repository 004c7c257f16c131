extension WordPiece {
    /// Pieces put together again as English is written: the way back from ``pieces(of:limit:)``, as far as there is one.
    ///
    /// ```swift
    /// wordPiece.text(of: wordPiece.pieces(of: "A lo-fi beat, 4/4; it's mellow").ids)      // "a lo-fi beat, 4/4; it's mellow"
    /// ```
    /// Case and accents are gone, and the spaces around marks are a guess: none before a comma, both sides of a hyphen joined, quotation marks
    /// taken in pairs. For pieces of an English text the result has the same pieces again.
    ///
    /// - Precondition: ids of the vocabulary.
    public func text(of ids: some Sequence<Int32>) -> String {
        var result = ""
        var isQuoted = false
        // Whether the next piece touches the one before it.
        var joins = true
        var previous = ""
        for id in ids {
            let piece = vocabulary.piece(id)
            if piece.hasPrefix("##"), piece.utf8.count > 2 {
                result += piece.dropFirst(2)
                (previous, joins) = (piece, false)
                continue
            }
            var touches = joins
            joins = false
            switch piece {
            case ",", ".", "!", "?", ";", ":", ")", "]", "}", "%", "…": touches = true
            case "#" where previous.utf8.count == 1: touches = true  // a note: f#
            case "(", "[", "{", "$", "£", "#": joins = true
            case "-", "/", "_", "–", "—": (touches, joins) = (true, true)
            case "'", "’": (touches, joins) = (true, true)
            case "\"":
                (touches, joins) = (isQuoted || touches, !isQuoted)
                isQuoted.toggle()
            default:
                // After an apostrophe only what is short for a word or part of one: it's, but drummers' kits.
                if previous == "'" || previous == "’" { touches = Self.contractions.contains(piece) }
            }
            if !touches, !result.isEmpty { result += " " }
            result += piece
            previous = piece
        }
        return result
    }

    private static let contractions: Set<String> = ["s", "t", "d", "m", "re", "ve", "ll", "n", "em", "til", "roll"]
}
