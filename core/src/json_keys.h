/*
 * The keys of the objects that are open while a text is read, to find a duplicate at any depth in O(n) (ENV-4). They
 * form one stack:
 *
 *     list:   | outermost object's keys | ... | innermost object's keys |
 *               ^ frames[1]                     ^ frames[depth]           ^ count
 *
 * A new key is compared with its object's earlier ones; when an object grows beyond SB_JSON_SCANNED_KEYS, or all
 * together beyond SB_JSON_KEPT_KEYS, a hash table over the whole stack is made. Keys enter and leave last in, first
 * out, so the newest key of a bucket is always its head, and a walk along a bucket can end at the first key of an
 * outer object.
 */
#ifndef SB_JSON_KEYS_H
#define SB_JSON_KEYS_H

#include <sabir/error.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define SB_JSON_MAX_DEPTH 64
#define SB_JSON_SCANNED_KEYS 16
#define SB_JSON_KEPT_KEYS 32

struct sb_json_key {
    struct sb_text raw; /* between the quotes, in the text that is read */
    bool has_escapes;
    uint32_t print; /* of the unescaped key: a cheap mark, or a seeded hash when there is a table */
    uint32_t older; /* the next key of the bucket: index + 1; 0: none */
};

struct sb_json_keys {
    struct sb_json_key *list; /* `kept`, or a block of its own */
    uint32_t *buckets;        /* index + 1 of the newest key; NULL: no table yet */
    uint32_t bucket_mask;
    uint32_t count;
    uint32_t capacity;
    uint64_t seed[2];                       /* random, so that nobody chooses collisions */
    uint32_t frames[SB_JSON_MAX_DEPTH + 1]; /* of each depth that is an object: where its keys begin */
    struct sb_json_key kept[SB_JSON_KEPT_KEYS];
};

void sb_json_keys_init(struct sb_json_keys *keys);
void sb_json_keys_free(struct sb_json_keys *keys);

/* An object at `depth` opens, or closes. */
static inline void sb_json_keys_open(struct sb_json_keys *keys, uint32_t depth) {
    keys->frames[depth] = keys->count;
}
void sb_json_keys_forget(struct sb_json_keys *keys, uint32_t depth);
static inline void sb_json_keys_close(struct sb_json_keys *keys, uint32_t depth) {
    if (keys->buckets) sb_json_keys_forget(keys, depth);
    keys->count = keys->frames[depth];
}

/* The mark of a key without escapes: its length, first and last byte. */
static inline uint32_t sb_json_keys_mark(struct sb_text raw) {
    if (raw.len_bytes == 0) return 0;
    unsigned char first = (unsigned char)raw.bytes[0];
    unsigned char last = (unsigned char)raw.bytes[raw.len_bytes - 1];
    return (uint32_t)raw.len_bytes << 16 ^ (uint32_t)first << 8 ^ last;
}

int sb_json_keys_add_any(struct sb_json_keys *keys, uint32_t depth, struct sb_text raw, bool has_escapes);

/*
 * Add a key of the object at `depth`. SABIR_OK, SABIR_EEXIST (it has that key), SABIR_ENOMEM. Inline is the ordinary
 * case: a small object, no escapes, no earlier key of the same mark.
 */
static inline int sb_json_keys_add(struct sb_json_keys *keys, uint32_t depth, struct sb_text raw, bool has_escapes) {
    uint32_t base = keys->frames[depth];
    uint32_t count = keys->count;
    if (has_escapes || keys->buckets || count - base == SB_JSON_SCANNED_KEYS || count == SB_JSON_KEPT_KEYS)
        return sb_json_keys_add_any(keys, depth, raw, has_escapes);
    uint32_t print = sb_json_keys_mark(raw);
    for (uint32_t i = base; i < count; i++) {
        if (keys->kept[i].print == print) return sb_json_keys_add_any(keys, depth, raw, has_escapes);
    }
    keys->kept[count] = (struct sb_json_key){.raw = raw, .print = print};
    keys->count = count + 1;
    return SABIR_OK;
}

#endif
