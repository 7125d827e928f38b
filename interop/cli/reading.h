/*
 * Taking typed values out of a tree of JSON, each with one sentence when it is not what it should be.
 * A function that finds fault adds it to the findings and returns false or an empty value.
 */
#ifndef CLI_READING_H
#define CLI_READING_H

#include "findings.h"
#include "jsonc.h"
#include "topology.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `what` names the value in sentences: "\"run\"". */
bool cli_read_is(const struct cli_jsonc *value, enum cli_jsonc_kind kind, const char *what,
                 struct cli_findings *findings);

/* Refuse keys that are not among `keys`, with "did you mean". */
void cli_read_keys(const struct cli_jsonc *object, const char *const *keys, size_t count, const char *where,
                   struct cli_findings *findings);

/* One string with ${VARIABLES} put in; NULL with a finding. */
char *cli_read_text(const struct cli_jsonc *value, const char *what, struct cli_findings *findings);

/* An array of strings with ${VARIABLES} put in. */
void cli_read_words(const struct cli_jsonc *value, const char *what, struct cli_words *words,
                    struct cli_findings *findings);

/* An object of strings as environment variables. */
void cli_read_variables(const struct cli_jsonc *value, const char *what, struct cli_variables *variables,
                        struct cli_findings *findings);

/* A duration, at least `least_ns`. */
bool cli_read_duration(const struct cli_jsonc *value, const char *what, int64_t least_ns, int64_t *duration_ns,
                       struct cli_findings *findings);

/* A whole number from least to most. */
bool cli_read_number(const struct cli_jsonc *value, const char *what, long least, long most, long *number,
                     struct cli_findings *findings);

/* One of `words`: its index, or -1 with a finding. */
int cli_read_choice(const struct cli_jsonc *value, const char *what, const char *const *words, size_t count,
                    struct cli_findings *findings);

/* Whether text can be an actor's or a type's name on the wire (ENV-6); if not, the finding says why. */
bool cli_read_is_wire_name(const struct cli_word *word, const char *what, struct cli_findings *findings);

#endif
