import Foundation
import NeuralNetworks
import Storage
import Testing

@Suite struct SafetensorsFileTests {
    @Test func aFileOfTheReferenceImplementation() throws {
        let file = try SafetensorsContent.file(SafetensorsContent.recorded)
        #expect(file.metadata == ["note": "é \"x\"\n"])
        #expect(
            file.tensors.map { "\($0.name) \($0.type) \($0.shape) \($0.bytes.count)" } == [
                "ids I64 [2] 16", "d F64 [] 8", "a.weight F32 [2, 3] 24", "none F32 [0, 4] 0", "b BF16 [2] 4", "a.bias F16 [2] 4", "q I8 [1, 3] 3",
                "m BOOL [2] 2",
            ])
        #expect(try file.floats(of: "a.weight") == [1, -2.5, 3, 0, 1e-30, 65504])
        #expect(try file.floats(of: "a.bias") == [0.5, -0.25])
        #expect(try file.floats(of: "b") == [3.140625, Float(-1.0002555517425873e+30)])
        #expect(try file.floats(of: "d") == [1e-3])
        #expect(try file.floats(of: "none") == [])
        #expect(try file.int8s(of: "q") == [-128, 127, 0])
        #expect(file["absent"] == nil)
    }

    @Test func theSmallestFileHasNoTensors() throws {
        #expect(try SafetensorsContent.file(SafetensorsContent.bytes(header: "{}")).tensors.isEmpty)
    }

    /// Every half, by the definition of the format: sign, 5 bits of exponent with bias 15, 10 of fraction; subnormals below 2⁻¹⁴.
    @Test func everyHalfIsConvertedExactly() throws {
        let bits = (0...UInt16.max).filter { $0 & 0x7C00 != 0x7C00 }
        let values = try SafetensorsContent.file(type: "F16", bits).floats(of: "a")
        for (bits, value) in zip(bits, values) {
            let exponent = Int(bits >> 10 & 31), fraction = Double(bits & 1023)
            let magnitude = exponent == 0 ? fraction * 0x1p-24 : (1 + fraction / 1024) * exp2(Double(exponent - 15))
            #expect(value == Float(bits >> 15 == 1 ? -magnitude : magnitude), "\(bits)")
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func aWeightThatIsNoNumberIsNamed(weight: Float) throws {
        let error = #expect(throws: WeightsError.self) { try SafetensorsContent.file(type: "F32", [1, weight, 2]).floats(of: "a") }
        #expect(error == WeightsError(path: "weights", problems: [.init(name: "a", .nonFinite(index: 1, found: "\(weight)"))]))
        #expect(error?.description == "weights: 1 tensor does not fit the model:\n  not finite: 'a': element 1 is \(weight)")
    }

    @Test func aHalfThatIsNoNumberIsNamed() throws {
        for (type, bits) in [("F16", [0, 0, 0x7C00]), ("F16", [0, 0, 0x7E00]), ("BF16", [0, 0, 0xFF80]), ("BF16", [0, 0, 0x7FC0])] as [(String, [UInt16])] {
            let error = #expect(throws: WeightsError.self) { try SafetensorsContent.file(type: type, bits).floats(of: "a") }
            guard case .nonFinite(index: 2, _)? = error?.problems.first?.reason else { Issue.record("\(type): \(String(describing: error))"); continue }
        }
    }

    @Test func aDoubleBeyondFloatIsNamedAsItStands() throws {
        let error = #expect(throws: WeightsError.self) { try SafetensorsContent.file(type: "F64", [1e300]).floats(of: "a") }
        #expect(error?.problems == [.init(name: "a", .nonFinite(index: 0, found: "1e+300"))])
    }

    @Test func theWrongTypeAndTheWrongNameAreErrors() throws {
        let file = try SafetensorsContent.file(SafetensorsContent.recorded)
        let floats: [ElementType] = [.float64, .float32, .float16, .bfloat16]
        #expect(throws: WeightsError(path: "weights", problems: [.init(name: "q", .mistyped(expected: floats, found: .int8))])) { try file.floats(of: "q") }
        #expect(throws: WeightsError(path: "weights", problems: [.init(name: "d", .mistyped(expected: [.int8], found: .float64))])) { try file.int8s(of: "d") }
        #expect(throws: WeightsError(path: "weights", problems: [.init(name: "no", .missing(expected: nil))])) { try file.floats(of: "no") }
    }

    /// The data begin wherever the header ends: nothing may load them as if aligned.
    @Test func tensorsNeedNotBeAligned() throws {
        for padding in 0..<8 {
            let header = #"{"z":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
            let data: [UInt8] = [7] + [Float(1.5), -3].withUnsafeBytes(Array.init)
            let file = try SafetensorsContent.file(SafetensorsContent.bytes(header: header + String(repeating: " ", count: padding), data: data))
            #expect(try file.floats(of: "a") == [1.5, -3])
        }
    }

    @Test(.enabled(if: weights != nil, "needs DESCANT_MINILM, a folder with all-MiniLM-L6-v2")) func theRealWeightsAreReadWhole() throws {
        let file = try SafetensorsFile(path: try #require(weights) + "/model.safetensors")
        #expect(file.tensors.count == 104)
        #expect(file["embeddings.word_embeddings.weight"]?.shape == [30522, 384])
        #expect(try file.floats(of: "embeddings.LayerNorm.weight").count == 384)
    }
}

private let weights = ProcessInfo.processInfo.environment["DESCANT_MINILM"]
