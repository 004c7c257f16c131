// Products out[M][N] = x[M][K] * b[K][N] with both factors packed, as training needs them: either may be read transposed. Factors are float32, or float32 in
// memory and rounded to bfloat16 as they are packed; sums are float32.
//
// A sum takes the inner dimension in rising order, each product by a fused multiply-add; blocks of CK_PRODUCT_DEPTH elements are summed apart and then added in
// rising order. An element is one inner step in float32, and two in bfloat16, of which the second product comes first.
//
// In bfloat16 a factor is rounded to nearest, ties to even; one below 2^-126 counts as 0. That is what the instruction does (VDPBF16PS), and without it the
// kernels do the same: the same bytes at every level, except that the instruction also sets sums below 2^-126 to 0.
#ifndef CK_PRODUCTS_H
#define CK_PRODUCTS_H

#include <stddef.h>

/// Elements of a block: with 32 columns they fill most of a first-level cache.
#define CK_PRODUCT_DEPTH 192
/// Rows that are worked on at a time, a multiple of CK_PRODUCT_TILE: a block of them, packed, fills a sixth of a second-level cache.
#define CK_PRODUCT_BLOCK 192
/// Rows of a register tile; threads best share out multiples of it.
#define CK_PRODUCT_TILE 12

/// Whether this processor has instructions for products in bfloat16. Without, they take about as long as those in float32.
int ck_bf16_native(void);

/// Bytes of `packed` for b[K][N], and of the `room` that one call of `ck_product` needs. `rounded`, here and below: 1 for bfloat16, 0 for float32.
size_t ck_product_packed_size(size_t n, size_t k, int rounded);
size_t ck_product_room(void);

/// Packs the panels `first ..< last` of 32 columns of b, whose element (k, n) lies at k * b_step + n * b_column, one of which is 1.
void ck_product_pack(const float *b, size_t b_step, size_t b_column, size_t n, size_t k, int rounded, void *packed, size_t first_panel, size_t last_panel);

/// out[M][N] = x * b + bias, or with `accumulate` += that. Element (m, k) of x lies at m * x_row + k * x_step, one of which is 1; rows of out lie `out_stride`
/// floats apart; `bias` has N floats or is NULL. A row's sums do not depend on the other rows.
void ck_product(const float *x, size_t x_row, size_t x_step, const void *packed, const float *bias, size_t m, size_t n, size_t k, int rounded,
                int accumulate, float *out, size_t out_stride, void *room);
/// The same without packing and in double precision, for tests: element (k, n) of b lies at k * b_step + n * b_column.
void ck_product_reference(const float *x, size_t x_row, size_t x_step, const float *b, size_t b_step, size_t b_column, const float *bias, size_t m, size_t n,
                          size_t k, int rounded, int accumulate, float *out, size_t out_stride);

#endif
