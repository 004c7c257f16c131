import CKernels

/// The kernels in use on this processor.
public enum Processor {
    /// `AVX-512 VNNI`, `AVX-512`, `AVX2` or `portable`.
    public static var kernels: String { String(cString: ck_level_name(ck_level_in_use())) }
}
