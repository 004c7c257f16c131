import Evaluation
import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

@Suite struct RunsProgressTests {
    // MARK: The line

    @Test func theLineByHand() {
        var meter = ProgressMeter(stage: "distill")
        #expect(meter.line(width: 80) == "distill")
        meter.update(StageProgress(100, of: 500, unit: "steps", loss: 2), at: 10)
        // Gone on with at 100: no rate before there is a second report.
        #expect(meter.line(width: 80) == "distill  100/500 steps  20 %  loss 2.00")
        meter.update(StageProgress(150, of: 500, unit: "steps", loss: 1), at: 20)
        #expect(meter.line(width: 80) == "distill  150/500 steps  30 %  5.0/s  1 min 10 s left  loss 1.50")
        for step in 151...160 { meter.update(StageProgress(step, of: 500, unit: "steps", loss: 0.5), at: 22) }
        #expect(meter.line(width: 80) == "distill  160/500 steps  32 %  5.0/s  1 min 08 s left  loss 0.500 █▁")  // means of five: 0.9, 0.5
        #expect(meter.line(width: 66) == "distill  160/500 steps  32 %  5.0/s  1 min 08 s left  loss 0.500")
        #expect(meter.line(width: 7) == "distill")
    }

    @Test func withoutAnEndThereIsNoTimeLeft() {
        var meter = ProgressMeter(stage: "mine")
        meter.update(StageProgress(0, unit: "requests"), at: 0)
        meter.update(StageProgress(4000, unit: "requests"), at: 2)
        #expect(meter.line(width: 80) == "mine  4000 requests  2000/s")
        // Another part of the work begins to count anew.
        meter.update(StageProgress(1, of: 3, unit: "passes"), at: 3)
        #expect(meter.line(width: 80) == "mine  1/3 passes  33 %")
        meter.update(StageProgress(2, of: 3, unit: "passes"), at: 63)
        #expect(meter.line(width: 80) == "mine  2/3 passes  66 %  1.0/min  1 min 00 s left")
    }

    /// Law: at a steady pace the rate is that pace, however the reports fall; after a change of pace the old one is forgotten.
    @Test func theRateIsThatOfNow() throws {
        var generator = SeededGenerator(seed: 3)
        var meter = ProgressMeter(stage: "x")
        var time = 0.0
        for _ in 0..<400 {
            time += Double.random(in: 0.05...2, using: &generator)
            meter.update(StageProgress(Int(time * 1000), unit: "steps"), at: time)
        }
        #expect(abs(try #require(meter.rate) - 1000) < 2)
        let (turn, done) = (time, Int(time * 1000))
        while time < turn + 40 {
            time += 0.3
            meter.update(StageProgress(done + Int((time - turn) * 10), unit: "steps"), at: time)
        }
        #expect(abs(try #require(meter.rate) - 10) < 0.2)
    }

