/*
 * "did you mean": the known word that is nearest to a wrong one.
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/* The nearest of `count` words, or NULL if none is near enough to be worth saying. */
const char *cli_suggest(const char *word, const char *const *words, size_t count);

/* `; did you mean "near"?`, or "". Valid until the next call. */
const char *cli_suggest_clause(const char *word, const char *const *words, size_t count);

#endif
