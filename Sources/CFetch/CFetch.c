#include "CFetch.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// The part of libcurl's binary interface that is needed, as libcurl promises never to change it (its symbols-in-versions list):
// a number is 0, 10000 (pointers), 20000 (functions) or, for answers, 0x200000 (long) and 0x600000 (curl_off_t), plus the option's own.
enum {
    OPT_WRITEDATA = 10001,
    OPT_URL = 10002,
    OPT_PROXY = 10004,
    OPT_ERRORBUFFER = 10010,
    OPT_POSTFIELDS = 10015,
    OPT_HTTPHEADER = 10023,
    OPT_POST = 47,
    OPT_POSTFIELDSIZE_LARGE = 30120,
    OPT_NOSIGNAL = 99,
    OPT_TIMEOUT_MS = 155,
    OPT_CONNECTTIMEOUT_MS = 156,
    OPT_PROTOCOLS = 181,
    OPT_WRITEFUNCTION = 20011,
    INFO_RESPONSE_CODE = 0x200002,
    INFO_RETRY_AFTER = 0x600039,
    PROTOCOL_HTTP = 1,
    PROTOCOL_HTTPS = 2,
    GLOBAL_DEFAULT = 3,
};

static struct {
    int (*global_init)(long);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *, int, ...);
    int (*easy_perform)(void *);
    int (*easy_getinfo)(void *, int, ...);
    void (*easy_cleanup)(void *);
    const char *(*easy_strerror)(int);
    void *(*slist_append)(void *, const char *);
    void (*slist_free_all)(void *);
} curl;

static int is_ready;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"};
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    // POSIX lets a function's address come out of dlsym as a pointer to void.
    *(void **)&curl.global_init = dlsym(library, "curl_global_init");
    *(void **)&curl.easy_init = dlsym(library, "curl_easy_init");
    *(void **)&curl.easy_setopt = dlsym(library, "curl_easy_setopt");
    *(void **)&curl.easy_perform = dlsym(library, "curl_easy_perform");
    *(void **)&curl.easy_getinfo = dlsym(library, "curl_easy_getinfo");
    *(void **)&curl.easy_cleanup = dlsym(library, "curl_easy_cleanup");
    *(void **)&curl.easy_strerror = dlsym(library, "curl_easy_strerror");
    *(void **)&curl.slist_append = dlsym(library, "curl_slist_append");
    *(void **)&curl.slist_free_all = dlsym(library, "curl_slist_free_all");
    is_ready = curl.global_init && curl.easy_init && curl.easy_setopt && curl.easy_perform && curl.easy_getinfo && curl.easy_cleanup &&
               curl.easy_strerror && curl.slist_append && curl.slist_free_all && curl.global_init(GLOBAL_DEFAULT) == 0;
}

typedef struct {
    char *bytes;
    size_t length, capacity, limit;
    int is_too_long;
} buffer;

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    buffer *into = context;
    size_t added = size * count;
    if (added > into->limit - into->length) {
        into->is_too_long = 1;
        return 0;
    }
    if (into->length + added > into->capacity) {
        size_t capacity = into->capacity ? into->capacity : 4096;
        while (capacity < into->length + added) capacity *= 2;
        char *moved = realloc(into->bytes, capacity);
        if (!moved) return 0;
        into->bytes = moved;
        into->capacity = capacity;
    }
    memcpy(into->bytes + into->length, bytes, added);
    into->length += added;
    return added;
}

static void say(cfetch_response *response, const char *message) {
    strncpy(response->message, message, sizeof response->message - 1);
    response->message[sizeof response->message - 1] = 0;
}

int cfetch_post(
    const char *url, const char *const *headers, size_t count, const void *body, size_t length, long timeout_ms, long connect_ms, int direct, size_t limit,
    cfetch_response *response) {
    memset(response, 0, sizeof *response);
    pthread_once(&once, load);
    void *handle = is_ready ? curl.easy_init() : NULL;
    if (!handle) return CFETCH_NO_LIBRARY;

    buffer into = {.limit = limit};
    void *list = NULL;
    int has_headers = 1;
    for (size_t i = 0; i < count && has_headers; i++) {
        void *longer = curl.slist_append(list, headers[i]);
        has_headers = longer != NULL;
        if (longer) list = longer;
    }
    char reason[256] = {0};  // CURL_ERROR_SIZE
    curl.easy_setopt(handle, OPT_ERRORBUFFER, reason);
    curl.easy_setopt(handle, OPT_NOSIGNAL, 1L);
    int code = has_headers ? 0 : 27;  // CURLE_OUT_OF_MEMORY
    // A build of libcurl without TLS knows no https: that it must say itself when it is asked for.
    if (!code && curl.easy_setopt(handle, OPT_PROTOCOLS, (long)(PROTOCOL_HTTP | PROTOCOL_HTTPS)))
        code = curl.easy_setopt(handle, OPT_PROTOCOLS, (long)PROTOCOL_HTTP);
    if (!code) code = curl.easy_setopt(handle, OPT_URL, url);
    if (!code) code = curl.easy_setopt(handle, OPT_HTTPHEADER, list);
    if (!code) code = curl.easy_setopt(handle, OPT_POST, 1L);
    if (!code) code = curl.easy_setopt(handle, OPT_POSTFIELDSIZE_LARGE, (int64_t)length);
    if (!code) code = curl.easy_setopt(handle, OPT_POSTFIELDS, body);
    if (!code) code = curl.easy_setopt(handle, OPT_TIMEOUT_MS, timeout_ms);
    if (!code) code = curl.easy_setopt(handle, OPT_CONNECTTIMEOUT_MS, connect_ms);
    if (!code && direct) code = curl.easy_setopt(handle, OPT_PROXY, "");
    if (!code) code = curl.easy_setopt(handle, OPT_WRITEFUNCTION, receive);
    if (!code) code = curl.easy_setopt(handle, OPT_WRITEDATA, &into);
    if (!code) code = curl.easy_perform(handle);

    curl.easy_getinfo(handle, INFO_RESPONSE_CODE, &response->status);
    // Unknown before libcurl 7.66: the field stays 0 then.
    curl.easy_getinfo(handle, INFO_RETRY_AFTER, &response->retry_after);
    int result = code == 0 ? CFETCH_OK : into.is_too_long ? CFETCH_TOO_LONG : CFETCH_FAILED;
    if (code) say(response, reason[0] ? reason : curl.easy_strerror(code));
    curl.easy_cleanup(handle);
    curl.slist_free_all(list);
    response->body = into.bytes;
    response->length = into.length;
    return result;
}

void cfetch_free(cfetch_response *response) {
    free(response->body);
    response->body = NULL;
    response->length = 0;
}
