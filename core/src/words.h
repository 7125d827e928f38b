/*
 * Copies of small plain structs, word by word: a wide load right behind the narrow stores that filled the struct would have to wait until
 * they have left the processor.
 */
#ifndef SB_WORDS_H
#define SB_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "hot.h"

/* `len_bytes` is a multiple of 8, and not 0. */
static SB_HOT void sb_words_copy(void *to, const void *from, size_t len_bytes) {
    const char *source = from, *end = source + len_bytes;
    char *target = to;
    do {
        uint64_t word;
        memcpy(&word, source, sizeof word);
        memcpy(target, &word, sizeof word);
        source += sizeof word;
        target += sizeof word;
    } while (source < end);
}

#endif
