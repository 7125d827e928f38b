/*
 * Duplicate keys. Without a table a key's print is a cheap mark (length, first and last byte), with one it is
 * SipHash-1-3 under a seed of this very text. Both are of the unescaped key, and equal prints are always followed by a
 * real comparison.
 */
#include "json_keys.h"

#include <string.h>

#include "alloc.h"
#include "json_escape.h"
#include "thread.h"

void sb_json_keys_init(struct sb_json_keys *keys) {
    keys->list = keys->kept;
    keys->buckets = NULL;
    keys->count = 0;
    keys->capacity = SB_JSON_KEPT_KEYS;
}

void sb_json_keys_free(struct sb_json_keys *keys) {
    if (!keys->buckets) return;
    sb_free(keys->buckets);
    sb_free(keys->list);
    sb_json_keys_init(keys);
}

/* ---- prints ------------------------------------------------------------------------------------------------------ */

static uint32_t mark(const struct sb_json_key *key) {
    if (!key->has_escapes) return sb_json_keys_mark(key->raw);
    struct sb_json_cursor cursor;
    sb_json_cursor_init(&cursor, key->raw);
    int first = sb_json_cursor_next(&cursor); /* there is one: the key has an escape */
    int last = first;
    uint32_t len = 1;
    for (int byte; (byte = sb_json_cursor_next(&cursor)) >= 0; len++) last = byte;
    return len << 16 ^ (uint32_t)first << 8 ^ (uint32_t)last;
}

static uint64_t rotate(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

/* The next 8 bytes of the unescaped key, zero-filled; returns how many there were. */
static unsigned next_word(struct sb_json_cursor *cursor, bool has_escapes, uint64_t *word) {
    unsigned char bytes[sizeof *word] = {0};
    unsigned count = 0;
    if (!has_escapes) {
        size_t left = (size_t)(cursor->end - cursor->at);
        count = left < sizeof bytes ? (unsigned)left : (unsigned)sizeof bytes;
        memcpy(bytes, cursor->at, count);
        cursor->at += count;
    } else {
        for (int byte; count < sizeof bytes && (byte = sb_json_cursor_next(cursor)) >= 0;)
            bytes[count++] = (unsigned char)byte;
    }
    memcpy(word, bytes, sizeof *word);
    return count;
}

static uint32_t hash(const struct sb_json_keys *keys, const struct sb_json_key *key) {
    uint64_t v[4] = {keys->seed[0] ^ UINT64_C(0x736f6d6570736575), keys->seed[1] ^ UINT64_C(0x646f72616e646f6d),
                     keys->seed[0] ^ UINT64_C(0x6c7967656e657261), keys->seed[1] ^ UINT64_C(0x7465646279746573)};
    struct sb_json_cursor cursor;
    sb_json_cursor_init(&cursor, key->raw);
    uint64_t word;
    uint64_t len = 0;
    unsigned count;
    do {
        count = next_word(&cursor, key->has_escapes, &word);
        len += count;
        if (count < sizeof word) word ^= len << 56;
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    } while (count == sizeof word);
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++) sip_round(v);
    return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}

static bool keys_equal(const struct sb_json_key *a, const struct sb_json_key *b) {
    if (a->print != b->print) return false;
    if (!a->has_escapes && !b->has_escapes) return sb_text_equal(a->raw, b->raw);
    struct sb_json_cursor left;
    struct sb_json_cursor right;
    sb_json_cursor_init(&left, a->raw);
    sb_json_cursor_init(&right, b->raw);
    for (;;) {
        int byte = sb_json_cursor_next(&left);
        if (byte != sb_json_cursor_next(&right)) return false;
        if (byte < 0) return true;
    }
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static void link_key(struct sb_json_keys *keys, uint32_t index) {
    struct sb_json_key *key = &keys->list[index];
    uint32_t *bucket = &keys->buckets[key->print & keys->bucket_mask];
    key->older = *bucket;
    *bucket = index + 1;
}

/* Twice the room, in blocks of their own, and every key into the table, oldest first. */
static int grow(struct sb_json_keys *keys) {
    if (keys->capacity > UINT32_MAX / 4) return SABIR_ENOMEM;
    uint32_t capacity = keys->capacity * 2;
    bool is_first = !keys->buckets;
    struct sb_json_key *list = sb_realloc(is_first ? NULL : keys->list, capacity * sizeof *list);
    if (!list) return SABIR_ENOMEM;
    if (is_first)
        memcpy(list, keys->kept, keys->count * sizeof *list);
    else
        keys->list = list;
    uint32_t *buckets = sb_alloc_zero(capacity, sizeof *buckets);
    if (!buckets) {
        if (is_first) sb_free(list);
        return SABIR_ENOMEM;
    }
    sb_free(keys->buckets);
    keys->list = list;
    keys->buckets = buckets;
    keys->bucket_mask = capacity - 1;
    keys->capacity = capacity;
    if (is_first) sb_random(keys->seed, sizeof keys->seed);
    for (uint32_t i = 0; i < keys->count; i++) {
        if (is_first) list[i].print = hash(keys, &list[i]);
        link_key(keys, i);
    }
    return SABIR_OK;
}

void sb_json_keys_forget(struct sb_json_keys *keys, uint32_t depth) {
    for (uint32_t i = keys->count; i > keys->frames[depth]; i--) {
        const struct sb_json_key *key = &keys->list[i - 1];
        keys->buckets[key->print & keys->bucket_mask] = key->older;
    }
}

static int add_to_table(struct sb_json_keys *keys, uint32_t base, struct sb_json_key *key) {
    key->print = hash(keys, key);
    for (uint32_t i = keys->buckets[key->print & keys->bucket_mask]; i > base; i = keys->list[i - 1].older) {
        if (keys_equal(&keys->list[i - 1], key)) return SABIR_EEXIST;
    }
    if (keys->count == keys->capacity) {
        int error = grow(keys);
        if (error) return error;
    }
    keys->list[keys->count] = *key;
    link_key(keys, keys->count++);
    return SABIR_OK;
}

int sb_json_keys_add_any(struct sb_json_keys *keys, uint32_t depth, struct sb_text raw, bool has_escapes) {
    uint32_t base = keys->frames[depth];
    struct sb_json_key key = {.raw = raw, .has_escapes = has_escapes};
    if (!keys->buckets && (keys->count - base == SB_JSON_SCANNED_KEYS || keys->count == SB_JSON_KEPT_KEYS)) {
        int error = grow(keys);
        if (error) return error;
    }
    if (keys->buckets) return add_to_table(keys, base, &key);
    key.print = mark(&key);
    for (uint32_t i = base; i < keys->count; i++) {
        if (keys_equal(&keys->list[i], &key)) return SABIR_EEXIST;
    }
    keys->list[keys->count++] = key;
    return SABIR_OK;
}
