// What a transformer needs beside its linear layers. Letters: T tokens, C channels, H heads, D = C / H.
#ifndef CK_TRANSFORMER_H
#define CK_TRANSFORMER_H

#include <stddef.h>
#include <stdint.h>

/// Rows `first ..< last` of out = layer norm of (x + residual) with `gain` and `shift` of C floats; `residual` may be NULL, `out` may be x.
void ck_layer_norm(const float *x, const float *residual, const float *gain, const float *shift, float epsilon, size_t c, float *out, size_t first_row,
                   size_t last_row);
void ck_layer_norm_reference(const float *x, const float *residual, const float *gain, const float *shift, float epsilon, size_t c, float *out,
                             size_t first_row, size_t last_row);

/// Softmax over `count` floats in place; the greatest is subtracted first. An empty row is left alone.
void ck_softmax(float *x, size_t count);
void ck_softmax_reference(float *x, size_t count);

/// x * Phi(x) in place, by the error function (not its tanh approximation).
void ck_gelu(float *x, size_t count);
void ck_gelu_reference(float *x, size_t count);

/// Floats of scratch that one call of `ck_attention` needs for T tokens and heads of D channels.
size_t ck_attention_scratch(size_t t, size_t d);
/// Head `head` of one sequence: rows of qkv hold query, key and value of all heads side by side (3C floats, rows `qkv_stride` apart); writes the head's D
/// columns of out[T][C]. softmax(q k' / sqrt(D)) v, every token seeing every other.
void ck_attention(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, float *out, size_t out_stride, float *scratch);
void ck_attention_reference(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, float *out, size_t out_stride, float *scratch);

/// Mean of T rows of C floats into out[C].
void ck_mean_rows(const float *x, size_t t, size_t c, float *out);
/// Scales x to unit length; returns the length it had, and leaves a vector of length 0 alone.
float ck_normalize(float *x, size_t count);

#endif
