// What training needs beside the forward kernels. Letters: T tokens of a sequence, C channels, D channels of a head.
// Sums run in one order whatever the processor and the number of threads, as in `linear.h`.
#ifndef CK_TRAINING_H
#define CK_TRAINING_H

#include <stddef.h>
#include <stdint.h>

/// Rows `first ..< last` of the gradient of layer norm: from `x`, the rows that were normalised, and `upstream`, dx += ...; the gradients of gain and shift are
/// added up into gain_gradient[C] and shift_gradient[C].
void ck_layer_norm_backward(const float *x, const float *upstream, const float *gain, float epsilon, size_t c, float *dx, float *gain_gradient,
                            float *shift_gradient, size_t first_row, size_t last_row);

/// upstream * d gelu(x) / dx into out, which may be either.
void ck_gelu_backward(const float *x, const float *upstream, float *out, size_t count);

/// As `ck_attention`, but token t sees only the tokens up to t.
void ck_attention_causal(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, float *out, size_t out_stride, float *scratch);
/// Floats of scratch of `ck_attention_backward`.
size_t ck_attention_backward_scratch(size_t t, size_t d);
/// The gradient of one head of one sequence: qkv_gradient[T] (rows `qkv_stride` apart) is set, not added to. Weights are computed again rather than kept.
void ck_attention_backward(const float *qkv, size_t qkv_stride, size_t t, size_t c, size_t d, size_t head, int causal, const float *upstream,
                           size_t upstream_stride, float *qkv_gradient, float *scratch);

/// One AdamW step (Loshchilov & Hutter 2019, arXiv 1711.05101) for `count` weights. The gradient is multiplied by `gradient_scale` first; `rate` is the learning
/// rate, `decay` = 1 - rate * weight decay; `first` and `second` are the corrections 1 / (1 - beta^step).
void ck_adamw(float *weights, const float *gradient, float *mean, float *square, size_t count, float rate, float beta1, float beta2, float epsilon, float decay,
              float gradient_scale, float first, float second);

/// to += scale * from.
void ck_add_scaled(const float *from, float scale, float *to, size_t count);

/// Sum of squares, in double precision, in one order.
double ck_sum_of_squares(const float *x, size_t count);

#endif
