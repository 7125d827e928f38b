#include <string.h>

#include "json_number.h"
#include "json_scan.h"
#include "plain.h"
#include "utf8.h"

#define INTEGER_DIGITS 18 /* whatever so many digits say fits 64 bits with a sign */
#define DOUBLE_DIGITS 15  /* an integer of so many digits is a double exactly */
#define ITEM_ALIGN_BYTES 8

/*
 * Every step goes from `at` to the byte behind what it has read, which it returns; NULL: the text is not plain. `to` is NULL while checking.
 */
struct plain {
    const char *end;
    char *items; /* the next free byte of both regions, when filling */
    char *bytes;
    struct sb_plain_room room; /* what checking has added up */
};

static const char *read_struct(struct plain *plain, const char *at, const sabir_type *type, char *to);

static inline const char *take(const struct plain *plain, const char *at, char byte) {
    return at != plain->end && *at == byte ? at + 1 : NULL;
}

static inline const char *take_text(const struct plain *plain, const char *at, struct sb_text text) {
    if ((size_t)(plain->end - at) < text.len_bytes || memcmp(at, text.bytes, text.len_bytes) != 0) return NULL;
    return at + text.len_bytes;
}

/* ---- Numbers and truth ------------------------------------------------------------------------------------------------------ */

static const char *read_bool(const struct plain *plain, const char *at, bool *to) {
    bool is_true = at != plain->end && *at == 't';
    if (to) *to = is_true;
    return take_text(plain, at, is_true ? SB_TEXT("true") : SB_TEXT("false"));
}

/* The digits from here on, added to *value, modulo 2^64. */
static inline const char *read_digits(const struct plain *plain, const char *at, uint64_t *value) {
    uint64_t sum = *value;
    for (unsigned digit; at != plain->end && (digit = (unsigned)*at - (unsigned)'0') <= 9; at++) sum = sum * 10 + digit;
    *value = sum;
    return at;
}

/* The whole part of a number: at least one digit, no needless zero. */
static inline const char *read_whole(const struct plain *plain, const char *at, uint64_t *value) {
    const char *end = read_digits(plain, at, value);
    return end == at || (*at == '0' && end - at > 1) ? NULL : end;
}

/* Of few digits; `-0` is left to others, and so is what follows an integer in a double. */
static inline const char *read_integer(const struct plain *plain, const char *at, int64_t *to) {
    bool is_negative = at != plain->end && *at == '-';
    uint64_t magnitude = 0;
    const char *first = at + is_negative;
    at = read_whole(plain, first, &magnitude);
    if (!at || at - first > INTEGER_DIGITS || (is_negative && magnitude == 0)) return NULL;
    *to = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return at;
}

static const char *read_int64(const struct plain *plain, const char *at, int64_t *to) {
    int64_t value;
    at = read_integer(plain, at, &value);
    if (at && to) *to = value;
    return at;
}

static const char *read_int32(const struct plain *plain, const char *at, int32_t *to) {
    int64_t value;
    at = read_integer(plain, at, &value);
    if (!at || value < INT32_MIN || value > INT32_MAX) return NULL;
    if (to) *to = (int32_t)value;
    return at;
}

static const char *read_uint64(const struct plain *plain, const char *at, uint64_t *to) {
    int64_t value;
    at = read_integer(plain, at, &value);
    if (!at || value < 0) return NULL;
    if (to) *to = (uint64_t)value;
    return at;
}

static bool is_of_number(char byte) {
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == 'e' || byte == 'E' || byte == '+';
}

/* Of many digits, or with an exponent. */
static const char *read_long_double(const struct plain *plain, const char *begin, double *to) {
    double value;
    const char *at = begin;
    while (at != plain->end && is_of_number(*at)) at++;
    struct sb_text token = {begin, (size_t)(at - begin)};
    return sb_json_read_double(token, to ? to : &value) == SB_JSON_NUMBER_OK ? at : NULL;
}

static const char *read_double(const struct plain *plain, const char *begin, double *to) {
    const char *end = plain->end;
    bool is_negative = begin != end && *begin == '-';
    const char *first = begin + is_negative, *point = NULL;
    uint64_t digits = 0;
    const char *at = read_whole(plain, first, &digits);
    if (!at) return NULL;
    if (at != end && *at == '.') {
        point = at;
        at = read_digits(plain, point + 1, &digits);
        if (at == point + 1) return NULL;
    }
    if (at - first > DOUBLE_DIGITS || (at != end && (*at | 0x20) == 'e')) return read_long_double(plain, begin, to);
    if (to) *to = sb_json_nearest_double(is_negative, digits, point ? point + 1 - at : 0);
    return at;
}

/* ---- Strings ------------------------------------------------------------------------------------------------------------------ */

/* The closing quote of a string without escapes, or NULL. */
static inline const char *string_end(const char *at, const char *end) {
    for (;;) {
        at = sb_json_plain_end(at, end);
        if (at == end) return NULL;
        if (*at == '"') return at;
        size_t len_bytes = (unsigned char)*at >= 0x80 ? sb_utf8_sequence_len_bytes(at, end) : 0;
        if (len_bytes == 0) return NULL;
        at += len_bytes;
    }
}

