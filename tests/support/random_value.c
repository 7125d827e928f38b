#include "support/random_value.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_ITEMS 5

struct random random_new(void) {
    const char *told = getenv("SABIR_SEED");
    uint64_t seed = told ? strtoull(told, NULL, 0) : (uint64_t)time(NULL) * UINT64_C(0x9E3779B97F4A7C15);
    printf("# SABIR_SEED=%" PRIu64 "\n", seed);
    return (struct random){seed};
}

/* splitmix64 */
uint64_t random_next(struct random *random) {
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

size_t random_below(struct random *random, size_t limit) {
    return (size_t)(random_next(random) % limit);
}

/* ---- Kinds ------------------------------------------------------------------------------------------------------------- */

static bool starts_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

void random_kind(struct random *random, unsigned depth, char *text, size_t capacity_bytes) {
    static const char *const scalars[] = {"BOOL",   "INT32", "INT64", "UINT64",       "DOUBLE",
                                          "STRING", "BYTES", "JSON",  "STRUCT(Point)"};
    static const char *const outer[] = {"LIST", "MAP", "OPTIONAL"};
    if (depth <= 1 || random_below(random, 3) == 0) {
        snprintf(text, capacity_bytes, "%s", scalars[random_below(random, sizeof scalars / sizeof scalars[0])]);
        return;
    }
    char *item = malloc(capacity_bytes);
    const char *word = outer[random_below(random, 3)];
    do random_kind(random, depth - 1, item, capacity_bytes);
    while (starts_with(word, "OPTIONAL") && starts_with(item, "OPTIONAL"));
    snprintf(text, capacity_bytes, "%s(%s)", word, item);
    free(item);
}

/* ---- Values ------------------------------------------------------------------------------------------------------------ */

static double random_double(struct random *random) {
    static const double edges[] = {0.0,     -0.0,     1.0,     -1.5,         0.1,
                                   DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN, 9007199254740993.0};
    if (random_below(random, 3) == 0) return edges[random_below(random, sizeof edges / sizeof edges[0])];
    uint64_t bits = random_next(random);
    if ((bits >> 52 & 0x7ff) == 0x7ff) bits ^= UINT64_C(1) << 62; /* no NaN, no infinity */
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int64_t random_int64(struct random *random) {
    static const int64_t edges[] = {0, -1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993), INT32_MAX, INT32_MIN};
    if (random_below(random, 2) == 0) return edges[random_below(random, sizeof edges / sizeof edges[0])];
    return (int64_t)(random_next(random) >> random_below(random, 64));
}

/* In memory of its own, of exactly its length, so that a read beyond it is found. */
static struct sabir_string copy_of(const char *bytes, size_t len_bytes) {
    if (len_bytes == 0) return (struct sabir_string){NULL, 0};
    char *copy = malloc(len_bytes);
    memcpy(copy, bytes, len_bytes);
    return (struct sabir_string){copy, len_bytes};
}

static struct sabir_string random_string(struct random *random) {
    static const char *const pieces[] = {
        "a", "\"", "\\", "/", "\n", "\x01", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", " x"};
    char text[64];
    size_t used = 0;
    for (size_t count = random_below(random, 12); count > 0; count--) {
        if (random_below(random, 12) == 0) {
            text[used++] = '\0';
            continue;
        }
        const char *piece = pieces[random_below(random, sizeof pieces / sizeof pieces[0])];
        memcpy(text + used, piece, strlen(piece));
        used += strlen(piece);
    }
    return copy_of(text, used);
}

static struct sabir_string random_bytes(struct random *random) {
    char bytes[40];
    size_t len_bytes = random_below(random, sizeof bytes);
    for (size_t i = 0; i < len_bytes; i++) bytes[i] = (char)random_below(random, 256);
    return copy_of(bytes, len_bytes);
}

static struct sabir_string random_json(struct random *random) {
    static const char *const texts[] = {
        "1", "-0", "1.50", "true", "[]", "{\"a\":[1,{\"b\":null}]}", "\"\\u0041\"", "[1 , 2]", "18446744073709551615"};
    const char *text = texts[random_below(random, sizeof texts / sizeof texts[0])];
    return copy_of(text, strlen(text));
}

static void random_items(struct random *random, const struct sb_kind *item, size_t count, const void **items) {
    char *made = count ? calloc(count, item->size_bytes) : NULL;
    for (size_t i = 0; i < count; i++) random_value(random, item, made + i * item->size_bytes);
    *items = made;
}

/* Unique keys: each begins with its number. */
static void random_keys(struct random *random, size_t count, struct sabir_map *map) {
    struct sabir_string *keys = count ? calloc(count, sizeof *keys) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct sabir_string tail = random_string(random);
        char key[80] = {(char)('0' + i)};
        if (tail.len_bytes > 0) memcpy(key + 1, tail.bytes, tail.len_bytes);
        keys[i] = copy_of(key, tail.len_bytes + 1);
        free((void *)(uintptr_t)tail.bytes);
    }
    map->keys = keys;
}

static void random_fields(struct random *random, const sabir_type *type, char *to) {
    for (size_t i = 0; i < type->field_count; i++)
        random_value(random, type->fields[i].kind, to + type->fields[i].offset_bytes);
}

void random_value(struct random *random, const struct sb_kind *kind, void *to) {
    struct sabir_list *list = to;
    struct sabir_map *map = to;
    switch (kind->code) {
    case SB_KIND_BOOL:
        *(bool *)to = random_below(random, 2);
        break;
    case SB_KIND_INT32:
        *(int32_t *)to = (int32_t)random_int64(random);
        break;
    case SB_KIND_INT64:
        *(int64_t *)to = random_int64(random);
        break;
    case SB_KIND_UINT64:
        *(uint64_t *)to = (uint64_t)random_int64(random);
        break;
    case SB_KIND_DOUBLE:
        *(double *)to = random_double(random);
        break;
    case SB_KIND_STRING:
        *(struct sabir_string *)to = random_string(random);
        break;
    case SB_KIND_BYTES:
        *(struct sabir_string *)to = random_bytes(random);
        break;
    case SB_KIND_JSON:
        *(struct sabir_string *)to = random_json(random);
        break;
    case SB_KIND_LIST:
        list->count = random_below(random, MOST_ITEMS);
        random_items(random, kind->item, list->count, &list->items);
        break;
    case SB_KIND_MAP:
        map->count = random_below(random, MOST_ITEMS);
        random_keys(random, map->count, map);
        random_items(random, kind->item, map->count, &map->values);
        break;
    case SB_KIND_OPTIONAL:
        *(bool *)to = random_below(random, 2);
        if (*(bool *)to) random_value(random, kind->item, (char *)to + kind->value_offset_bytes);
        break;
    case SB_KIND_STRUCT:
        random_fields(random, kind->type, to);
        break;
    }
}

static void free_items(const struct sb_kind *item, const void *items, size_t count) {
    char *block = (char *)(uintptr_t)items;
    for (size_t i = 0; i < count; i++) random_value_free(item, block + i * item->size_bytes);
    free(block);
}

void random_value_free(const struct sb_kind *kind, void *value) {
    struct sabir_list *list = value;
    struct sabir_map *map = value;
    switch (kind->code) {
    case SB_KIND_STRING:
    case SB_KIND_BYTES:
    case SB_KIND_JSON:
        free((void *)(uintptr_t)((struct sabir_string *)value)->bytes);
        break;
    case SB_KIND_LIST:
        free_items(kind->item, list->items, list->count);
        break;
    case SB_KIND_MAP:
        for (size_t i = 0; i < map->count; i++) free((void *)(uintptr_t)map->keys[i].bytes);
        free((void *)(uintptr_t)map->keys);
        free_items(kind->item, map->values, map->count);
        break;
    case SB_KIND_OPTIONAL:
        if (*(bool *)value) random_value_free(kind->item, (char *)value + kind->value_offset_bytes);
        break;
    case SB_KIND_STRUCT:
        for (size_t i = 0; i < kind->type->field_count; i++)
            random_value_free(kind->type->fields[i].kind, (char *)value + kind->type->fields[i].offset_bytes);
        break;
    default:
        break;
    }
}

/* ---- Comparing --------------------------------------------------------------------------------------------------------- */

static bool texts_equal(const struct sabir_string *a, const struct sabir_string *b) {
    return a->len_bytes == b->len_bytes && (a->len_bytes == 0 || memcmp(a->bytes, b->bytes, a->len_bytes) == 0);
}

static bool items_equal(const struct sb_kind *item, const void *a, const void *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!value_equal(item, (const char *)a + i * item->size_bytes, (const char *)b + i * item->size_bytes))
            return false;
    return true;
}

