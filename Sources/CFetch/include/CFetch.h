#ifndef CFETCH_H
#define CFETCH_H

#include <stddef.h>
#include <stdint.h>

/// One HTTP exchange by libcurl, which is looked for when it is first asked for: a program that never fetches does not load it.

/// What came back. Freed by ``cfetch_free``.
typedef struct {
    /// HTTP status; 0 when none came.
    long status;
    /// Seconds that the server asks to wait (Retry-After); 0 when it says nothing.
    int64_t retry_after;
    char *body;
    size_t length;
    /// Why there is no answer, ended by 0.
    char message[256];
} cfetch_response;

enum {
    CFETCH_OK = 0,
    /// No libcurl is installed, or it refuses to start.
    CFETCH_NO_LIBRARY = -1,
    /// The answer is longer than `limit`.
    CFETCH_TOO_LONG = -2,
    /// Anything else: `message` says what.
    CFETCH_FAILED = -3,
};

/// POST over http or https, following no redirection.
///
/// headers: `count` lines "Name: value". timeout_ms: for the whole exchange, connect_ms: of it, to connect. direct: not 0 passes the environment's proxies by.
/// limit: bytes of body that are accepted.
int cfetch_post(
    const char *url, const char *const *headers, size_t count, const void *body, size_t length, long timeout_ms, long connect_ms, int direct, size_t limit,
    cfetch_response *response);

void cfetch_free(cfetch_response *response);

#endif
