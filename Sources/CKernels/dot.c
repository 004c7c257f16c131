// The levels of dot.inc, and the choice among them at run time.
#include "dispatch.h"
#include "dot.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef int8_t v16c __attribute__((vector_size(16), aligned(1)));

// Multiply-adds are fused where the kernels say so and nowhere else.
#pragma STDC FP_CONTRACT OFF

// Nothing greater than this in a vector: taken for zeros, since its inverse would be infinite.
#define CK_LEAST 1e-30f

// Rows named by ids are fetched so many ahead. Rows one after the other are not: the processor does that by itself, and better.
enum { PREFETCH_ROWS = 12 };

static inline __attribute__((always_inline)) void prefetch(const void *at, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)at + i, 0, 3);
}

static inline __attribute__((always_inline)) int32_t portable_i8(const int8_t *a, const int8_t *b, size_t n) {
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += (int32_t)a[i] * b[i];
    return sum;
}

#define CK(name) portable_##name
#define CK_I8_BEGIN(query, n) 0
#define CK_I8_DOT(query, row, n, number) ((void)(number), portable_i8(query, row, n))
#include "dot.inc"
#undef CK
#undef CK_I8_DOT

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
/// By way of 16 bits: the multiply-add of bytes saturates, this does not.
static inline __attribute__((always_inline)) int32_t avx2_i8(const int8_t *a, const int8_t *b, size_t n) {
    __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        for (int half = 0; half < 2; half++) {
            __m256i x = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(a + i + 16 * half)));
            __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(b + i + 16 * half)));
            sums[half] = _mm256_add_epi32(sums[half], _mm256_madd_epi16(x, y));
        }
    __m256i sum = _mm256_add_epi32(sums[0], sums[1]);
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1));
    return _mm_cvtsi128_si32(four) + portable_i8(a + i, b + i, n - i);
}
#define CK(name) avx2_##name
#define CK_I8_DOT(query, row, n, number) ((void)(number), avx2_i8(query, row, n))
#include "dot.inc"
#undef CK
#undef CK_I8_DOT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
static inline __attribute__((always_inline)) __mmask64 tail_mask(size_t count) { return ~0ull >> (64 - count); }

static inline __attribute__((always_inline)) __m512i avx512_madd(__m512i sum, __m512i x, __m512i y) {
    __m512i low = _mm512_madd_epi16(_mm512_cvtepi8_epi16(_mm512_castsi512_si256(x)), _mm512_cvtepi8_epi16(_mm512_castsi512_si256(y)));
    __m512i high = _mm512_madd_epi16(_mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(x, 1)), _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(y, 1)));
    return _mm512_add_epi32(sum, _mm512_add_epi32(low, high));
}
static inline __attribute__((always_inline)) int32_t avx512_i8(const int8_t *a, const int8_t *b, size_t n) {
    __m512i sum = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 64 <= n; i += 64) sum = avx512_madd(sum, _mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
    if (i < n) sum = avx512_madd(sum, _mm512_maskz_loadu_epi8(tail_mask(n - i), a + i), _mm512_maskz_loadu_epi8(tail_mask(n - i), b + i));
    return _mm512_reduce_add_epi32(sum);
}
#define CK(name) avx512_##name
#define CK_I8_DOT(query, row, n, number) ((void)(number), avx512_i8(query, row, n))
#include "dot.inc"
#undef CK
#undef CK_I8_BEGIN
#undef CK_I8_DOT
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))), apply_to = function)
/// 128 times the sum of the query. The instruction wants one side unsigned: shifting the rows by 128 (one XOR on the way) makes the correction a
/// number of the query alone, and rows need no stored sums.
static inline __attribute__((always_inline)) int32_t vnni_shift(const int8_t *query, size_t n) {
    __m512i sum = _mm512_setzero_si512(), shift = _mm512_set1_epi8((char)128);
    size_t i = 0;
    for (; i + 64 <= n; i += 64) sum = _mm512_dpbusd_epi32(sum, shift, _mm512_loadu_si512(query + i));
    if (i < n) sum = _mm512_dpbusd_epi32(sum, shift, _mm512_maskz_loadu_epi8(tail_mask(n - i), query + i));
    return _mm512_reduce_add_epi32(sum);
}
static inline __attribute__((always_inline)) int32_t vnni_i8(const int8_t *query, const int8_t *row, size_t n, int32_t shifted) {
    const __m512i sign = _mm512_set1_epi8((char)128);
    __m512i first = _mm512_setzero_si512(), second = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 128 <= n; i += 128) {
        first = _mm512_dpbusd_epi32(first, _mm512_xor_si512(_mm512_loadu_si512(row + i), sign), _mm512_loadu_si512(query + i));
        second = _mm512_dpbusd_epi32(second, _mm512_xor_si512(_mm512_loadu_si512(row + i + 64), sign), _mm512_loadu_si512(query + i + 64));
    }
    for (; i < n; i += 64) {
        __mmask64 mask = n - i < 64 ? tail_mask(n - i) : ~0ull;
        __m512i x = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row + i), sign);
        first = _mm512_dpbusd_epi32(first, x, _mm512_maskz_loadu_epi8(mask, query + i));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(first, second)) - shifted;
}
#define CK(name) vnni_##name
#define CK_I8_BEGIN(query, n) vnni_shift(query, n)
#define CK_I8_DOT(query, row, n, number) vnni_i8(query, row, n, number)
#include "dot.inc"
#undef CK
#undef CK_I8_BEGIN
#undef CK_I8_DOT
#pragma clang attribute pop

