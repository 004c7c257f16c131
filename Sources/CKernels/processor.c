#include "processor.h"

#include <stdatomic.h>

static ck_level detect(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    // The builtins also ask the operating system (XGETBV) whether it saves the wide registers.
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return CK_PORTABLE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl")
        || !__builtin_cpu_supports("avx512dq"))
        return CK_AVX2;
    return __builtin_cpu_supports("avx512vnni") ? CK_AVX512_VNNI : CK_AVX512;
#else
    return CK_PORTABLE;
#endif
}

// -1: not asked yet. Two threads may both detect; they find the same.
static _Atomic int available = -1;
static _Atomic int limit = CK_AVX512_VNNI;

ck_level ck_level_available(void) {
    int level = atomic_load_explicit(&available, memory_order_relaxed);
    if (level < 0) {
        level = detect();
        atomic_store_explicit(&available, level, memory_order_relaxed);
    }
    return (ck_level)level;
}

ck_level ck_level_in_use(void) {
    int level = ck_level_available(), cap = atomic_load_explicit(&limit, memory_order_relaxed);
    return (ck_level)(level < cap ? level : cap);
}

void ck_limit_level(ck_level level) { atomic_store_explicit(&limit, level, memory_order_relaxed); }

const char *ck_level_name(ck_level level) {
    switch (level) {
    case CK_PORTABLE: return "portable";
    case CK_AVX2: return "AVX2";
    case CK_AVX512: return "AVX-512";
    case CK_AVX512_VNNI: return "AVX-512 VNNI";
    }
    return "unknown";
}
