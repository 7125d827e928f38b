/*
 * A place in foreign text, for a person: its line and column, and the line itself with a caret under the place. A long
 * line is cut on both sides.
 */
#ifndef CLI_EXCERPT_H
#define CLI_EXCERPT_H

#include <stddef.h>
#include <stdio.h>

struct cli_excerpt {
    size_t line;   /* from 1 */
    size_t column; /* from 1, in characters; a byte that is no UTF-8 counts as one */
    char *text;    /* the line as it may be shown, NUL-terminated; cli_excerpt_clear frees it */
    size_t caret;  /* how many columns stand before the place in `text` */
};

/* `offset_bytes` is at most len_bytes: the end is a place, too. */
void cli_excerpt_make(struct cli_excerpt *excerpt, const char *bytes, size_t len_bytes, size_t offset_bytes);
void cli_excerpt_clear(struct cli_excerpt *excerpt);

/* The line behind its number, and the caret below. */
void cli_excerpt_print(const struct cli_excerpt *excerpt, FILE *out);

#endif
