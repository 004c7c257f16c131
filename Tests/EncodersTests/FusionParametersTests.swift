import Foundation
import TestSupport
import Testing

@testable import Encoders

/// What is kept with a model of how its similarities count.
@Suite struct FusionParametersTests {
    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        var parameters = FusionParameters()
        parameters.reading = .init()
        parameters.reading.leastSimilarity = 0.68
        parameters.reading.neighbours = 12
        parameters.likeness.weight = 0.07
        parameters.descriptors = .init(words: 5, cosine: 13.25, tags: -0.5, windows: 2, empty: .init(bias: 15, coverage: -1, cosine: 2, length: -2))
        try parameters.write(folder: folder.path)
        #expect(try FusionParameters.read(folder: folder.path) == parameters)
    }

    @Test func aModelWithoutTheFileIsUsedAsUsual() throws {
        #expect(try FusionParameters.read(folder: TemporaryFolder().path) == .standard)
        #expect(FusionParameters.standard.descriptors == nil && FusionParameters.standard.isSound)
    }

    /// The key that is wrong, for every value that is out of its range or missing.
    @Test(
        arguments: [
            ("reading.leastSimilarity", #""leastSimilarity":0.3"#, #""leastSimilarity":-3"#),
            ("reading.certainSimilarity", #""certainSimilarity":0.7"#, #""certainSimilarity":0.3"#),
            ("reading.certainSimilarity", #""certainSimilarity":0.7"#, #""certainSimilarity":1.5"#),
            ("reading.neighbours", #""neighbours":40"#, #""neighbours":0"#), ("reading.neighbours", #""neighbours":40"#, #""neighbours":"many""#),
            ("reading.temperature", #""temperature":0.1"#, #""temperature":0"#),
            ("reading.priorExponent", #""priorExponent":0.3"#, #""prior":0.3"#), ("likeness.full", #""full":0.85"#, #""full":0.1"#),
            ("likeness.weight", #""weight":0.03"#, #""weight":0.9"#), ("likeness", #""likeness""#, #""likely""#),
        ]) func whatIsWrongIsNamed(key: String, sound: String, wrong: String) throws
    {
        let whole =
            #"{"reading":{"leastSimilarity":0.3,"certainSimilarity":0.7,"neighbours":40,"temperature":0.1,"priorExponent":0.3},"#
            + #""likeness":{"least":0.2,"full":0.85,"weight":0.03}}"#
        #expect(try FusionParameters.read(Data(whole.utf8), path: "x") == .standard)
        let text = whole.replacing(sound, with: wrong)
        #expect(text != whole)
        let error = #expect(throws: ModelError.self) { try FusionParameters.read(Data(text.utf8), path: "x/fusion.json") }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("x/fusion.json: \(key): expected "), "\(String(describing: error))")
    }

    @Test(arguments: ["", "[]", "{", "\u{0}"]) func somethingElseIsAnError(text: String) {
        #expect(throws: ModelError.self) { try FusionParameters.read(Data(text.utf8), path: "x") }
    }

    @Test func certaintyRisesFromLeastToCertain() {
        var reading = FusionParameters.Reading()
        (reading.leastSimilarity, reading.certainSimilarity) = (0.6, 0.8)
        #expect(reading.certainty(of: 0.59) == nil && reading.certainty(of: .nan) == nil)
        #expect(reading.certainty(of: 0.6) == 0 && reading.certainty(of: 0.9) == 1)
        #expect(abs((reading.certainty(of: 0.7) ?? 0) - 0.5) < 1e-12)
    }
}
