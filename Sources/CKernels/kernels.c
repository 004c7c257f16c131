// The levels of kernels.inc, and the choice among them at run time.
#include "dispatch.h"
#include "linear.h"
#include "transformer.h"
#include "training.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Multiply-adds are fused where the kernels say so and nowhere else.
#pragma STDC FP_CONTRACT OFF

/// Rows whose greatest value is smaller count as zeros in int8: 127 / greatest would be near infinity, which no integer holds.
#define CK_LEAST_SCALED 0x1p-100f

/// Products of four bytes with the four weights of each of sixteen channels, added to their sums.
static inline __attribute__((always_inline)) v16i portable_sum4(v16i sum, const uint8_t *four, const int8_t *w) {
    for (int n = 0; n < 16; n++)
        for (int i = 0; i < 4; i++) sum[n] += four[i] * w[n * 4 + i];
    return sum;
}

#define CK(name) portable_##name
#define CK_ROWS 2
#define CK_I8_ROWS 2
#define CK_SUM4 portable_sum4
#include "kernels.inc"
#include "training.inc"
#undef CK
#undef CK_ROWS
#undef CK_I8_ROWS
#undef CK_SUM4

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
/// By way of 16 bits: the multiply-add of bytes saturates, this does not.
static inline __attribute__((always_inline)) v16i avx2_sum4(v16i sum, const uint8_t *four, const int8_t *w) {
    int32_t bits;
    memcpy(&bits, four, 4);
    __m256i x = _mm256_cvtepu8_epi16(_mm_set1_epi32(bits));
    __m256i parts[2];
    for (int half = 0; half < 2; half++) {
        __m256i a = _mm256_madd_epi16(x, _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + half * 32))));
        __m256i b = _mm256_madd_epi16(x, _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + half * 32 + 16))));
        parts[half] = _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xD8);
    }
    v16i products;
    memcpy(&products, parts, sizeof products);
    return sum + products;
}
#define CK(name) avx2_##name
#define CK_ROWS 3
#define CK_I8_ROWS 3
#define CK_SUM4 avx2_sum4
#include "kernels.inc"
#include "training.inc"
#undef CK
#undef CK_ROWS
#undef CK_I8_ROWS
#undef CK_SUM4
#pragma clang attribute pop

#define CK_ROWS 12
#define CK_I8_ROWS 12

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
static inline __attribute__((always_inline)) v16i avx512_sum4(v16i sum, const uint8_t *four, const int8_t *w) {
    int32_t bits;
    memcpy(&bits, four, 4);
    __m512i x = _mm512_cvtepu8_epi16(_mm256_set1_epi32(bits));
    __m512i a = _mm512_madd_epi16(x, _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)w)));
    __m512i b = _mm512_madd_epi16(x, _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(w + 32))));
    // Pairs of sums lie side by side: even ones plus odd ones, of both halves.
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odd = _mm512_set_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
    __m512i products = _mm512_add_epi32(_mm512_permutex2var_epi32(a, even, b), _mm512_permutex2var_epi32(a, odd, b));
    return sum + (v16i)products;
}
#define CK(name) avx512_##name
#define CK_SUM4 avx512_sum4
#include "kernels.inc"
#include "training.inc"
#undef CK
#undef CK_SUM4
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma"))), apply_to = function)
static inline __attribute__((always_inline)) v16i vnni_sum4(v16i sum, const uint8_t *four, const int8_t *w) {
    int32_t bits;
    memcpy(&bits, four, 4);
    return (v16i)_mm512_dpbusd_epi32((__m512i)sum, _mm512_set1_epi32(bits), _mm512_loadu_si512(w));
}
#define CK(name) vnni_##name
#define CK_SUM4 vnni_sum4
#include "kernels.inc"
#include "training.inc"
#undef CK
#undef CK_SUM4
#pragma clang attribute pop

#endif

static size_t panels(size_t n) { return (n + CK_PANEL - 1) / CK_PANEL; }
static size_t multiple_of_4(size_t k) { return (k + 3) / 4 * 4; }

size_t ck_linear_f32_size(size_t n, size_t k) { return panels(n) * CK_PANEL * k; }

void ck_linear_f32_pack(const float *w, size_t n, size_t k, float *packed) {
    for (size_t p = 0; p < panels(n); p++)
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < CK_PANEL; j++) {
                size_t row = p * CK_PANEL + j;
                packed[(p * k + i) * CK_PANEL + j] = row < n ? w[row * k + i] : 0;
            }
}

void ck_linear_f32(const float *x, size_t m, size_t x_stride, const float *packed, const float *bias, size_t n, size_t k, ck_activation activation,
                   float *out, size_t out_stride, size_t first_panel, size_t last_panel) {
    CHOOSE(linear_f32, x, m, x_stride, packed, bias, n, k, activation, out, out_stride, first_panel, last_panel)
}

