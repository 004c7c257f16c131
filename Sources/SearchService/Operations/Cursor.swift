import MusicSearch
import QueryPlanning
import Storage

/// Where a page ends: it goes with one request to one generation of a library, and says so when it meets another.
struct Cursor {
    let offset: Int
    private let generation: Int
    /// Of the request, without the page's own size.
    private let digest: UInt64

    private static let prefix = "c1."

    /// - Parameter state: of the answer whose page ends there.
    init(offset: Int, of call: SearchCall, state: String) {
        (self.offset, generation, digest) = (offset, call.generation, call.digest(state))
    }

    var text: String {
        let body = Self.bytes(UInt64(offset)) + Self.bytes(UInt64(generation)) + Self.bytes(digest)
        return Self.prefix + URLSafeBase64.text(Self.bytes(Self.checksum(body)) + body)
    }

    /// - Throws: `ServiceError` for a text that is no cursor, one of another request, or of a generation that is gone.
    init(_ text: String, of call: SearchCall, at place: String) throws(ServiceError) {
        guard text.hasPrefix(Self.prefix), let bytes = URLSafeBase64.bytes(text.dropFirst(Self.prefix.count)), bytes.count == 32,
            Self.checksum(Array(bytes[8...])) == Self.number(bytes[..<8])
        else { throw ServiceError(.badCursor, "expected a cursor as replies give it in next, found '\(text.prefix(40))'", at: place) }
        (offset, generation, digest) = (Int(clamping: Self.number(bytes[8..<16])), Int(clamping: Self.number(bytes[16..<24])), Self.number(bytes[24...]))
        guard generation == call.generation else {
            throw ServiceError(
                .staleCursor, "the cursor is of generation \(generation) of the library, which is now \(call.generation); ask for the first page again",
                at: place)
        }
        guard digest == call.digest(call.conversation.handle) else {
            throw ServiceError(.badCursor, "the cursor goes with another request; give the same text or state, and the same options", at: place)
        }
    }

    private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian, Array.init) }
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    private static func checksum(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { Checksum.xxh3($0) } }
}

extension SearchCall {
    var generation: Int { library.manifest.generation }

    /// Of all that decides the ranking.
    func digest(_ state: String) -> UInt64 {
        let options = "\(options.perArtist ?? 0) \(options.foldingVersions) \(options.variation.map { "\($0)" } ?? "") \(options.candidates ?? [])"
        return Array((state + " " + options).utf8).withUnsafeBytes { Checksum.xxh3($0) }
    }
}
