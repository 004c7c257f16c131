import NeuralNetworks
import Storage
import Testing

@Suite struct TensorReaderTests {
    private func file(_ tensors: (inout SafetensorsWriter) -> Void) throws -> SafetensorsFile {
        var writer = SafetensorsWriter()
        tensors(&writer)
        let folder = try TemporaryFolder()
        try writer.write(to: folder.path("w"))
        return try SafetensorsFile(path: folder.path("w"))
    }

    @Test func scopesMakeNames() throws {
        let file = try file {
            $0.add("encoder.layer.0.weight", shape: [2, 1], [1, 2] as [Float])
            $0.add("encoder.layer.0.codes", shape: [2], [3, 4] as [Int8])
            $0.add("top", shape: [], [5] as [Float])
        }
        let reader = TensorReader(file)
        let layer = reader.scope("encoder").scope("layer.0")
        #expect(layer.tensor("weight", shape: [2, 1]) == [1, 2])
        #expect(layer.quantizedTensor("codes", shape: [2]) == [3, 4])
        #expect(reader.tensor("top", shape: []) == [5])
        try reader.finish()
        // A tied weight is read twice.
        #expect(reader.tensor("top", shape: []) == [5])
        try layer.finish()
    }

    @Test func oneErrorSaysAllThatIsWrong() throws {
        let bad: [Float] = [0, .nan]
        let data = bad.withUnsafeBytes(Array.init) + [UInt8](repeating: 0, count: 4 + 8 + 16)
        let header = """
            {"nan":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"codes":{"dtype":"U8","shape":[4],"data_offsets":[8,12]},\
            "turned":{"dtype":"F32","shape":[1,2],"data_offsets":[12,20]},"left.over":{"dtype":"I64","shape":[2],"data_offsets":[20,36]}}
            """
        let reader = TensorReader(try SafetensorsContent.file(SafetensorsContent.bytes(header: header, data: data)))
        #expect(reader.tensor("absent", shape: [2, 3]) == [0, 0, 0, 0, 0, 0])
        #expect(reader.tensor("turned", shape: [2, 1]) == [0, 0])
        #expect(reader.tensor("nan", shape: [2]) == [0, 0])
        #expect(reader.tensor("codes", shape: [4]) == [0, 0, 0, 0])
        let error = #expect(throws: WeightsError.self) { try reader.finish() }
        #expect(
            error?.description == """
                weights: 5 tensors do not fit the model:
                  missing: 'absent' [2, 3]
                  misshapen: 'turned': expected [2, 1], found [1, 2]
                  not finite: 'nan': element 1 is nan
                  mistyped: 'codes': expected F64, F32, F16, BF16, found U8
                  unexpected: 'left.over' I64 [2]
                """)
    }

    @Test func ignoredNamesMayStandUnread() throws {
        let file = try file {
            for name in ["a", "pooler.dense.weight", "pooler.bias", "poolers.bias", "pooler"] { $0.add(name, shape: [1], [1] as [Float]) }
        }
        let reader = TensorReader(file, ignoring: ["a", "pooler.*"])
        let error = #expect(throws: WeightsError.self) { try reader.scope("x").finish() }
        #expect(error?.problems.map(\.name) == ["pooler", "poolers.bias"])
    }
}
