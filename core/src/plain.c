#include "plain.h"

#include <math.h>
#include <string.h>

#include "json_number.h"

#define EXACT_DIGITS 18 /* whatever so many digits say fits 64 bits with a sign */

static bool is_plain_kind(enum sb_kind_code code) {
    return code >= SB_KIND_BOOL && code <= SB_KIND_DOUBLE;
}

size_t sb_plain_max_bytes(const struct sb_field *fields, size_t field_count) {
    size_t max_bytes = strlen("{}");
    for (size_t i = 0; i < field_count; i++) {
        if (!is_plain_kind(fields[i].kind->code)) return 0;
        max_bytes += fields[i].key.len_bytes + SB_JSON_NUMBER_BYTES + strlen(",");
    }
    return field_count > 0 ? max_bytes : 0;
}

/* ---- Reading: each returns where it got to, or NULL ------------------------------------------------------------------------ */

static const char *read_bool(const char *at, const char *end, bool *to) {
    struct sb_text word = at != end && *at == 't' ? SB_TEXT("true") : SB_TEXT("false");
    if ((size_t)(end - at) < word.len_bytes || memcmp(at, word.bytes, word.len_bytes) != 0) return NULL;
    *to = *at == 't';
    return at + word.len_bytes;
}

static bool is_digit(const char *at, const char *end) {
    return at != end && *at >= '0' && *at <= '9';
}

/* A number of few digits without a needless zero; `-0` is left to others, as what follows an integer in a double. */
static const char *read_integer(const char *at, const char *end, int64_t *to) {
    bool is_negative = at != end && *at == '-';
    const char *first = at += is_negative;
    uint64_t magnitude = 0;
    for (; is_digit(at, end); at++) magnitude = magnitude * 10 + (uint64_t)(*at - '0');
    size_t count = (size_t)(at - first);
    if (count == 0 || count > EXACT_DIGITS || (*first == '0' && (count > 1 || is_negative))) return NULL;
    *to = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return at;
}

static const char *read_int32(const char *at, const char *end, int32_t *to) {
    int64_t value;
    at = read_integer(at, end, &value);
    if (!at || value < INT32_MIN || value > INT32_MAX) return NULL;
    *to = (int32_t)value;
    return at;
}

static const char *read_uint64(const char *at, const char *end, uint64_t *to) {
    int64_t value;
    at = read_integer(at, end, &value);
    if (!at || value < 0) return NULL;
    *to = (uint64_t)value;
    return at;
}

static bool is_of_number(char byte) {
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == 'e' || byte == 'E' || byte == '+';
}

static const char *read_double(const char *at, const char *end, double *to) {
    const char *begin = at;
    while (at != end && is_of_number(*at)) at++;
    struct sb_text token = {begin, (size_t)(at - begin)};
    return sb_json_read_double(token, to) == SB_JSON_NUMBER_OK ? at : NULL;
}

static const char *read_value(const char *at, const char *end, enum sb_kind_code code, void *to) {
    switch (code) {
    case SB_KIND_BOOL:
        return read_bool(at, end, to);
    case SB_KIND_INT32:
        return read_int32(at, end, to);
    case SB_KIND_INT64:
        return read_integer(at, end, to);
    case SB_KIND_UINT64:
        return read_uint64(at, end, to);
    default:
        return read_double(at, end, to);
    }
}

size_t sb_plain_read(const sabir_type *type, struct sb_text text, void *value) {
    const char *at = text.bytes, *end = text.bytes + text.len_bytes;
    memset(value, 0, type->size_bytes);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct sb_field *field = &type->fields[i];
        size_t key_bytes = field->key.len_bytes;
        if ((size_t)(end - at) <= key_bytes || *at != (i == 0 ? '{' : ',')) return 0;
        if (memcmp(at + 1, field->key.bytes, key_bytes) != 0) return 0;
        at = read_value(at + 1 + key_bytes, end, field->kind->code, (char *)value + field->offset_bytes);
        if (!at) return 0;
    }
    return at != end && *at == '}' ? (size_t)(at + 1 - text.bytes) : 0;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------------------- */

/* A bool that another language wrote may hold any byte; reading it as a bool would be undefined. */
static char *write_bool(const void *value, char *to) {
    struct sb_text word = *(const unsigned char *)value != 0 ? SB_TEXT("true") : SB_TEXT("false");
    memcpy(to, word.bytes, word.len_bytes);
    return to + word.len_bytes;
}

static char *write_value(enum sb_kind_code code, const void *value, char *to) {
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
        return isfinite(*(const double *)value) ? sb_json_print_double(*(const double *)value, to) : NULL;
    }
}

char *sb_plain_write(const sabir_type *type, const void *value, char *to) {
    for (size_t i = 0; i < type->field_count && to; i++) {
        const struct sb_field *field = &type->fields[i];
        *to++ = i == 0 ? '{' : ',';
        memcpy(to, field->key.bytes, field->key.len_bytes);
        to = write_value(field->kind->code, (const char *)value + field->offset_bytes, to + field->key.len_bytes);
    }
    if (to) *to++ = '}';
    return to;
}
