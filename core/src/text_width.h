/*
 * How many columns of a terminal a text takes: 0 for what is drawn upon the character before, 2 for wide East Asian ones and emoji,
 * else 1. The terminal has the last word; these are the ranges of Unicode that terminals agree upon.
 */
#ifndef SB_TEXT_WIDTH_H
#define SB_TEXT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* `text` is valid UTF-8 without control characters. */
size_t sb_text_width(struct sb_text text);

/* It moves the cursor or turns the direction of what follows instead of being drawn: not to be printed as it is. */
bool sb_char_is_control(uint32_t code);

/* The first character of `text`, which is not empty, and its length in bytes. A byte that begins none: U+FFFD and 1. */
uint32_t sb_char_first(struct sb_text text, size_t *len_bytes);

#endif