    @Test(arguments: [
        (0, "0 s"), (0.2, "1 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (3600, "1 h 00 min"), (86_000, "23 h 53 min"), (.infinity, "–"),
    ])
    func durations(seconds: Double, text: String) { #expect(ProgressMeter.duration(seconds) == text) }

    @Test(
        arguments: [
            (1.2345, "1.23"), (0.012345, "0.0123"), (12.345, "12.3"), (1234.5, "1235"), (-0.5, "-0.500"), (0.9999, "1.000"), (0, "0.0"), (.nan, "nan"),
        ] as [(Float, String)])
    func threeDigits(value: Float, text: String) { #expect(ProgressMeter.significant(value) == text) }

    @Test func blocksGoFromTheLeastToTheGreatest() {
        #expect(sparklineText([0, 1, 2, 3, 4, 5, 6, 7, 8] as [Float]) == "▁▂▃▄▅▆▇██")
        #expect(sparklineText([5, 5, 5] as [Float]) == "▁▁▁")
        #expect(sparklineText([3] as [Float]) == "")
        #expect(sparklineText([-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == "▁█")
    }

    @Test func theTraceIsSmoothedAndShort() {
        var trace = LossTrace()
        for step in 0..<10_000 { trace.append(step.isMultiple(of: 2) ? 0 : 2, of: 10_000) }
        // Means over a hundredth of the work: no zigzag is left.
        #expect(trace.latest == 1)
        #expect(trace.sparkline(width: 100) == String(repeating: "▁", count: 40))
        trace.append(.nan, of: 10_000)
        #expect(trace.latest == 1 && trace.sparkline(width: 3) == "▁▁▁" && trace.sparkline(width: 1).isEmpty && trace.sparkline(width: -4).isEmpty)
    }

    // MARK: losses.tsv

    private func record(_ step: Int, _ loss: Float) -> LossRecord {
        LossRecord(step: step, loss: loss, parts: [loss / 2, loss / 4], learningRate: 1e-5 * Float(step), seconds: Double(step) / 8)
    }

    /// Law: a log that was cut back and gone on with is the log that never stopped.
    @Test func goingOnGivesTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let whole = folder.path + "/whole.tsv", resumed = folder.path + "/resumed.tsv"
        var generator = SeededGenerator(seed: 5)
        let records = (1...50).map { record($0, Float.random(in: 0...1, using: &generator)) }
        func write(_ range: ClosedRange<Int>, to path: String) throws -> Double {
            let log = try LossLog(path: path, parts: ["margin", "list"], after: range.lowerBound - 1)
            for step in range { try log.append(records[step - 1]) }
            return log.seconds
        }
        _ = try write(1...50, to: whole)
        _ = try write(1...31, to: resumed)
        // A kill in the middle of a line.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: resumed))
        try file.seekToEnd()
        try file.write(contentsOf: Data("32\t0.7".utf8))
        try file.close()
        #expect(try LossCurve.read(resumed).records == Array(records[..<31]))
        #expect(try write(21...50, to: resumed) == 20.0 / 8)
        #expect(try Data(contentsOf: URL(fileURLWithPath: resumed)) == Data(contentsOf: URL(fileURLWithPath: whole)))
        let curve = try LossCurve.read(whole)
        #expect(curve.records == records && curve.parts == ["margin", "list"])
    }

    @Test func everyStepIsInTheFileAtOnce() throws {
        let folder = try TemporaryFolder()
        let log = try LossLog(path: folder.path + "/losses.tsv")
        for step in 1...3 {
            try log.append(LossRecord(step: step, loss: .nan, learningRate: 0.5, seconds: 0.0625))
            #expect(try LossCurve.read(folder.path + "/losses.tsv").records.count == step)
        }
        let text = try String(contentsOfFile: folder.path + "/losses.tsv", encoding: .utf8)
        #expect(text.hasPrefix("step\tloss\tlearning_rate\tseconds\n1\tnan\t0.5\t0.063\n"))
        #expect(try LossCurve.read(folder.path + "/losses.tsv").runningMean(window: 2).isEmpty)
    }

    @Test(arguments: [
        ("", 1), ("step\tloss\n", 1), ("step\tloss\tseconds\tlearning_rate\n", 1), ("step\tloss\tlearning_rate\tseconds\nx\n1\t1\t1\t1\n", 2),
        ("step\tloss\tlearning_rate\tseconds\n2\t1\t1\t1\n2\t1\t1\t1\n3\t1\t1\t1\n", 3), ("step\tloss\tlearning_rate\tseconds\n1\t1\t1\n2\t1\t1\t1\n", 2),
    ]) func damageIsNamedByLine(text: String, line: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "losses.tsv")
        let error = #expect(throws: LineError.self) { try LossCurve.read(path) }
        #expect(error?.line == line && error?.file == path)
    }

    @Test(arguments: ["\u{0}\u{0}\u{0}\n", "2\t0.5\t1\n", "2\t0.5\t1\t1", "1\t0.5\t1\t1\n"]) func aDamagedEndIsLeftOut(end: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("step\tloss\tlearning_rate\tseconds\n1\t0.25\t1\t1\n" + end, to: "losses.tsv")
        #expect(try LossCurve.read(path).records == [LossRecord(step: 1, loss: 0.25, learningRate: 1, seconds: 1)])
    }

    @Test func otherPartsAreRefused() throws {
        let folder = try TemporaryFolder()
        _ = try LossLog(path: folder.path + "/l.tsv", parts: ["margin"])
        #expect(throws: FileError.self) { _ = try LossLog(path: folder.path + "/l.tsv", parts: ["list"], after: 4) }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs a device that is always full")) func aFullDiskIsSaid() throws {
        let log = try LossLog(appendingTo: "/dev/full", parts: 0, seconds: 0)
        let error = #expect(throws: FileError.self) { try log.append(LossRecord(step: 1, loss: 1, learningRate: 1, seconds: 1)) }
        #expect(error == FileError(path: "/dev/full", .system(operation: "write", message: "No space left on device")))
    }

    @Test func meansByHand() {
        let losses: [Float] = [4, 2, .infinity, 6, 0]
        let curve = LossCurve(parts: [], records: losses.enumerated().map { LossRecord(step: $0 + 1, loss: $1, learningRate: 0, seconds: 0) })
        func points(_ window: Int, _ count: Int) -> [[Double]] { curve.runningMean(window: window, count: count).map { [Double($0.step), $0.loss] } }
        #expect(points(1, 9) == [[1, 4], [2, 2], [4, 6], [5, 0]])
        #expect(points(2, 9) == [[1, 4], [2, 3], [4, 4], [5, 3]])
        #expect(points(9, 9) == [[1, 4], [2, 3], [4, 4], [5, 3]])
        #expect(points(1, 2) == [[1, 4], [5, 0]])
        #expect(points(1, 3) == [[1, 4], [2, 2], [5, 0]])
    }

    @Test func meansOfAPart() {
        let curve = LossCurve(parts: ["margin", "list"], records: [record(1, 8), record(2, 16)])
        #expect(curve.runningMean(window: 2, part: 1).map(\.loss) == [2, 3])
    }
}
