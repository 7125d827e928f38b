/*
 * JSON with comments and trailing commas, as people write configuration: a tree in which every value knows where it stands.
 * Otherwise as strict as the wire: UTF-8, no duplicate keys, no lone surrogates. Nothing that travels is read with it.
 */
#ifndef CLI_JSONC_H
#define CLI_JSONC_H

#include "findings.h"

#include <stdbool.h>
#include <stddef.h>

enum cli_jsonc_kind {
    CLI_JSONC_NULL,
    CLI_JSONC_BOOL,
    CLI_JSONC_NUMBER,
    CLI_JSONC_STRING,
    CLI_JSONC_ARRAY,
    CLI_JSONC_OBJECT
};

struct cli_jsonc {
    enum cli_jsonc_kind kind;
    struct cli_place place;
    bool truth;              /* BOOL */
    char *text;              /* STRING: unescaped, without NUL inside; NUMBER: the token */
    struct cli_jsonc *first; /* ARRAY, OBJECT: the values */
    size_t count;            /* how many */
    struct cli_jsonc *next;  /* the next value of the same array or object */
    char *key;               /* in an object: this value's key */
    struct cli_place key_place;
};

/* The tree, or NULL with one finding: syntax ends at the first mistake. Free with cli_jsonc_free. */
struct cli_jsonc *cli_jsonc_read(const char *bytes, size_t len_bytes, struct cli_findings *findings);

/* NULL is nothing. */
void cli_jsonc_free(struct cli_jsonc *value);

/* The value of `key`, or NULL; object may be NULL. */
struct cli_jsonc *cli_jsonc_get(const struct cli_jsonc *object, const char *key);

/* "a string", "an object" ... for error messages. */
const char *cli_jsonc_kind_name(enum cli_jsonc_kind kind);

#endif
