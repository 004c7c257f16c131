import Foundation
import TestSupport
import Testing

@testable import SearchService

@Suite struct JSONTests {
    @Test(arguments: [
        ("null", "null"), (" [ ] ", "[]"), ("{}", "{}"), (#"{"a":[1,2.5,-3e2,true,false,null,"x"]}"#, #"{"a":[1,2.5,-300,true,false,null,"x"]}"#),
        (#""\u00e9\ud83c\udfb7\n\t\/""#, #""é🎷\n\t/""#), ("0", "0"), ("-0.5", "-0.5"), ("1e-7", "1e-07"), (#""\u0001""#, #""\u0001""#),
    ]) func whatIsReadIsWrittenAgain(text: String, written: String) throws {
        #expect(try JSONValue(json: text.utf8).json == written)
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("{'a':1}", 1), ("nul", 0), ("NaN", 0), ("Infinity", 0), ("01", 2), ("1.", 2), (".5", 0), ("+1", 0),
        ("1e999", 0), ("-1e999", 0), ("\"", 1), ("\"\u{1}\"", 1), (#""\x""#, 2), (#""\ud800""#, 7), (#""\ud800\u0041""#, 13), ("[1] 2", 4), ("tru e", 0),
        (#"{"a":1,"a":2}"#, 10), ("[1 2]", 3), ("{\"a\" 1}", 5), ("// x", 0),
    ]) func whatIsNoJSONIsNamedWithItsPlace(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(json: text.utf8) }
        #expect(error?.offset == offset, "\(error?.description ?? "")")
    }

    @Test(arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]])
    func brokenUTF8IsNamed(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(json: bytes) }
    }

    @Test func nestingHasAnEnd() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func nested(_ depth: Int) -> String { String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth) }
            #expect(throws: Never.self) { try JSONValue(json: nested(JSONValue.deepest).utf8) }
            #expect(throws: JSONError.self) { try JSONValue(json: nested(JSONValue.deepest + 1).utf8) }
            #expect(throws: JSONError.self) { try JSONValue(json: String(repeating: open, count: 200_000).utf8) }
        }
    }

    static func value(_ random: inout SeededGenerator, depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0...(depth > 3 ? 4 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .number(Double.random(in: -1e6...1e6, using: &random))
        case 3: .number(Double(Int.random(in: -1_000_000...1_000_000, using: &random)))
        case 4: .string(String((0..<Int.random(in: 0...8, using: &random)).map { _ in "aé🎷\"\\\n\u{1}/日 ".randomElement(using: &random) ?? "a" }))
        case 5: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth + 1) })
        default: .object((0..<Int.random(in: 0...4, using: &random)).map { .init("k\($0)", value(&random, depth: depth + 1)) })
        }
    }

    @Test(arguments: 0..<10) func anyValueReadsBack(block: UInt64) throws {
        var random = SeededGenerator(seed: 70 + block)
        for _ in 0..<100 {
            let value = Self.value(&random)
            #expect(try JSONValue(json: value.json.utf8) == value)
            // Another reader reads the same.
            let other = try JSONSerialization.jsonObject(with: Data(value.json.utf8), options: .fragmentsAllowed)
            let again = try JSONSerialization.data(withJSONObject: other, options: .fragmentsAllowed)
            #expect(try JSONValue(json: again).sorted == value.sorted)
        }
    }

    /// Texts with a byte changed: what this reads, Foundation reads too, to the same value.
    @Test(arguments: 0..<10) func aChangedByteIsReadAlikeOrRefused(block: UInt64) throws {
        var random = SeededGenerator(seed: 170 + block)
        for _ in 0..<300 {
            var bytes = Array(Self.value(&random).json.utf8)
            guard !bytes.isEmpty else { continue }
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let value = try? JSONValue(json: bytes) else { continue }
            let other = try #require(
                try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed), "\(String(decoding: bytes, as: UTF8.self))")
            let again = try JSONSerialization.data(withJSONObject: other, options: .fragmentsAllowed)
            #expect(try JSONValue(json: again).sorted == value.sorted, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}

extension JSONValue {
    /// With members in the order of their names: other writers keep no order.
    var sorted: JSONValue {
        switch self {
        case .object(let members): .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
        case .array(let values): .array(values.map(\.sorted))
        default: self
        }
    }
}