size_t ck_linear_i8_size(size_t n, size_t k) { return panels(n) * CK_PANEL * multiple_of_4(k); }

void ck_linear_i8_pack(const float *w, size_t n, size_t k, int8_t *packed, float *scales, int32_t *sums) {
    size_t padded = multiple_of_4(k);
    memset(packed, 0, ck_linear_i8_size(n, k));
    for (size_t row = 0; row < panels(n) * CK_PANEL; row++) {
        scales[row] = 0;
        sums[row] = 0;
        if (row >= n) continue;
        float greatest = 0;
        for (size_t i = 0; i < k; i++) greatest = fabsf(w[row * k + i]) > greatest ? fabsf(w[row * k + i]) : greatest;
        scales[row] = greatest / 127.0f;
        float inverse = greatest >= CK_LEAST_SCALED ? 127.0f / greatest : 0;
        int8_t *panel = packed + row / CK_PANEL * padded * CK_PANEL;
        for (size_t i = 0; i < k; i++) {
            int value = (int)__builtin_roundevenf(w[row * k + i] * inverse);
            sums[row] += value;
            panel[(i / 4 * CK_PANEL + row % CK_PANEL) * 4 + i % 4] = (int8_t)value;
        }
    }
}

void ck_quantize_rows(const float *x, size_t x_stride, size_t k, uint8_t *q, float *scales, int32_t *zeros, size_t first_row,
                      size_t last_row) {
    CHOOSE(quantize_rows, x, x_stride, k, q, scales, zeros, first_row, last_row)
}

void ck_linear_i8(const uint8_t *q, const float *q_scales, const int32_t *q_zeros, size_t m, const int8_t *packed, const float *scales,
                  const int32_t *sums, const float *bias,
                  size_t n, size_t k, ck_activation activation, float *out, size_t out_stride, size_t first_panel, size_t last_panel) {
    CHOOSE(linear_i8, q, q_scales, q_zeros, m, packed, scales, sums, bias, n, k, activation, out, out_stride, first_panel, last_panel)
}

void ck_layer_norm(const float *x, const float *residual, const float *gain, const float *shift, float epsilon, size_t c, float *out, size_t first_row,
                   size_t last_row) {
    CHOOSE(layer_norm, x, residual, gain, shift, epsilon, c, out, first_row, last_row)
}

void ck_softmax(float *x, size_t count) { CHOOSE(softmax, x, count) }

void ck_gelu(float *x, size_t count) { CHOOSE(gelu, x, count) }

size_t ck_attention_scratch(size_t t, size_t d) { return (d + 1) * ((t + 15) / 16 * 16); }

void ck_attention(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, float *out, size_t out_stride, float *scratch) {
    CHOOSE(attention, qkv, qkv_stride, t, c, d, head, out, out_stride, scratch)
}

void ck_mean_rows(const float *x, size_t t, size_t c, float *out) { CHOOSE(mean_rows, x, t, c, out) }

float ck_normalize(float *x, size_t count) { CHOOSE(normalize, x, count) }

void ck_layer_norm_backward(const float *x, const float *upstream, const float *gain, float epsilon, size_t c, float *dx, float *gain_gradient,
                            float *shift_gradient, size_t first_row, size_t last_row) {
    CHOOSE(layer_norm_backward, x, upstream, gain, epsilon, c, dx, gain_gradient, shift_gradient, first_row, last_row)
}

void ck_gelu_backward(const float *x, const float *upstream, float *out, size_t count) { CHOOSE(gelu_backward, x, upstream, out, count) }

void ck_attention_causal(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, float *out, size_t out_stride, float *scratch) {
    CHOOSE(attention_causal, qkv, qkv_stride, t, c, d, head, out, out_stride, scratch)
}

size_t ck_attention_backward_scratch(size_t t, size_t d) { return (2 * d + 2) * ((t + 15) / 16 * 16); }

void ck_attention_backward(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, int causal, const float *upstream,
                           size_t upstream_stride, float *qkv_gradient, float *scratch) {
    CHOOSE(attention_backward, qkv, qkv_stride, t, c, d, head, causal, upstream, upstream_stride, qkv_gradient, scratch)
}

void ck_adamw(float *weights, const float *gradient, float *mean, float *square, size_t count, float rate, float beta1, float beta2, float epsilon, float decay,
              float gradient_scale, float first, float second) {
    CHOOSE(adamw, weights, gradient, mean, square, count, rate, beta1, beta2, epsilon, decay, gradient_scale, first, second)
}

void ck_add_scaled(const float *from, float scale, float *to, size_t count) { CHOOSE(add_scaled, from, scale, to, count) }

double ck_sum_of_squares(const float *x, size_t count) {
    double sums[8] = {0};
    for (size_t i = 0; i < count; i++) sums[i % 8] += (double)x[i] * x[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}
