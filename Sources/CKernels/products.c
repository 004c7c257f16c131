// The levels of products.inc, and the choice among them at run time.
#include "products.h"
#include "dispatch.h"
#include "linear.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Multiply-adds are fused where the kernels say so and nowhere else.
#pragma STDC FP_CONTRACT OFF

#define CK_NATIVE 0

#define CK_ROWS 2
#define CK_ROUNDED 0
#define CK(name) portable_##name
#include "products.inc"
#undef CK
#undef CK_ROUNDED
#define CK_ROUNDED 1
#define CK(name) portable_rounded_##name
#include "products.inc"
#undef CK

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK(name) avx2_rounded_##name
#include "products.inc"
#undef CK
#undef CK_ROUNDED
#define CK_ROUNDED 0
#define CK(name) avx2_##name
#include "products.inc"
#undef CK
#pragma clang attribute pop

#undef CK_ROWS
#define CK_ROWS CK_PRODUCT_TILE

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#define CK(name) avx512_##name
#include "products.inc"
#undef CK
#undef CK_ROUNDED
#define CK_ROUNDED 1
#define CK(name) avx512_rounded_##name
#include "products.inc"
#undef CK
#pragma clang attribute pop

#undef CK_NATIVE
#define CK_NATIVE 1

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma"))), apply_to = function)
#define CK(name) native_rounded_##name
#include "products.inc"
#undef CK
#pragma clang attribute pop

int ck_bf16_native(void) { return __builtin_cpu_supports("avx512bf16") && ck_level_available() == CK_AVX512_VNNI; }

// Every processor with instructions for bfloat16 has those of the highest level; a lower one in use emulates them.
#define CHOOSE_PRODUCT(name, ...)                                                                                                                        \
    switch (ck_level_in_use()) {                                                                                                                         \
    case CK_AVX512_VNNI:                                                                                                                                 \
    case CK_AVX512:                                                                                                                                      \
        if (!rounded) return avx512_##name(__VA_ARGS__);                                                                                                 \
        return ck_level_in_use() == CK_AVX512_VNNI && ck_bf16_native() ? native_rounded_##name(__VA_ARGS__) : avx512_rounded_##name(__VA_ARGS__);        \
    case CK_AVX2: return rounded ? avx2_rounded_##name(__VA_ARGS__) : avx2_##name(__VA_ARGS__);                                                          \
    default: return rounded ? portable_rounded_##name(__VA_ARGS__) : portable_##name(__VA_ARGS__);                                                       \
    }

#else

int ck_bf16_native(void) { return 0; }

#define CHOOSE_PRODUCT(name, ...) return rounded ? portable_rounded_##name(__VA_ARGS__) : portable_##name(__VA_ARGS__);

#endif

size_t ck_product_packed_size(size_t n, size_t k, int rounded) {
    return (n + CK_PANEL - 1) / CK_PANEL * CK_PANEL * (rounded ? (k + 1) / 2 : k) * sizeof(uint32_t);
}

size_t ck_product_room(void) { return (size_t)CK_PRODUCT_BLOCK * CK_PRODUCT_DEPTH * sizeof(uint32_t); }

void ck_product_pack(const float *b, size_t b_step, size_t b_column, size_t n, size_t k, int rounded, void *packed, size_t first_panel, size_t last_panel) {
    CHOOSE_PRODUCT(pack, b, b_step, b_column, n, k, packed, first_panel, last_panel)
}

void ck_product(const float *x, size_t x_row, size_t x_step, const void *packed, const float *bias, size_t m, size_t n, size_t k, int rounded,
                int accumulate, float *out, size_t out_stride, void *room) {
    CHOOSE_PRODUCT(product, x, x_row, x_step, packed, bias, m, n, k, accumulate, out, out_stride, room)
}
