/*
 * A slice of bytes that somebody else owns.
 */
#ifndef SB_TEXT_H
#define SB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct sb_text {
    const char *bytes;
    size_t len_bytes;
};

#define SB_TEXT(literal) ((struct sb_text){(literal), sizeof(literal) - 1})

static inline struct sb_text sb_text_of(const char *terminated) {
    return (struct sb_text){terminated, terminated ? strlen(terminated) : 0};
}

static inline bool sb_text_equal(struct sb_text a, struct sb_text b) {
    return a.len_bytes == b.len_bytes && (a.len_bytes == 0 || memcmp(a.bytes, b.bytes, a.len_bytes) == 0);
}

#endif
