/*
 * A second opinion on JSON text: recursive, slow, with none of the tricks of the reader that it judges (no table, no
 * state word, no sixteen bytes at once).
 */
#ifndef SUPPORT_NAIVE_JSON_H
#define SUPPORT_NAIVE_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the wire would take the text: RFC 8259, no duplicate keys, no lone surrogates, at most max_depth levels. */
bool naive_json_accepts(const char *text, size_t len_bytes, unsigned max_depth);

#endif
