#ifndef CICU_H
#define CICU_H
#include <stdint.h>

/// ICU behind plain C types: its own headers as a module would clash with Foundation's.
/// Text is UTF-16 in native byte order. A negative result is an ICU failure.

/// Case, compatibility and accent folding: NFKC_Casefold, then marks dropped from Latin, Greek and Cyrillic letters.
/// Marks of other scripts (Thai vowels, Devanagari signs) are letters in their own right and stay.
/// Returns the folded length; more than `capacity` means that nothing useful was written.
int32_t cicu_fold(const uint16_t *text, int32_t length, uint16_t *out, int32_t capacity);

/// The longest full canonical decomposition of one code point, with room to spare: Unicode's own is 4.
#define CICU_DECOMPOSITION_ROOM 8

/// Full canonical decomposition (NFD) of one code point, Hangul syllables included; 0 where it does not decompose.
int32_t cicu_decompose(uint32_t scalar, uint32_t out[CICU_DECOMPOSITION_ROOM]);

typedef struct cicu_words cicu_words;

/// A word breaker by UAX #29 with ICU's dictionaries (Japanese, Chinese, Thai …). Not safe for two threads at once.
cicu_words *cicu_words_open(void);
void cicu_words_close(cicu_words *words);

/// Boundaries of `text`: segment i is [ends[i-1], ends[i]); is_word[i] says whether it holds letters, digits or ideographs.
/// Returns the number of segments, at most `capacity`.
int32_t cicu_words_segment(cicu_words *words, const uint16_t *text, int32_t length,
                           int32_t *ends, uint8_t *is_word, int32_t capacity);
#endif
