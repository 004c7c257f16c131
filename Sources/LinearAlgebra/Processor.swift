import CKernels

/// The kernels in use on this processor.
public enum Processor {
    /// `AVX-512 VNNI`, `AVX-512`, `AVX2` or `portable`.
    public static var kernels: String { String(cString: ck_level_name(ck_level_in_use())) }

    /// Whether there are instructions for products in bfloat16. Without, `Product.Precision.bfloat16` gives the same results, no faster than float32 could be.
    public static var hasBFloat16: Bool { ck_bf16_native() != 0 }
}
