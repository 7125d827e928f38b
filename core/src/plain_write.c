#include <math.h>
#include <string.h>

#include "json_number.h"
#include "json_scan.h"
#include "plain.h"
#include "utf8.h"

/* Each step writes to `to` and returns the end; NULL: the value has no plain form, or there is no memory. */
struct plain {
    struct sb_buffer *out;
    char *end; /* of the room that is reserved */
};

static char *write_value(struct plain *plain, const struct sb_kind *kind, const void *value, char *to);

/* `to` again, with room for `more_bytes` behind it. */
static inline char *room(struct plain *plain, char *to, size_t more_bytes) {
    struct sb_buffer *out = plain->out;
    if ((size_t)(plain->end - to) >= more_bytes) return to;
    out->len_bytes = (size_t)(to - out->bytes);
    to = sb_buffer_reserve(out, more_bytes);
    plain->end = out->bytes + out->capacity_bytes;
    return to;
}

static inline char *put(char *to, struct sb_text text) {
    memcpy(to, text.bytes, text.len_bytes);
    return to + text.len_bytes;
}

/* Most keys are short: eight bytes at once, of which some may be too many. */
static inline char *put_key(char *to, const struct sb_field *field) {
    if (field->key.len_bytes > sizeof field->key_word) return put(to, field->key);
    memcpy(to, &field->key_word, sizeof field->key_word);
    return to + field->key.len_bytes;
}

/* A bool that another language wrote may hold any byte; reading it as a bool would be undefined. */
static char *write_bool(const void *value, char *to) {
    return put(to, *(const unsigned char *)value != 0 ? SB_TEXT("true") : SB_TEXT("false"));
}

static char *write_double(double value, char *to) {
    return isfinite(value) ? sb_json_print_double(value, to) : NULL;
}

/* Nothing in it needs an escape, and it is UTF-8. */
static bool is_plain_string(const struct sabir_string *string) {
    const char *at = string->bytes, *end = at + string->len_bytes;
    if (!at) return false;
    while ((at = sb_json_plain_end(at, end)) != end) {
        size_t len_bytes = (unsigned char)*at >= 0x80 ? sb_utf8_sequence_len_bytes(at, end) : 0;
        if (len_bytes == 0) return false;
        at += len_bytes;
    }
    return true;
}

static char *write_string(struct plain *plain, const struct sabir_string *string, char *to) {
    if (string->len_bytes > 0 && !is_plain_string(string)) return NULL;
    to = room(plain, to, string->len_bytes + strlen("\"\""));
    if (!to) return NULL;
    *to++ = '"';
    if (string->len_bytes > 0) memcpy(to, string->bytes, string->len_bytes);
    to += string->len_bytes;
    *to++ = '"';
    return to;
}

static char *write_list(struct plain *plain, const struct sb_kind *item, const struct sabir_list *list, char *to) {
    const char *at = list->items;
    if (!at && list->count > 0) return NULL;
    to = room(plain, to, strlen("[]"));
    if (!to) return NULL;
    *to++ = '[';
    for (size_t i = 0; i < list->count; i++, at += item->size_bytes) {
        to = write_value(plain, item, at, to);
        if (!to || !(to = room(plain, to, strlen(",]")))) return NULL;
        *to++ = ',';
    }
    if (list->count > 0) to--;
    *to++ = ']';
    return to;
}

static char *write_struct(struct plain *plain, const sabir_type *type, const char *value, char *to) {
    char before = '{';
    for (size_t i = 0; i < type->field_count; i++) {
        const struct sb_field *field = &type->fields[i];
        to = room(plain, to, strlen("{") + field->key.len_bytes + sizeof field->key_word);
        if (!to) return NULL;
        *to++ = before;
        to = write_value(plain, field->kind, value + field->offset_bytes, put_key(to, field));
        if (!to) return NULL;
        before = ',';
    }
    to = room(plain, to, strlen("}"));
    if (to) *to++ = '}';
    return to;
}

static char *write_number(enum sb_kind_code code, const void *value, char *to) {
    switch (code) {
    case SB_KIND_BOOL:
        return write_bool(value, to);
    case SB_KIND_INT32:
        return sb_json_print_int64(*(const int32_t *)value, to);
    case SB_KIND_INT64:
        return sb_json_print_int64(*(const int64_t *)value, to);
    case SB_KIND_UINT64:
        return sb_json_print_uint64(*(const uint64_t *)value, to);
    default:
        return write_double(*(const double *)value, to);
    }
}

static char *write_value(struct plain *plain, const struct sb_kind *kind, const void *value, char *to) {
    switch (kind->code) {
    case SB_KIND_STRING:
        return write_string(plain, value, to);
    case SB_KIND_LIST:
        return write_list(plain, kind->item, value, to);
    case SB_KIND_STRUCT:
        return write_struct(plain, kind->type, value, to);
    default:
        to = room(plain, to, SB_JSON_NUMBER_BYTES);
        return to ? write_number(kind->code, value, to) : NULL;
    }
}

bool sb_plain_write(const sabir_type *type, const void *value, struct sb_buffer *out) {
    size_t before_bytes = out->len_bytes;
    if (!type->is_plain) return false;
    char *to = sb_buffer_reserve(out, SB_JSON_NUMBER_BYTES);
    struct plain plain = {out, to ? out->bytes + out->capacity_bytes : NULL};
    char *end = to ? write_struct(&plain, type, value, to) : NULL;
    out->len_bytes = end ? (size_t)(end - out->bytes) : before_bytes;
    return end != NULL;
}