static bool maps_equal(const struct sb_kind *item, const struct sabir_map *a, const struct sabir_map *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!texts_equal(&a->keys[i], &b->keys[i])) return false;
    return items_equal(item, a->values, b->values, a->count);
}

static bool structs_equal(const sabir_type *type, const char *a, const char *b) {
    for (size_t i = 0; i < type->field_count; i++) {
        size_t at = type->fields[i].offset_bytes;
        if (!value_equal(type->fields[i].kind, a + at, b + at)) return false;
    }
    return true;
}

bool value_equal(const struct sb_kind *kind, const void *a, const void *b) {
    const struct sabir_list *list_a = a, *list_b = b;
    switch (kind->code) {
    case SB_KIND_STRING:
    case SB_KIND_BYTES:
    case SB_KIND_JSON:
        return texts_equal(a, b);
    case SB_KIND_LIST:
        return list_a->count == list_b->count && items_equal(kind->item, list_a->items, list_b->items, list_a->count);
    case SB_KIND_MAP:
        return maps_equal(kind->item, a, b);
    case SB_KIND_OPTIONAL:
        if (*(const bool *)a != *(const bool *)b) return false;
        return !*(const bool *)a || value_equal(kind->item, (const char *)a + kind->value_offset_bytes,
                                                (const char *)b + kind->value_offset_bytes);
    case SB_KIND_STRUCT:
        return structs_equal(kind->type, a, b);
    default:
        return memcmp(a, b, kind->size_bytes) == 0; /* bit for bit: -0.0 is not 0.0 */
    }
}
