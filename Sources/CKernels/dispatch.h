// What every file of kernels shares: vector types, and the choice of a level at run time.
#ifndef CK_DISPATCH_H
#define CK_DISPATCH_H

#include "processor.h"

#include <stdint.h>

typedef float v16f __attribute__((vector_size(64), aligned(4)));
typedef float v8f __attribute__((vector_size(32), aligned(4)));
typedef float v4f __attribute__((vector_size(16), aligned(4)));
typedef int32_t v16i __attribute__((vector_size(64), aligned(4)));
typedef uint8_t v16b __attribute__((vector_size(16), aligned(1)));

// Vectors cross function borders only where everything is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#define CHOOSE(name, ...)                                                                                                                                \
    switch (ck_level_in_use()) {                                                                                                                         \
    case CK_AVX512_VNNI: return vnni_##name(__VA_ARGS__);                                                                                                \
    case CK_AVX512: return avx512_##name(__VA_ARGS__);                                                                                                   \
    case CK_AVX2: return avx2_##name(__VA_ARGS__);                                                                                                       \
    default: return portable_##name(__VA_ARGS__);                                                                                                        \
    }
#else
#define CHOOSE(name, ...) return portable_##name(__VA_ARGS__);
#endif

#endif
