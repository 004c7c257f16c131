#include "CHash.h"
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <nettle/sha2.h>
#include <stdlib.h>

uint64_t chash_xxh3(const void *bytes, size_t length) { return XXH3_64bits(bytes, length); }

struct chash_sha256 { struct sha256_ctx context; };

chash_sha256 *chash_sha256_open(void) {
    chash_sha256 *state = malloc(sizeof *state);
    if (state) sha256_init(&state->context);
    return state;
}

void chash_sha256_update(chash_sha256 *state, const void *bytes, size_t length) {
    sha256_update(&state->context, length, bytes);
}

void chash_sha256_close(chash_sha256 *state, uint8_t digest[32]) {
    sha256_digest(&state->context, 32, digest);
    free(state);
}
