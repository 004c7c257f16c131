import Foundation
import Storage
import Testing
import TextAnalysis

/// What a development machine may have beside the repository.
private enum Installed {
    static let model = ProcessInfo.processInfo.environment["DESCANT_TEST_MODEL"].flatMap { folder in
        FileManager.default.fileExists(atPath: folder + "/vocab.txt") ? folder : nil
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let captions = root.deletingLastPathComponent().path + "/shared/data/musiccaps/musiccaps-dev.csv"
}

/// The tokenizer over the 30,522 pieces of bert-base-uncased, where `DESCANT_TEST_MODEL` names a folder with that `vocab.txt` (all-MiniLM-L6-v2 has it too).
@Suite(.enabled(if: Installed.model != nil, "DESCANT_TEST_MODEL names no folder with a vocab.txt"))
struct InstalledWordPieceTests {
    private static let installed = Result {
        let path = (Installed.model ?? "") + "/vocab.txt"
        return WordPiece(vocabulary: try WordPieceVocabulary(Data(contentsOf: URL(fileURLWithPath: path)), path: path))
    }

    @Test func theVocabularyIsThatOfTheReference() throws {
        let wordPiece = try Self.installed.get()
        #expect(wordPiece.vocabulary.count == 30_522)
        #expect([wordPiece.padding, wordPiece.unknown, wordPiece.classification, wordPiece.separator] == [0, 100, 101, 102])
    }

    @Test func idsEqualTheReferences() throws {
        let wordPiece = try Self.installed.get()
        for recorded in WordPieceRecordedText.all {
            #expect(wordPiece.pieces(of: recorded.text).ids == recorded.bert, "\(recorded.text.debugDescription)")
        }
    }

    @Test func aSpecialTokenInTheTextIsOrdinaryText() throws {
        #expect(try Self.installed.get().pieces(of: "[SEP]").ids == [1031, 19802, 1033])
    }

    /// Every caption, held to the ids that `tokenizers` 0.23.3 gives (see ``WordPieceRecordedText``). The digest is made so:
    ///
    /// ```python
    /// digest = hashlib.sha256()
    /// for row in csv.DictReader(open("musiccaps-dev.csv", newline="", encoding="utf-8")):
    ///     ids = tokenizer.encode(row["caption"], add_special_tokens=False).ids
    ///     digest.update((" ".join(map(str, ids)) + "\n").encode())
    /// ```
    @Test(.enabled(if: FileManager.default.fileExists(atPath: Installed.captions), "shared/data/musiccaps is not on this machine"))
    func everyCaptionOfMusicCaps() throws {
        let wordPiece = try Self.installed.get()
        let rows = Self.rows(Array(try Data(contentsOf: URL(fileURLWithPath: Installed.captions))))
        let column = try #require(rows.first?.firstIndex(of: "caption"))
        let ids = rows.dropFirst().map { wordPiece.pieces(of: $0[column]).ids }
        #expect(ids.count == 2663)
        #expect(ids.reduce(0) { $0 + $1.count } == 150_832)
        let stream = ids.map { $0.map(String.init).joined(separator: " ") + "\n" }.joined()
        let digest = Array(stream.utf8).withUnsafeBytes { Checksum.sha256($0) }
        #expect(digest == "ec5f34294cb62a00cb2b40acad3a146487ae638ef6119623b40ed61321ae313c")
    }

    /// The cells of a CSV file by RFC 4180.
    private static func rows(_ file: [UInt8]) -> [[String]] {
        var rows: [[String]] = [[]]
        var cell: [UInt8] = []
        var isQuoted = false
        for byte in file {
            switch byte {
            case UInt8(ascii: "\""):
                // The second of a doubled quote opens again the quotes that the first closed.
                isQuoted.toggle()
                cell.append(byte)
            case UInt8(ascii: ",") where !isQuoted, UInt8(ascii: "\n") where !isQuoted:
                rows[rows.count - 1].append(unquoted(cell))
                cell = []
                if byte == UInt8(ascii: "\n") { rows.append([]) }
            default: cell.append(byte)
            }
        }
        return rows.filter { !$0.isEmpty }
    }

    private static func unquoted(_ cell: [UInt8]) -> String {
        let text = String(decoding: cell.last == UInt8(ascii: "\r") ? cell.dropLast() : cell[...], as: UTF8.self)
        guard text.hasPrefix("\"") else { return text }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}
