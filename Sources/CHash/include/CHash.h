#ifndef CHASH_H
#define CHASH_H
#include <stddef.h>
#include <stdint.h>

/// 64-bit XXH3 of `length` bytes: the checksum that every file is held to when it is opened.
uint64_t chash_xxh3(const void *bytes, size_t length);

/// SHA-256 state; feed it with `update`, read 32 bytes with `digest`.
typedef struct chash_sha256 chash_sha256;
chash_sha256 *chash_sha256_open(void);
void chash_sha256_update(chash_sha256 *state, const void *bytes, size_t length);
/// Writes the digest and frees the state.
void chash_sha256_close(chash_sha256 *state, uint8_t digest[32]);
#endif