#endif

float ck_dot_f32(const float *a, const float *b, size_t n) { CHOOSE(dot_f32, a, b, n) }

int32_t ck_dot_i8(const int8_t *a, const int8_t *b, size_t n) { CHOOSE(dot_i8, a, b, n) }

void ck_dot_rows_f32(const float *query, const float *rows, size_t count, size_t n, size_t stride, float *out) {
    CHOOSE(dot_rows_f32, query, rows, count, n, stride, out)
}

void ck_dot_rows_i8(const int8_t *query, const int8_t *rows, size_t count, size_t n, size_t stride, int32_t *out) {
    CHOOSE(dot_rows_i8, query, rows, count, n, stride, out)
}

void ck_dot_ids_f32(const float *query, const float *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, float *out) {
    CHOOSE(dot_ids_f32, query, rows, ids, count, n, stride, out)
}

void ck_dot_ids_i8(const int8_t *query, const int8_t *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, int32_t *out) {
    CHOOSE(dot_ids_i8, query, rows, ids, count, n, stride, out)
}

float ck_quantize_i8(const float *x, size_t n, int8_t *codes, uint8_t *residual) { CHOOSE(quantize_i8, x, n, codes, residual) }

float ck_dot_f32_i12(const float *query, const int8_t *codes, const uint8_t *residual, size_t n) { CHOOSE(dot_f32_i12, query, codes, residual, n) }

float ck_dot_f32_reference(const float *a, const float *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)a[i] * b[i];
    return (float)sum;
}

int32_t ck_dot_i8_reference(const int8_t *a, const int8_t *b, size_t n) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return (int32_t)sum;
}

void ck_dot_rows_f32_reference(const float *query, const float *rows, size_t count, size_t n, size_t stride, float *out) {
    for (size_t row = 0; row < count; row++) out[row] = ck_dot_f32_reference(query, rows + row * stride, n);
}

void ck_dot_rows_i8_reference(const int8_t *query, const int8_t *rows, size_t count, size_t n, size_t stride, int32_t *out) {
    for (size_t row = 0; row < count; row++) out[row] = ck_dot_i8_reference(query, rows + row * stride, n);
}

void ck_dot_ids_f32_reference(const float *query, const float *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, float *out) {
    for (size_t i = 0; i < count; i++) out[i] = ck_dot_f32_reference(query, rows + ids[i] * stride, n);
}

void ck_dot_ids_i8_reference(const int8_t *query, const int8_t *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, int32_t *out) {
    for (size_t i = 0; i < count; i++) out[i] = ck_dot_i8_reference(query, rows + ids[i] * stride, n);
}

static int residual_of(const uint8_t *residual, size_t i) {
    uint8_t packed = residual[i / 64 * 32 + i % 32];
    return (i % 64 < 32 ? packed & 15 : packed >> 4) - 8;
}

float ck_dot_f32_i12_reference(const float *query, const int8_t *codes, const uint8_t *residual, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)query[i] * (16 * codes[i] + (residual ? residual_of(residual, i) : 0));
    return (float)sum;
}

float ck_quantize_i8_reference(const float *x, size_t n, int8_t *codes, uint8_t *residual) {
    float most = 0;
    for (size_t i = 0; i < n; i++) most = fabsf(x[i]) > most ? fabsf(x[i]) : most;
    size_t padded = (n + 63) / 64 * 64;
    if (residual) memset(residual, 0, padded / 2);
    for (size_t i = 0; i < padded; i++) {
        int value = i < n && most > CK_LEAST ? (int)nearbyintf(x[i] * (2039.0f / most)) : 0;
        int code = (int)floorf((float)(value + 8) / 16);
        codes[i] = (int8_t)code;
        if (residual) residual[i / 64 * 32 + i % 32] |= (uint8_t)((value - 16 * code + 8) << (i % 64 < 32 ? 0 : 4));
    }
    return most > CK_LEAST ? most * (16 / 2039.0f) : 0;
}
