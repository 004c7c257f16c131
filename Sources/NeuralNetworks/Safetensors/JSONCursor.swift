import Storage

/// Reads JSON from mapped bytes, value by value, for a caller that knows which kind of value comes next (RFC 8259).
///
/// Stricter than a general reader where leniency would hide damage: a name may stand only once in an object, integers have no sign, fraction or exponent,
/// and text must be valid UTF-8. Errors carry the byte offset in the file.
struct JSONCursor {
    private let file: MappedFile
    private let limit: Int
    /// Byte offset in the file of what is read next.
    private(set) var position: Int

    init(_ file: MappedFile, in range: Range<Int>) {
        precondition(range.upperBound <= file.bytes.count, "\(range) leaves a file of \(file.bytes.count) bytes")
        self.file = file
        limit = range.upperBound
        position = range.lowerBound
    }

    /// Reads an object; `member` reads each value, given its name and where the name stands.
    mutating func object(_ member: (inout JSONCursor, String, Int) throws(FileError) -> Void) throws(FileError) {
        try expect("{", "an object")
        if skip("}") { return }
        // Swift compares text by canonical equivalence, so two spellings of one accented name count as one name here: refused rather than confused.
        var names: Set<String> = []
        repeat {
            skipSpace()
            let at = position
            let name = try string()
            guard names.insert(name).inserted else { throw damaged(at: at, expected: "each name once", found: "\(quoted(name)) again") }
            try expect(":", "':'")
            skipSpace()
            try member(&self, name, at)
        } while skip(",")
        try expect("}", "',' or '}'")
    }

    /// Reads an array of integers that are not negative.
    mutating func integers() throws(FileError) -> [Int] {
        try expect("[", "an array of integers")
        var values: [Int] = []
        if skip("]") { return values }
        repeat { values.append(try integer()) } while skip(",")
        try expect("]", "',' or ']'")
        return values
    }

    mutating func integer() throws(FileError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let digit = peek.flatMap({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) ? Int($0) - 48 : nil }) {
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(digit)
            guard !isTooLarge, !overflows else { throw damaged(at: start, expected: "an integer up to \(Int.max)", found: excerpt(at: start)) }
            value = sum
            position += 1
        }
        guard position > start else { throw damaged(at: start, expected: "an integer", found: excerpt(at: start)) }
        let hasLeadingZero = file.bytes[start] == UInt8(ascii: "0") && position > start + 1
        let goesOn = peek.map { [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0) } ?? false
        guard !hasLeadingZero, !goesOn else { throw damaged(at: start, expected: "an integer", found: excerpt(at: start)) }
        return value
    }

    mutating func string() throws(FileError) -> String {
        try expect("\"", "text")
        let start = position
        var bytes: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw damaged(at: position, expected: "text", found: "the control character \(byte)") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                bytes += try escape().utf8
            } else {
                bytes.append(byte)
            }
        }
        guard peek != nil else { throw damaged(at: start, expected: "a closing quotation mark", found: "the end of the header") }
        position += 1
        guard let text = String(validating: bytes, as: UTF8.self) else { throw damaged(at: start, expected: "UTF-8", found: "other bytes") }
        return text
    }

    /// Only white space may follow.
    mutating func end() throws(FileError) {
        skipSpace()
        guard position == limit else { throw damaged(at: position, expected: "the end of the header", found: excerpt(at: position)) }
    }

    func damaged(at offset: Int, expected: String, found: String) -> FileError {
        FileError(path: file.path, .damaged(offset: offset, expected: expected, found: found))
    }

    // MARK: Characters

    private var peek: UInt8? { position < limit ? file.bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws(FileError) {
        guard skip(character) else { throw damaged(at: position, expected: expected, found: excerpt(at: position)) }
    }

    /// What follows a backslash.
    private mutating func escape() throws(FileError) -> String {
        let at = position - 1
        guard let byte = peek else { throw damaged(at: at, expected: "an escape", found: "the end of the header") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var units = [try hexadecimal(at)]
            if UTF16.isLeadSurrogate(units[0]), position + 1 < limit, file.bytes[position] == UInt8(ascii: "\\"), file.bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                units.append(try hexadecimal(at))
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw damaged(at: at, expected: "a Unicode character", found: "half a surrogate pair")
            }
            return text
        default: throw damaged(at: at, expected: "an escape", found: excerpt(at: at))
        }
    }

    private mutating func hexadecimal(_ at: Int) throws(FileError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap({ Character(UnicodeScalar($0)).hexDigitValue }) else {
                throw damaged(at: at, expected: "four hexadecimal digits", found: excerpt(at: at))
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private func excerpt(at offset: Int) -> String {
        guard offset < limit else { return "the end of the header" }
        return quoted(String(decoding: file.bytes[offset..<min(offset + 16, limit)], as: UTF8.self))
    }
}
