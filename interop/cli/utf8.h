/*
 * UTF-8, one character at a time: what configuration and log lines need of it.
 */
#ifndef CLI_UTF8_H
#define CLI_UTF8_H

#include <stddef.h>

/* The length of the valid character that `bytes` begins with (1 to 4), or 0 if there is none. */
size_t cli_utf8_len(const char *bytes, size_t len_bytes);

/* The code point of a character of that length. */
unsigned cli_utf8_code(const char *bytes, size_t len_bytes);

/* Write `code` (a Unicode scalar value) to `out`, which has room for 4 bytes; how many were written. */
size_t cli_utf8_write(unsigned code, char *out);

#endif
