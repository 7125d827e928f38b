/*
 * Random kinds and random values of them, for tests that compare what the core does with what was put in.
 */
#ifndef SUPPORT_RANDOM_VALUE_H
#define SUPPORT_RANDOM_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "type.h"

/* A stream of numbers that a seed determines. */
struct random {
    uint64_t state;
};

/* From SABIR_SEED if it is set, else a fresh one; printed, so that a failure can be repeated. */
struct random random_new(void);
uint64_t random_next(struct random *random);
size_t random_below(struct random *random, size_t limit);

/* The text of a kind, at most `depth` words deep, into `text`. */
void random_kind(struct random *random, unsigned depth, char *text, size_t capacity_bytes);

/* Fill the value at `to`, which is all zero. What it reaches is freed with random_value_free. */
void random_value(struct random *random, const struct sb_kind *kind, void *to);
void random_value_free(const struct sb_kind *kind, void *value);

/* Whether two values say the same, whatever their addresses. */
bool value_equal(const struct sb_kind *kind, const void *a, const void *b);

#endif
