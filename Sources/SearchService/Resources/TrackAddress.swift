import MusicSearch

/// Where the API has what belongs to a track.
enum TrackAddress {
    static func artwork(_ id: String) -> String { "/v1/tracks/\(Percent.encode(id))/artwork" }

    /// nil for tracks without a file of sound, by its whole path.
    static func audio(_ id: String, file: String?) -> String? {
        guard ServedFiles.areGiven else { return nil }
        return address(id, file: file)
    }

    private static func address(_ id: String, file: String?) -> String? {
        file.map { $0.hasPrefix("/") && AudioFormat.ending(of: $0) != nil } != true ? nil : "/v1/tracks/\(Percent.encode(id))/audio"
    }
}

/// Whether the service that a reply is written for gives out tracks' files.
enum ServedFiles {
    @TaskLocal static var areGiven = true
}

/// Percent-encoding of addresses (RFC 3986).
enum Percent {
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// A text as one segment of a path, or one value of a query.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) { bytes.append(byte) } else { bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// - Returns: nil for a text that is not well encoded, or not UTF-8.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? { Character(UnicodeScalar(digit)).hexDigitValue.map { UInt8($0) } }
}
