import CKernels
import Testing

/// The tests that lower the level of the kernels. There is one level for the whole process, so they run one after another; other suites may run beside
/// them, since a level is to change speed and nothing else.
@Suite(.serialized) enum KernelTests {
    /// Half a unit in the last place of 1: the relative error of one rounding.
    static let roundoff: Float = 0x1p-24

    /// What `compute` gives at the highest level, after holding every lower one to the same bytes.
    static func atEveryLevel(_ what: @autoclosure () -> String, _ location: SourceLocation = #_sourceLocation, _ compute: () -> [Float]) -> [Float] {
        defer { ck_limit_level(CK_AVX512_VNNI) }
        ck_limit_level(CK_AVX512_VNNI)
        let best = compute()
        for level in 0..<ck_level_available().rawValue {
            ck_limit_level(ck_level(level))
            let lower = compute()
            let differing = zip(best, lower).count { $0.bitPattern != $1.bitPattern }
            #expect(
                lower.count == best.count && differing == 0,
                "\(what()): \(differing) values differ at level \(String(cString: ck_level_name(ck_level_in_use())))",
                sourceLocation: location)
        }
        return best
    }

    /// Values that rounding, exponentials and scales trip over, among them the least numbers above 0 and the greatest that a model may hold.
    static let extremes: [Float] = [
        0, -0.0, 1e4, -1e4, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0x1p-133, .leastNormalMagnitude, 1, -1, 87, -87, 88.8, -104,
    ]
}

/// Memory around an output that no kernel may touch: rows lie further apart than they are wide.
struct GuardedRows {
    static let untouched: Float = -12345.5
    let width: Int
    let stride: Int
    var values: [Float]

    init(rows: Int, width: Int) {
        self.width = width
        stride = width + 3
        values = Array(repeating: Self.untouched, count: rows * stride + 16)
    }

    /// The rows, or nothing where something was written beside them.
    func rows(_ count: Int) -> [Float]? {
        let written = (0..<count).flatMap { values[$0 * stride..<$0 * stride + width] }
        let beside = values.indices.filter { $0 >= count * stride || $0 % stride >= width }
        return beside.allSatisfy { values[$0] == Self.untouched } ? written : nil
    }
}

extension KernelTests {
    @Test static func aLevelAboveTheAvailableOneIsCut() {
        defer { ck_limit_level(CK_AVX512_VNNI) }
        for level in 0...CK_AVX512_VNNI.rawValue {
            ck_limit_level(ck_level(level))
            #expect(ck_level_in_use().rawValue == min(level, ck_level_available().rawValue))
        }
    }
}
