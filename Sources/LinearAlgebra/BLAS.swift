import CKernels
import Glibc

/// OpenBLAS, found at run time: the only place that calls it.
///
/// Debian's OpenBLAS 0.3.21 takes processors newer than itself for a "Prescott" and then multiplies five times too slowly. It reads the core type from the
/// environment while it is being loaded, so the type is set from CPUID here, before `dlopen`; a type that the user has set stays.
/// OpenBLAS itself runs on one thread: rows are split by `ThreadTeam` into blocks that follow from the shape alone, so that one and two threads give the same
/// bytes.
public final class BLAS: Sendable {
    /// `nil` where no OpenBLAS is installed.
    public static let shared = BLAS()

    /// What OpenBLAS says it runs as, for example `SkylakeX`.
    public let coreType: String
    /// Its version and build options.
    public let configuration: String

    private typealias SGEMM =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32, Float, UnsafeMutablePointer<Float>, Int32
        ) -> Void
    private typealias Text = @convention(c) () -> UnsafePointer<CChar>?

    private let sgemm: SGEMM

    private init?() {
        if ck_level_available().rawValue >= CK_AVX512.rawValue {
            setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 0)
        } else if ck_level_available().rawValue >= CK_AVX2.rawValue {
            setenv("OPENBLAS_CORETYPE", "HASWELL", 0)
        }
        guard let library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL), let multiply = dlsym(library, "cblas_sgemm"),
            let setThreads = dlsym(library, "openblas_set_num_threads"), let core = dlsym(library, "openblas_get_corename"),
            let configuration = dlsym(library, "openblas_get_config")
        else { return nil }
        sgemm = unsafeBitCast(multiply, to: SGEMM.self)
        unsafeBitCast(setThreads, to: (@convention(c) (Int32) -> Void).self)(1)
        coreType = unsafeBitCast(core, to: Text.self)().map { String(cString: $0) } ?? "unknown"
        self.configuration = unsafeBitCast(configuration, to: Text.self)().map { String(cString: $0) } ?? "unknown"
    }

    /// `out[rows][columns] = a[rows][inner] · b[inner][columns]`, all row-major.
    func multiply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, rows: Int, inner: Int, columns: Int, into out: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        let rowMajor: Int32 = 101
        let plain: Int32 = 111
        nonisolated(unsafe) let (a, b, out) = (a, b, out)
        // OpenBLAS rounds a row differently with the number of rows it is given. Eight blocks are enough for the threads of a team; smaller ones are slower.
        let rowsAtOnce = max(128, (rows + 7) / 8)
        team.split((rows + rowsAtOnce - 1) / rowsAtOnce) { blocks in
            for block in blocks {
                let first = block * rowsAtOnce
                sgemm(
                    rowMajor, plain, plain, Int32(min(rowsAtOnce, rows - first)), Int32(columns), Int32(inner), 1, a + first * inner, Int32(inner), b,
                    Int32(columns), 0, out + first * columns, Int32(columns))
            }
        }
    }
}
