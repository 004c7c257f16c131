// Linear layers over weights packed once: out[m][n] = epilogue(sum over k of x[m][k] * w[n][k] + bias[n]).
//
// M rows (tokens), N outputs, K inputs. Every output is one chain of fused multiply-adds over k in rising order, whatever
// the processor, the number of rows or the number of threads: the same bytes everywhere.
#ifndef CK_LINEAR_H
#define CK_LINEAR_H

#include <stddef.h>
#include <stdint.h>

/// Columns of a packed panel; N is padded to a multiple of it with zero weights.
#define CK_PANEL 32

typedef enum { CK_IDENTITY = 0, CK_GELU = 1, CK_RELU = 2, CK_TANH = 3 } ck_activation;

/// Floats of `packed` for w[N][K].
size_t ck_linear_f32_size(size_t n, size_t k);
/// Packs row-major w[N][K] into panels of 32 columns, k-major within a panel.
void ck_linear_f32_pack(const float *w, size_t n, size_t k, float *packed);
/// The panels `first ..< last` of out[M][N]; rows of x and out lie `x_stride` and `out_stride` floats apart. `bias` has N floats or is NULL.
void ck_linear_f32(const float *x, size_t m, size_t x_stride, const float *packed, const float *bias, size_t n, size_t k, ck_activation activation,
                   float *out, size_t out_stride, size_t first_panel, size_t last_panel);
/// The same without packing, for tests: w is row-major [N][K].
void ck_linear_f32_reference(const float *x, size_t m, size_t x_stride, const float *w, const float *bias, size_t n, size_t k, ck_activation activation,
                             float *out, size_t out_stride);

/// Bytes of `packed` for int8 w[N][K]; K is padded to a multiple of 4 with zeros.
size_t ck_linear_i8_size(size_t n, size_t k);
/// Quantises row-major w[N][K] symmetrically per output channel (scale = max |w| / 127), packs it, and fills scales[N padded to 32] and sums[N padded],
/// the sum of a channel's int8 weights.
void ck_linear_i8_pack(const float *w, size_t n, size_t k, int8_t *packed, float *scales, int32_t *sums);
/// Quantises rows `first ..< last` of x[M][K] to unsigned bytes, each row with a scale, (max - min) / 255 with 0 between them, and the byte that stands for
/// 0: activations after GELU lie almost all on one side. Rows of q are K padded to a multiple of 4.
void ck_quantize_rows(const float *x, size_t x_stride, size_t k, uint8_t *q, float *scales, int32_t *zeros, size_t first_row, size_t last_row);
/// The panels `first ..< last` of out[M][N] from quantised rows and weights: exact integer sums, then one multiply by both scales.
void ck_linear_i8(const uint8_t *q, const float *q_scales, const int32_t *q_zeros, size_t m, const int8_t *packed, const float *scales,
                  const int32_t *sums, const float *bias, size_t n, size_t k, ck_activation activation, float *out, size_t out_stride,
                  size_t first_panel, size_t last_panel);

#endif
