#include "CICU.h"
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/// Letters that Unicode does not decompose although readers take them for an accented letter.
static UChar32 base_letter(UChar32 c) {
    switch (c) {
    case 0x00F8: return 'o';  // ø
    case 0x0111: return 'd';  // đ
    case 0x0142: return 'l';  // ł
    case 0x0131: return 'i';  // ı
    case 0x0127: return 'h';  // ħ
    case 0x00F0: return 'd';  // ð
    default: return c;
    }
}

static int drops_marks(UChar32 base) {
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(base, &status);
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
}

int32_t cicu_fold(const uint16_t *text, int32_t length, uint16_t *out, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *casefold = unorm2_getNFKCCasefoldInstance(&status);
    const UNormalizer2 *decompose = unorm2_getNFDInstance(&status);
    const UNormalizer2 *compose = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status)) return -1;

    // NFKC_Casefold grows text at most 18-fold; NFD of that at most 4-fold, marks then shrink it. Grow on demand instead of reserving that.
    int32_t room = length * 4 + 64;
    UChar *folded = NULL, *split = NULL;
    int32_t n = 0, m = 0, result = -1;
    for (;;) {
        free(folded); free(split);
        folded = malloc((size_t)room * sizeof(UChar));
        split = malloc((size_t)room * sizeof(UChar));
        if (!folded || !split) goto done;
        status = U_ZERO_ERROR;
        n = unorm2_normalize(casefold, (const UChar *)text, length, folded, room, &status);
        if (U_SUCCESS(status)) m = unorm2_normalize(decompose, folded, n, split, room, &status);
        if (status != U_BUFFER_OVERFLOW_ERROR) break;
        room *= 4;
    }
    if (U_FAILURE(status)) goto done;

    int32_t read = 0, write = 0;
    int dropping = 0;
    while (read < m) {
        UChar32 c;
        U16_NEXT(split, read, m, c);
        if (u_charType(c) == U_NON_SPACING_MARK) {
            if (dropping) continue;
        } else {
            dropping = drops_marks(c);
        }
        c = base_letter(c);
        U16_APPEND_UNSAFE(split, write, c);
    }
    result = unorm2_normalize(compose, split, write, (UChar *)out, capacity, &status);
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) result = -1;
done:
    free(folded); free(split);
    return result;
}

int32_t cicu_decompose(uint32_t scalar, uint32_t out[CICU_DECOMPOSITION_ROOM]) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *decompose = unorm2_getNFDInstance(&status);
    if (U_FAILURE(status)) return 0;
    UChar units[2 * CICU_DECOMPOSITION_ROOM];
    int32_t length = unorm2_getDecomposition(decompose, (UChar32)scalar, units, 2 * CICU_DECOMPOSITION_ROOM, &status);
    if (U_FAILURE(status)) return 0;
    int32_t read = 0, count = 0;
    while (read < length && count < CICU_DECOMPOSITION_ROOM) {
        UChar32 c;
        U16_NEXT(units, read, length, c);
        out[count++] = (uint32_t)c;
    }
    return count;
}

struct cicu_words { UBreakIterator *iterator; };

cicu_words *cicu_words_open(void) {
    UErrorCode status = U_ZERO_ERROR;
    cicu_words *words = malloc(sizeof *words);
    if (!words) return NULL;
    words->iterator = ubrk_open(UBRK_WORD, "en", NULL, 0, &status);
    if (U_FAILURE(status)) { free(words); return NULL; }
    return words;
}

void cicu_words_close(cicu_words *words) {
    if (!words) return;
    ubrk_close(words->iterator);
    free(words);
}

int32_t cicu_words_segment(cicu_words *words, const uint16_t *text, int32_t length,
                           int32_t *ends, uint8_t *is_word, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(words->iterator, (const UChar *)text, length, &status);
    if (U_FAILURE(status)) return -1;
    int32_t count = 0;
    ubrk_first(words->iterator);
    for (int32_t end = ubrk_next(words->iterator); end != UBRK_DONE && count < capacity; end = ubrk_next(words->iterator)) {
        ends[count] = end;
        is_word[count] = ubrk_getRuleStatus(words->iterator) >= UBRK_WORD_NUMBER;
        count++;
    }
    return count;
}
