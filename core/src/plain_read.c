#include <string.h>

#include "json_digits.h"
#include "json_number.h"
#include "json_scan.h"
#include "plain.h"
#include "utf8.h"

#define INTEGER_DIGITS 18 /* whatever so many digits say fits 64 bits with a sign */
#define EXACT_DIGITS 15   /* an integer of so many digits is a double exactly */
#define DOUBLE_DIGITS 19  /* fit 64 bits; all that sb_json_nearest_double takes */
#define INLINE inline __attribute__((always_inline))
#define SINK_BYTES 2048 /* of an item that is only checked; there is no larger one but on purpose */

/*
 * Every step goes from `at` to the byte behind what it has read, which it returns; NULL: the text is not plain. The text's last byte is a
 * brace, and only a struct steps over a brace: so everywhere else there is one byte more to look at, and nobody asks whether there is.
 */
struct plain {
    const char *end;
    char *items; /* the next free byte of the desk */
    char *items_end;
    struct sb_plain_room room;         /* what has been added up */
    _Alignas(8) char sink[SINK_BYTES]; /* takes what has no place, one over the other */
};

static const char *read_struct(struct plain *plain, const char *at, const sabir_type *type, char *to);

static inline const char *take_text(const struct plain *plain, const char *at, struct sb_text text) {
    if ((size_t)(plain->end - at) < text.len_bytes || memcmp(at, text.bytes, text.len_bytes) != 0) return NULL;
    return at + text.len_bytes;
}

/* ---- Numbers and truth ------------------------------------------------------------------------------------------------------ */

static inline const char *read_bool(const struct plain *plain, const char *at, bool *to) {
    *to = *at == 't';
    return *to ? take_text(plain, at, SB_TEXT("true")) : take_text(plain, at, SB_TEXT("false"));
}

/* The whole part of a number: at least one digit, no needless zero. */
static INLINE const char *read_whole(const struct plain *plain, const char *at, uint64_t *value) {
    const char *end = sb_json_read_digits(at, plain->end, value);
    return end == at || (*at == '0' && end - at > 1) ? NULL : end;
}

/* Of few digits; `-0` is left to others, and so is what follows an integer in a double. */
static INLINE const char *read_int64(const struct plain *plain, const char *at, int64_t *to) {
    bool is_negative = *at == '-';
    uint64_t magnitude = 0;
    const char *first = at + is_negative;
    at = read_whole(plain, first, &magnitude);
    if (!at || at - first > INTEGER_DIGITS || (is_negative && magnitude == 0)) return NULL;
    *to = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return at;
}

static inline const char *read_int32(const struct plain *plain, const char *at, int32_t *to) {
    int64_t value;
    at = read_int64(plain, at, &value);
    if (!at || value < INT32_MIN || value > INT32_MAX) return NULL;
    *to = (int32_t)value;
    return at;
}

static inline const char *read_uint64(const struct plain *plain, const char *at, uint64_t *to) {
    int64_t value;
    at = read_int64(plain, at, &value);
    if (!at || value < 0) return NULL;
    *to = (uint64_t)value;
    return at;
}

static bool is_of_number(char byte) {
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == 'e' || byte == 'E' || byte == '+';
}

/* Of many digits, or with an exponent. */
static const char *read_long_double(const char *begin, double *to) {
    const char *at = begin;
    while (is_of_number(*at)) at++;
    struct sb_text token = {begin, (size_t)(at - begin)};
    return sb_json_read_double(token, to) == SB_JSON_NUMBER_OK ? at : NULL;
}

static INLINE const char *read_double(const struct plain *plain, const char *begin, double *to) {
    bool is_negative = *begin == '-';
    const char *first = begin + is_negative;
    uint64_t digits = 0;
    int64_t exponent = 0, most_digits = EXACT_DIGITS;
    const char *at = read_whole(plain, first, &digits);
    if (!at) return NULL;
    if (*at == '.') {
        const char *point = at;
        at = sb_json_read_digits(point + 1, plain->end, &digits);
        if (at == point + 1) return NULL;
        exponent = point + 1 - at;
        most_digits = DOUBLE_DIGITS + 1; /* the point is counted, too */
    }
    if (at - first > most_digits || (*at | 0x20) == 'e') return read_long_double(begin, to);
    *to = sb_json_nearest_double(is_negative, digits, exponent);
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

static INLINE const char *read_string(struct plain *plain, const char *at, struct sabir_string *to) {
    const char *begin = at + 1, *end = *at == '"' ? string_end(begin, plain->end) : NULL;
    if (!end) return NULL;
    size_t len_bytes = (size_t)(end - begin);
    plain->room.bytes_bytes += len_bytes;
    *to = (struct sabir_string){begin, len_bytes};
    return end + 1;
}

/* ---- What holds other values -------------------------------------------------------------------------------------------------- */

/* A struct inside another value, which goes on behind it. */
static const char *read_inner_struct(struct plain *plain, const char *at, const sabir_type *type, char *to) {
    at = read_struct(plain, at, type, to);
    return at == plain->end ? NULL : at;
}

/* An item or a field that is no list. */
static INLINE const char *read_single(struct plain *plain, const char *at, const struct sb_kind *kind, void *to) {
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
        return read_inner_struct(plain, at, kind->type, to);
    }
}

