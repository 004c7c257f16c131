// The levels of bfloat16.inc, and the choice among them at run time.
#include "bfloat16.h"
#include "dispatch.h"
#include "linear.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Multiply-adds are fused where the kernels say so and nowhere else.
#pragma STDC FP_CONTRACT OFF

#define CK_NATIVE 0

#define CK(name) portable_##name
#define CK_ROWS 2
#include "bfloat16.inc"
#undef CK
#undef CK_ROWS

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK(name) avx2_##name
#define CK_ROWS 2
#include "bfloat16.inc"
#undef CK
#undef CK_ROWS
#pragma clang attribute pop

#define CK_ROWS CK_BF16_TILE

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define CK(name) avx512_##name
#include "bfloat16.inc"
#undef CK
#pragma clang attribute pop

#undef CK_NATIVE
#define CK_NATIVE 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma"))), apply_to = function)
#define CK(name) native_##name
#include "bfloat16.inc"
#undef CK
#pragma clang attribute pop

int ck_bf16_native(void) { return __builtin_cpu_supports("avx512bf16") && ck_level_available() == CK_AVX512_VNNI; }

// Every processor with these instructions has those of the highest level; a lower one in use emulates them.
#define CHOOSE_BF16(name, ...)                                                                                                                           \
    switch (ck_level_in_use()) {                                                                                                                         \
    case CK_AVX512_VNNI: return ck_bf16_native() ? native_##name(__VA_ARGS__) : avx512_##name(__VA_ARGS__);                                              \
    case CK_AVX512: return avx512_##name(__VA_ARGS__);                                                                                                   \
    case CK_AVX2: return avx2_##name(__VA_ARGS__);                                                                                                       \
    default: return portable_##name(__VA_ARGS__);                                                                                                        \
    }

#else

int ck_bf16_native(void) { return 0; }

#define CHOOSE_BF16(name, ...) return portable_##name(__VA_ARGS__);

#endif

size_t ck_bf16_packed_size(size_t n, size_t k) { return (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL * ((k + 1) / 2) * sizeof(uint32_t); }

size_t ck_bf16_room(void) { return (size_t)CK_BF16_BLOCK * (CK_BF16_DEPTH / 2) * sizeof(uint32_t); }

void ck_bf16_pack(const float *b, size_t b_step, size_t b_column, size_t n, size_t k, void *packed, size_t first_panel, size_t last_panel) {
    CHOOSE_BF16(pack, b, b_step, b_column, n, k, packed, first_panel, last_panel)
}

void ck_matmul_bf16(const float *x, size_t x_row, size_t x_step, const void *packed, const float *bias, size_t m, size_t n, size_t k, int accumulate,
                    float *out, size_t out_stride, void *room) {
    CHOOSE_BF16(matmul, x, x_row, x_step, packed, bias, m, n, k, accumulate, out, out_stride, room)
}
