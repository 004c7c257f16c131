/// Reads a list of strings as Python prints it: `['low quality', "it's"]`. MusicCaps' aspect lists are written so.
public enum PythonList {
    /// - Returns: nil when the text is no such list.
    public static func parse(_ text: String) -> [String]? {
        let bytes = Array(text.utf8)
        var i = 0
        func skipSpace() { while i < bytes.count, bytes[i] == UInt8(ascii: " ") || bytes[i] == UInt8(ascii: "\n") { i += 1 } }
        skipSpace()
        guard i < bytes.count, bytes[i] == UInt8(ascii: "[") else { return nil }
        i += 1
        var items: [String] = []
        while true {
            skipSpace()
            guard i < bytes.count else { return nil }
            if bytes[i] == UInt8(ascii: "]") {
                i += 1
                skipSpace()
                return i == bytes.count ? items : nil
            }
            let quote = bytes[i]
            guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
            i += 1
            var item: [UInt8] = []
            while i < bytes.count, bytes[i] != quote {
                if bytes[i] == UInt8(ascii: "\\"), i + 1 < bytes.count {
                    i += 1
                    switch bytes[i] {
                    case UInt8(ascii: "n"): item.append(UInt8(ascii: "\n"))
                    case UInt8(ascii: "t"): item.append(UInt8(ascii: "\t"))
                    default: item.append(bytes[i])
                    }
                } else {
                    item.append(bytes[i])
                }
                i += 1
            }
            guard i < bytes.count else { return nil }
            i += 1
            items.append(String(decoding: item, as: UTF8.self))
            skipSpace()
            guard i < bytes.count else { return nil }
            if bytes[i] == UInt8(ascii: ",") { i += 1 } else if bytes[i] != UInt8(ascii: "]") { return nil }
        }
    }
}
