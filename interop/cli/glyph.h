/*
 * One character of foreign text as it may be shown on a terminal: what has no shape, moves the cursor or turns the
 * direction of writing is shown as an escape, so that bytes from anywhere cannot pretend to be something else.
 */
#ifndef CLI_GLYPH_H
#define CLI_GLYPH_H

#include <stddef.h>
#include <stdio.h>

struct cli_glyph {
    char text[12];    /* what to print, NUL-terminated */
    size_t len_bytes; /* how many bytes of the text it stands for, at least 1 */
    size_t width;     /* how many columns it takes: 0 for a combining mark, 2 for a wide character */
};

/* The character at `at`, of which `left` > 0 bytes remain. A byte that is no UTF-8 stands alone. */
struct cli_glyph cli_glyph_of(const char *at, size_t left);

/* The bytes of the character that ends at `at`, of which `before` > 0 bytes come before. */
size_t cli_glyph_len_before(const char *at, size_t before);

/* A whole text, character by character. */
void cli_glyph_print(const char *bytes, size_t len_bytes, FILE *out);

#endif
