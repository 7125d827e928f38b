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

static SB_HOT void sb_word_copy(void *to, const void *from) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
    memcpy(to, &word, sizeof word);
}

/* `len_bytes` is a multiple of 8, and not 0. */
static SB_HOT void sb_words_copy(void *to, const void *from, size_t len_bytes) {
    const char *source = from;
    char *target = to;
    sb_word_copy(target, source);
    if (len_bytes == sizeof(uint64_t)) return;
    sb_word_copy(target + sizeof(uint64_t), source + sizeof(uint64_t)); /* two of them are the most frequent */
    for (size_t offset_bytes = 2 * sizeof(uint64_t); offset_bytes < len_bytes; offset_bytes += sizeof(uint64_t))
        sb_word_copy(target + offset_bytes, source + offset_bytes);
}

#endif
