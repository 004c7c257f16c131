// The kernels as their definitions read, in double precision: what the tests hold the fast ones to.
#include "linear.h"
#include "transformer.h"
#include "training.h"
#include "products.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static double activate(double x, ck_activation activation) {
    switch (activation) {
    case CK_GELU: return 0.5 * x * (1 + erf(x / sqrt(2)));
    case CK_RELU: return x > 0 ? x : 0;
    case CK_TANH: return tanh(x);
    default: return x;
    }
}

void ck_linear_f32_reference(const float *x, size_t m, size_t x_stride, const float *w, const float *bias, size_t n, size_t k, ck_activation activation,
                             float *out, size_t out_stride) {
    for (size_t row = 0; row < m; row++)
        for (size_t column = 0; column < n; column++) {
            double sum = bias ? bias[column] : 0;
            for (size_t i = 0; i < k; i++) sum += (double)x[row * x_stride + i] * w[column * k + i];
            out[row * out_stride + column] = (float)activate(sum, activation);
        }
}

void ck_layer_norm_reference(const float *x, const float *residual, const float *gain, const float *shift, float epsilon, size_t c, float *out,
                             size_t first_row, size_t last_row) {
    for (size_t row = first_row; row < last_row; row++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < c; i++) mean += x[row * c + i] + (residual ? residual[row * c + i] : 0);
        mean /= (double)c;
        for (size_t i = 0; i < c; i++) {
            double d = x[row * c + i] + (residual ? residual[row * c + i] : 0) - mean;
            variance += d * d;
        }
        double scale = 1 / sqrt(variance / (double)c + epsilon);
        for (size_t i = 0; i < c; i++)
            out[row * c + i] = (float)((x[row * c + i] + (residual ? residual[row * c + i] : 0) - mean) * scale * gain[i] + shift[i]);
    }
}

void ck_softmax_reference(float *x, size_t count) {
    double best = -INFINITY, total = 0;
    for (size_t i = 0; i < count; i++) best = x[i] > best ? x[i] : best;
    for (size_t i = 0; i < count; i++) total += exp(x[i] - best);
    for (size_t i = 0; i < count; i++) x[i] = (float)(exp(x[i] - best) / total);
}

void ck_gelu_reference(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = (float)activate(x[i], CK_GELU);
}

void ck_attention_reference(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, float *out, size_t out_stride, float *scratch) {
    for (size_t row = 0; row < t; row++) {
        const float *q = qkv + row * qkv_stride + head * d;
        for (size_t j = 0; j < t; j++) {
            double sum = 0;
            for (size_t i = 0; i < d; i++) sum += (double)q[i] * qkv[j * qkv_stride + c + head * d + i];
            scratch[j] = (float)(sum / sqrt((double)d));
        }
        ck_softmax_reference(scratch, t);
        for (size_t i = 0; i < d; i++) {
            double sum = 0;
            for (size_t j = 0; j < t; j++) sum += (double)scratch[j] * qkv[j * qkv_stride + 2 * c + head * d + i];
            out[row * out_stride + head * d + i] = (float)sum;
        }
    }
}

static double rounded_to_bfloat16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7FFFFFFF) > 0x7F800000) return NAN;
    uint32_t below = bits & 0xFFFF, upper = bits - below;
    if (below > 0x8000 || (below == 0x8000 && (upper & 0x10000))) upper += 0x10000;
    memcpy(&x, &upper, sizeof x);
    return fabsf(x) < 0x1p-126f ? 0 : x;
}

void ck_product_reference(const float *x, size_t x_row, size_t x_step, const float *b, size_t b_step, size_t b_column, const float *bias, size_t m, size_t n,
                          size_t k, int rounded, int accumulate, float *out, size_t out_stride) {
    for (size_t row = 0; row < m; row++)
        for (size_t column = 0; column < n; column++) {
            double sum = (bias ? bias[column] : 0) + (accumulate ? out[row * out_stride + column] : 0);
            for (size_t i = 0; i < k; i++) {
                float of_x = x[row * x_row + i * x_step], of_b = b[i * b_step + column * b_column];
                sum += rounded ? rounded_to_bfloat16(of_x) * rounded_to_bfloat16(of_b) : (double)of_x * of_b;
            }
            out[row * out_stride + column] = (float)sum;
        }
}
