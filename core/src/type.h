/*
 * The process's message types. A type is made once, never changed and never freed before the library is unloaded, so that everybody
 * may hold plain pointers to it.
 *
 *     bucket[hash of the name] -> type -> type ...      written under a mutex, read by anybody without a lock
 */
#ifndef SB_TYPE_H
#define SB_TYPE_H

#include <sabir/type.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define SB_TYPE_MAX_FIELDS 1024
#define SB_TYPE_MAX_BYTES ((size_t)1024 * 1024) /* of a struct */
#define SB_TYPE_MAX_LEVELS 63                   /* 64 of an envelope (LIM-1), whose own object is the first */

enum sb_kind_code {
    SB_KIND_BOOL = 1,
    SB_KIND_INT32,
    SB_KIND_INT64,
    SB_KIND_UINT64,
    SB_KIND_DOUBLE,
    SB_KIND_STRING,
    SB_KIND_BYTES,
    SB_KIND_JSON,
    SB_KIND_LIST,
    SB_KIND_MAP,
    SB_KIND_OPTIONAL,
    SB_KIND_STRUCT
};

struct sb_kind {
    enum sb_kind_code code;
    size_t size_bytes;
    size_t align_bytes;
    size_t value_offset_bytes;  /* OPTIONAL: of `value` behind `present` */
    const struct sb_kind *item; /* LIST, MAP, OPTIONAL */
    const sabir_type *type;     /* STRUCT */
    size_t level_count;   /* of arrays and objects that a value has in JSON; what a JSON text brings is not counted */
    bool is_flat;         /* holds no pointer: a copy of its bytes is a copy of it */
    bool is_always_valid; /* flat, and every value of it can be written: no double, which may be NaN */
    bool has_items; /* holds a LIST or a MAP: how much room its values need is known only when they have been counted */
    bool is_plain;  /* has a place in a plain form (plain.h) */
};

struct sb_field {
    struct sb_text name;
    const struct sb_kind *kind;
    size_t offset_bytes;
    const char *kind_text; /* as registered, normalised */
    struct sb_text key;    /* as it stands in JSON: "\"count\":" */
    uint64_t key_word;     /* its first eight bytes, as they lie in memory, and which of them count */
    uint64_t key_mask;
};

/* What a built-in type is to the protocol. */
enum sb_builtin {
    SB_BUILTIN_NONE = 0,
    SB_BUILTIN_START,
    SB_BUILTIN_SHUTDOWN,
    SB_BUILTIN_TIMEOUT,
    SB_BUILTIN_LINKDOWN,
    SB_BUILTIN_REJECT,
    SB_BUILTIN_CONTINUE,
    SB_BUILTIN_DOWN
};

struct sabir_type {
    struct sb_text name;
    uint32_t index; /* dense, from 0, in order of registration */
    enum sb_builtin builtin;
    bool is_open;
    bool is_flat;
    bool is_always_valid;
    bool has_items;
    bool is_plain;  /* has a plain form (plain.h) */
    bool is_padded; /* its struct has bytes that are of no field */
    size_t size_bytes;
    size_t
        word_bytes; /* size_bytes, if it is always valid, consists of words of 8 bytes and fits a cache line; else 0 */
    size_t align_bytes;
    size_t level_count; /* as of a kind; the payload object itself is one */
    size_t field_count;
    const struct sb_field *fields;
    const uint16_t
        *sorted; /* the fields' indexes in order of name; NULL for a few fields, which are compared one by one */
    struct sabir_type *next; /* in its bucket of the registry */
};

/* The type of that name, or NULL. Any thread, no lock. */
const sabir_type *sb_type_find(struct sb_text name);

/* SABIR_EINVAL: `what` ("the message's type") is NULL, with what the last registration that failed said. Any thread. */
int sb_type_missing(const char *what);

/* The index of the field of that name, field_count if there is none. `guess` is tried first. */
size_t sb_type_field_find(const sabir_type *type, struct sb_text name, size_t guess);

/* Hold the types beyond the unloading of the library, as long as a thread of ours may run; each hold is released once. */
void sb_type_hold(void);
void sb_type_release(void);

/* RES-1: a name that never arrives from the wire as the built-in. */
bool sb_type_name_is_life_cycle(struct sb_text name);

#endif