static const char *read_string(struct plain *plain, const char *at, struct sabir_string *to) {
    const char *begin = take(plain, at, '"'), *end = begin ? string_end(begin, plain->end) : NULL;
    if (!end) return NULL;
    size_t len_bytes = (size_t)(end - begin);
    plain->room.bytes_bytes += len_bytes;
    if (to && plain->bytes && len_bytes > 0) { /* an empty text needs no address; *to is all zero */
        memcpy(plain->bytes, begin, len_bytes);
        *to = (struct sabir_string){plain->bytes, len_bytes};
        plain->bytes += len_bytes;
    }
    return end + 1;
}

/* ---- What holds other values -------------------------------------------------------------------------------------------------- */

/* An item or a field that is no list. */
static inline const char *read_single(struct plain *plain, const char *at, const struct sb_kind *kind, void *to) {
    switch (kind->code) {
    case SB_KIND_BOOL:
        return read_bool(plain, at, to);
    case SB_KIND_INT32:
        return read_int32(plain, at, to);
    case SB_KIND_INT64:
        return read_int64(plain, at, to);
    case SB_KIND_UINT64:
        return read_uint64(plain, at, to);
    case SB_KIND_DOUBLE:
        return read_double(plain, at, to);
    case SB_KIND_STRING:
        return read_string(plain, at, to);
    default:
        return read_struct(plain, at, kind->type, to);
    }
}

/* Items hold no lists, so each takes the place behind the one before. */
static const char *read_items(struct plain *plain, const char *at, const struct sb_kind *item, char *items,
                              size_t *count) {
    for (;;) {
        at = read_single(plain, at, item, items ? items + *count * item->size_bytes : NULL);
        ++*count;
        if (!at || at == plain->end) return NULL;
        if (*at == ']') return at + 1;
        if (*at++ != ',') return NULL;
    }
}

static const char *read_list(struct plain *plain, const char *at, const struct sb_kind *item, struct sabir_list *to) {
    size_t count = 0;
    at = take(plain, at, '[');
    if (!at) return NULL;
    const char *end = take(plain, at, ']');
    if (!end) end = read_items(plain, at, item, to ? plain->items : NULL, &count);
    size_t room_bytes = (count * item->size_bytes + ITEM_ALIGN_BYTES - 1) / ITEM_ALIGN_BYTES * ITEM_ALIGN_BYTES;
    plain->room.items_bytes += room_bytes;
    if (to && count > 0) {
        *to = (struct sabir_list){plain->items, count};
        plain->items += room_bytes;
    }
    return end;
}

/* Most keys are short: eight bytes at once. */
static inline const char *take_key(const struct plain *plain, const char *at, const struct sb_field *field) {
    size_t len_bytes = field->key.len_bytes;
    if (len_bytes > sizeof field->key_word || plain->end - at < (ptrdiff_t)sizeof field->key_word)
        return take_text(plain, at, field->key);
    return (sb_json_load8(at) ^ field->key_word) & field->key_mask ? NULL : at + len_bytes;
}

static const char *read_struct(struct plain *plain, const char *at, const sabir_type *type, char *to) {
    const struct sb_field *field = type->fields, *end = field + type->field_count;
    for (char before = '{'; field != end; field++, before = ',') {
        at = take(plain, at, before);
        if (!at || !(at = take_key(plain, at, field))) return NULL;
        char *member = to ? to + field->offset_bytes : NULL;
        if (field->kind->code == SB_KIND_LIST)
            at = read_list(plain, at, field->kind->item, (void *)member);
        else
            at = read_single(plain, at, field->kind, member);
        if (!at) return NULL;
    }
    return take(plain, at, '}');
}

/* ---- Payloads --------------------------------------------------------------------------------------------------------------------- */

size_t sb_plain_check(const sabir_type *type, struct sb_text text, struct sb_plain_room *room) {
    struct plain plain = {.end = text.bytes + text.len_bytes};
    const char *end = type->is_plain ? read_struct(&plain, text.bytes, type, NULL) : NULL;
    *room = plain.room;
    return end ? (size_t)(end - text.bytes) : 0;
}

void sb_plain_fill(const sabir_type *type, struct sb_text text, void *value, char *items, char *bytes) {
    struct plain plain = {.end = text.bytes + text.len_bytes};
    plain.items = items;
    plain.bytes = bytes;
    read_struct(&plain, text.bytes, type, value);
}

size_t sb_plain_read(const sabir_type *type, struct sb_text text, void *value) {
    struct plain plain = {.end = text.bytes + text.len_bytes};
    if (!type->is_plain || !type->is_flat) return 0;
    memset(value, 0, type->size_bytes);
    const char *end = read_struct(&plain, text.bytes, type, value);
    return end ? (size_t)(end - text.bytes) : 0;
}
