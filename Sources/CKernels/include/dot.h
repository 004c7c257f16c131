// Dot products of one query with many rows: what exact and graph search stand on.
//
// int8 sums are exact. A float32 sum has one order, whatever the processor: element i is fused into lane i % 64, the last block is filled up
// with zeros, and the lanes are added in a fixed tree; so the bytes of a result do not depend on the level (`processor.h`).
// Against a sum in double precision the float32 error is below n / 64 + 6 half ulps of the sum of |a b|.
#ifndef CK_DOT_H
#define CK_DOT_H

#include <stddef.h>
#include <stdint.h>

/// Greatest n of the int8 functions: their sums must fit 32 bits.
#define CK_DOT_I8_LIMIT 65536

float ck_dot_f32(const float *a, const float *b, size_t n);
float ck_dot_f32_reference(const float *a, const float *b, size_t n);
int32_t ck_dot_i8(const int8_t *a, const int8_t *b, size_t n);
int32_t ck_dot_i8_reference(const int8_t *a, const int8_t *b, size_t n);

/// out[i] = query · row i for `count` rows of n elements that lie `stride` elements apart.
void ck_dot_rows_f32(const float *query, const float *rows, size_t count, size_t n, size_t stride, float *out);
void ck_dot_rows_f32_reference(const float *query, const float *rows, size_t count, size_t n, size_t stride, float *out);
void ck_dot_rows_i8(const int8_t *query, const int8_t *rows, size_t count, size_t n, size_t stride, int32_t *out);
void ck_dot_rows_i8_reference(const int8_t *query, const int8_t *rows, size_t count, size_t n, size_t stride, int32_t *out);

/// out[i] = query · row ids[i]; rows ahead are prefetched.
void ck_dot_ids_f32(const float *query, const float *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, float *out);
void ck_dot_ids_f32_reference(const float *query, const float *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, float *out);
void ck_dot_ids_i8(const int8_t *query, const int8_t *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, int32_t *out);
void ck_dot_ids_i8_reference(const int8_t *query, const int8_t *rows, const uint32_t *ids, size_t count, size_t n, size_t stride, int32_t *out);

/// Quantises x of n floats, symmetrically: scale = max |x| / 127.44, codes in -127 ... 127 and, unless `residual` is NULL, four bits more of every element:
/// x[i] ~ scale / 16 * (16 codes[i] + residual i - 8). `codes` has n elements padded with zeros to a multiple of 64. `residual` has half as many bytes; byte j of a
/// block of 32 holds the residuals of the elements j (low four bits) and j + 32 of a block of 64. Returns the scale, 0 for a vector of zeros (or of nothing above 1e-30).
float ck_quantize_i8(const float *x, size_t n, int8_t *codes, uint8_t *residual);
float ck_quantize_i8_reference(const float *x, size_t n, int8_t *codes, uint8_t *residual);

/// query · (16 codes + residual - 8), or without residuals (NULL) query · 16 codes, in the order of `ck_dot_f32`; n must be a multiple of 64.
float ck_dot_f32_i12(const float *query, const int8_t *codes, const uint8_t *residual, size_t n);
float ck_dot_f32_i12_reference(const float *query, const int8_t *codes, const uint8_t *residual, size_t n);

/// Asks for the cache line at `address`, which may be any.
static inline void ck_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

#endif
