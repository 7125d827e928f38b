/*
 * The kind of a field: a tree of words, "LIST(OPTIONAL(STRING))", with the room that its values take in C.
 *
 *     scalars              BOOL INT32 INT64 UINT64 DOUBLE STRING BYTES JSON: one static node each
 *     LIST MAP OPTIONAL    a node of their own over the node of their item
 *     STRUCT(T)            a node of its own over the registered type T
 */
#ifndef SB_KIND_H
#define SB_KIND_H

#include "type.h"

/* Why a kind cannot be read, and where. */
struct sb_kind_fault {
    size_t column;    /* from 1 */
    char reason[320]; /* one clause */
};

/* Read `text`. SABIR_EINVAL (fault says why), SABIR_ENOMEM; no detail is set. */
int sb_kind_parse(const char *text, const struct sb_kind **kind, struct sb_kind_fault *fault);

/* Free the tree; scalars and NULL are nothing. The kinds of a STRUCT's own type are not touched. */
void sb_kind_free(const struct sb_kind *kind);

/* The nodes of the scalars, by code. */
extern const struct sb_kind sb_kind_scalars[];

/* "LIST(OPTIONAL(STRING))" in memory of its own; NULL without memory. */
char *sb_kind_text(const struct sb_kind *kind);

#endif
