import NeuralNetworks
import Storage
import TestSupport
import Testing

@Suite struct SafetensorsDamageTests {
    /// Header, bytes of data, and a word of the error that says what is wrong.
    static let damaged: [(String, Int, String)] = [
        ("", 0, "an object"), ("[]", 0, "an object"), ("null", 0, "an object"), ("{", 0, "text"), ("{}{}", 0, "the end of the header"),
        ("{} x", 0, "the end of the header"),
        (#"{"a"}"#, 0, "':'"), (#"{"a":}"#, 0, "an object"), (#"{"a":1}"#, 0, "an object"), (#"{"a":null}"#, 0, "an object"), (#"{a:{}}"#, 0, "text"),
        (#"{"a":{}}"#, 0, "dtype, shape and data_offsets of 'a'"), (#"{"a":{},}"#, 0, "dtype"), (#"{"__metadata__":{"a":1}}"#, 0, "text"),
        (#"{"__metadata__":{"a":"b","a":"c"}}"#, 0, "each name once"), (#"{"__metadata__":{},"__metadata__":{}}"#, 0, "each name once"),
        (tensor(type: "F8_E4M3"), 8, "one of F64"), (tensor(type: "f32"), 8, "one of F64"), (tensor(type: ""), 8, "one of F64"),
        (tensor(shape: "[2.0]"), 8, "an integer"), (tensor(shape: "[-2]"), 8, "an integer"), (tensor(shape: "[2e0]"), 8, "an integer"),
        (tensor(shape: "[02]"), 8, "an integer"), (tensor(shape: "[2,]"), 8, "an integer"), (tensor(shape: "2"), 8, "an array"),
        (tensor(shape: #"["2"]"#), 8, "an integer"),
        (tensor(shape: "[9223372036854775808]"), 8, "an integer up to"), (tensor(shape: "[4294967296,4294967296]"), 8, "bytes can be counted"),
        (tensor(shape: "[4611686018427387904]"), 8, "bytes can be counted"), (tensor(shape: "[3]"), 8, "12 bytes of 'a'"),
        (tensor(shape: "[]"), 8, "4 bytes of 'a'"),
        (tensor(shape: "[0,9223372036854775807]"), 8, "0 bytes of 'a'"), (tensor(offsets: "[0]"), 8, "two rising offsets"),
        (tensor(offsets: "[0,4,8]"), 8, "two rising"),
        (tensor(offsets: "[8,0]"), 8, "two rising offsets"), (tensor(offsets: "[4,12]"), 8, "inside 8 bytes"), (tensor(offsets: "[0,8]"), 7, "inside 7 bytes"),
        (tensor(offsets: "[9223372036854775799,9223372036854775807]"), 8, "inside 8 bytes"), (tensor(offsets: "[4,12]"), 12, "'a' from 0"),
        (tensor(offsets: "[0,8]"), 9, "the end of the file"), ("{}", 1, "the end of the file"),
        (tensor(more: #","extra":1"#), 8, "dtype, shape or data_offsets"),
        (tensor(more: #","dtype":"F32""#), 8, "each name once"), (two(0, 8, 4, 12), 12, "an overlap"), (two(0, 8, 12, 20), 20, "a hole"),
        (two(0, 8, 0, 8), 8, "an overlap"),
        (#"{"\#u{1}":{}}"#, 0, "the control character 1"), (#"{"\x":{}}"#, 0, "an escape"), (#"{"\u12":{}}"#, 0, "four hexadecimal digits"),
        (#"{"\ud800":{}}"#, 0, "half a surrogate pair"), (#"{"\ud800\u0041":{}}"#, 0, "half a surrogate pair"), (#"{"abc"#, 0, "a closing quotation mark"),
        // Two spellings of one name: é composed, and e with an accent.
        ("{\"__metadata__\":{\"\u{E9}\":\"\",\"e\u{301}\":\"\"}}", 0, "each name once"),
    ]

    private static func tensor(type: String = "F32", shape: String = "[2]", offsets: String = "[0,8]", more: String = "") -> String {
        #"{"a":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)\#(more)}}"#
    }

    private static func two(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> String {
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[\#(a),\#(b)]},"b":{"dtype":"F32","shape":[2],"data_offsets":[\#(c),\#(d)]}}"#
    }

    @Test(arguments: damaged) func eachDamageIsNamed(header: String, dataLength: Int, word: String) throws {
        let content = SafetensorsContent.bytes(header: header, data: [UInt8](repeating: 0, count: dataLength))
        let error = #expect(throws: FileError.self) { try SafetensorsContent.file(content) }
        guard case .damaged(let offset, _, _)? = error?.reason else { Issue.record("\(String(describing: error))"); return }
        #expect((8...content.count).contains(offset))
        #expect(error?.description.contains(word) == true, "\(String(describing: error))")
    }

    @Test func namesThatAreNoUTF8AreRefused() throws {
        let header = Array("{\"__metadata__\":{\"".utf8) + [0xC3, 0x28] + Array("\":\"\"}}".utf8)
        let error = #expect(throws: FileError.self) { try SafetensorsContent.file(SafetensorsContent.bytes(header: header)) }
        #expect(error?.reason == .damaged(offset: 8 + 18, expected: "UTF-8", found: "other bytes"))
    }

    @Test(arguments: [0, 2, 7]) func aFileShorterThanItsLengthField(length: Int) throws {
        let error = #expect(throws: FileError.self) { try SafetensorsContent.file([UInt8](repeating: 0, count: length)) }
        #expect(error?.reason == .damaged(offset: 0, expected: "8 bytes of header length", found: "\(length) bytes"))
    }

    @Test(arguments: [3, 1 << 32, UInt64(Int.max) - 7, UInt64(Int.max), .max]) func aHeaderLengthBeyondTheFile(length: UInt64) throws {
        let content = withUnsafeBytes(of: length.littleEndian, Array.init) + Array("{}".utf8)
        let error = #expect(throws: FileError.self) { try SafetensorsContent.file(content) }
        #expect(error?.reason == .damaged(offset: 0, expected: "a header of at most 2 bytes", found: "\(length)"))
    }

    @Test(arguments: ["[", "{\"a\":", "{\"__metadata__\":{\"a\":[", "{\"a\":{\"shape\":["]) func deepNestingEndsAtOnce(opening: String) throws {
        let content = SafetensorsContent.bytes(header: String(repeating: opening, count: 10_000))
        #expect(throws: FileError.self) { try SafetensorsContent.file(content) }
    }

    @Test func controlCharactersOfAFileReachNoTerminal() throws {
        let error = #expect(throws: FileError.self) { try SafetensorsContent.file(SafetensorsContent.bytes(header: #"{"\u001b[31m\u009b":{}}"#)) }
        #expect(error?.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } == true)
    }

    @Test func everyTruncationIsAnError() throws {
        for length in 0..<SafetensorsContent.recorded.count {
            #expect(throws: FileError.self, "\(length) bytes") { try SafetensorsContent.file(Array(SafetensorsContent.recorded.prefix(length))) }
        }
    }

    /// Flipped bits, moved and repeated stretches: an error, or a file that holds together and can be read to its last element.
    @Test func noDamageTraps() throws {
        var generator = SeededGenerator(seed: 11)
        var refused = 0
        for _ in 0..<3000 {
            var content = SafetensorsContent.recorded
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<content.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: content[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: content[at] = Array("{}[]\",:0129\\eu".utf8).randomElement(using: &generator) ?? 0
                case 2: content.removeSubrange(at..<min(content.count, at + Int.random(in: 1...9, using: &generator)))
                default: content.insert(contentsOf: content[at..<min(content.count, at + Int.random(in: 1...9, using: &generator))], at: at)
                }
                if content.isEmpty { content = [0] }
            }
            do throws(FileError) {
                let file = try SafetensorsContent.file(content)
                for tensor in file.tensors {
                    #expect(tensor.bytes.upperBound <= content.count && tensor.bytes.count == tensor.count * tensor.type.size)
                    if let values = try? file.floats(of: tensor.name) { #expect(values.count == tensor.count) }
                    if let values = try? file.int8s(of: tensor.name) { #expect(values.count == tensor.count) }
                }
            } catch {
                refused += 1
            }
        }
        // Most damage must show; what only changes a value or a name cannot.
        #expect(refused > 1500 && refused < 3000, "\(refused)")
    }
}
