/*
 * The members of a JSON object, each value as the text that it is: a payload that is only passed on stays what it was.
 *
 * Not strict: it does not look into the values. Level 1 wants that: equal keys, numbers, surrogates, depth (docs/protocol.md).
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A part of a longer text, which it does not own; `at` is NULL if there is none. */
struct text {
    const char *at;
    size_t len_bytes;
};

/* The value of `key` in `object`, as its text; none if `object` is no whole object or has no such key. */
struct text text_member(struct text object, const char *key);

/* The value of `key` if it is a string without escapes, without its quotes; none if it is something else. */
struct text text_string(struct text object, const char *key);

bool text_is(struct text text, const char *wanted);

#endif