/* Items hold no lists, so each takes the place behind the one before. */
static const char *read_items(struct plain *plain, const char *at, const struct sb_kind *item, size_t *count) {
    size_t size_bytes = item->size_bytes;
    char *next = plain->items;
    for (;;) {
        bool fits = (size_t)(plain->items_end - next) >= size_bytes;
        if (!fits && size_bytes > SINK_BYTES) return NULL;
        at = read_single(plain, at, item, fits ? next : plain->sink);
        if (!at) return NULL;
        if (fits) next += size_bytes;
        ++*count;
        char behind = *at++;
        if (behind == ']') break;
        if (behind != ',') return NULL;
    }
    return at;
}

static const char *read_list(struct plain *plain, const char *at, const struct sb_kind *item, struct sabir_list *to) {
    size_t count = 0;
    *to = (struct sabir_list){NULL, 0};
    if (*at++ != '[') return NULL;
    if (*at == ']') return at + 1;
    at = read_items(plain, at, item, &count);
    if (!at) return NULL;
    size_t room_bytes = sb_plain_round_up(count * item->size_bytes);
    plain->room.items_bytes += room_bytes;
    *to = (struct sabir_list){plain->items, count};
    if ((size_t)(plain->items_end - plain->items) < room_bytes)
        plain->items = plain->items_end; /* full for all that follow, too: what is on the desk is no value any more */
    else
        plain->items += room_bytes;
    return at;
}

/* Most keys are short: eight bytes at once. */
static INLINE const char *take_key(const struct plain *plain, const char *at, const struct sb_field *field) {
    size_t len_bytes = field->key.len_bytes;
    if (len_bytes > sizeof field->key_word || plain->end - at < (ptrdiff_t)sizeof field->key_word)
        return take_text(plain, at, field->key);
    return (sb_json_load8(at) ^ field->key_word) & field->key_mask ? NULL : at + len_bytes;
}

static const char *read_struct(struct plain *plain, const char *at, const sabir_type *type, char *to) {
    const struct sb_field *field = type->fields, *end = field + type->field_count;
    if (type->is_padded) memset(to, 0, type->size_bytes);
    for (char before = '{'; field != end; field++, before = ',') {
        if (*at != before || !(at = take_key(plain, at + 1, field))) return NULL;
        char *member = to + field->offset_bytes;
        if (field->kind->code == SB_KIND_LIST)
            at = read_list(plain, at, field->kind->item, (void *)member);
        else
            at = read_single(plain, at, field->kind, member);
        if (!at) return NULL;
    }
    return *at == '}' ? at + 1 : NULL;
}

/* ---- Payloads --------------------------------------------------------------------------------------------------------------------- */

size_t sb_plain_read(const sabir_type *type, struct sb_text text, void *desk, size_t desk_bytes,
                     struct sb_plain_room *room) {
    struct plain plain;
    size_t struct_bytes = sb_plain_struct_bytes(type);
    bool fits = desk && desk_bytes >= type->size_bytes;
    *room = (struct sb_plain_room){0, 0};
    if (!type->is_plain || text.len_bytes == 0 || text.bytes[text.len_bytes - 1] != '}') return 0;
    if (!fits && type->size_bytes > SINK_BYTES) return 0;
    plain.end = text.bytes + text.len_bytes;
    plain.items = plain.items_end = plain.sink;
    if (fits && desk_bytes > struct_bytes) {
        plain.items = (char *)desk + struct_bytes;
        plain.items_end = (char *)desk + desk_bytes / SB_PLAIN_ALIGN_BYTES * SB_PLAIN_ALIGN_BYTES;
    }
    plain.room = *room;
    const char *end = read_struct(&plain, text.bytes, type, fits ? desk : plain.sink);
    *room = plain.room;
    return end ? (size_t)(end - text.bytes) : 0;
}

size_t sb_plain_check(const sabir_type *type, struct sb_text text, struct sb_plain_room *room) {
    return sb_plain_read(type, text, NULL, 0, room);
}
