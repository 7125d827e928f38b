/*
 * From a struct to JSON text. One walk both checks and writes, so that what sb_value_check lets through is what sb_encode writes: without
 * an `out` it checks only.
 */
#include <math.h>

#include "base64.h"
#include "codec.h"
#include "error.h"
#include "json_escape.h"
#include "json_keys.h"
#include "json_number.h"
#include "json_value.h"
#include "plain.h"
#include "text_show.h"
#include "type.h"
#include "utf8.h"
#include "value_fault.h"

#define ENVELOPE_MAX_DEPTH 64 /* LIM-1 */
#define PAYLOAD_LEVEL 2       /* the envelope object is level 1 */

struct encoder {
    struct sb_buffer *out; /* NULL: check only */
    struct sb_value_fault fault;
};

static int encode_value(struct encoder *encoder, const struct sb_kind *kind, const void *value, uint32_t level);

/* ---- Writing ----------------------------------------------------------------------------------------------------------- */

/* Room for `more` bytes, or NULL without memory; what was written is counted by wrote(). */
static inline char *room(struct encoder *encoder, size_t more_bytes) {
    struct sb_buffer *out = encoder->out;
    if (out->capacity_bytes - out->len_bytes >= more_bytes && !out->failed && out->bytes)
        return out->bytes + out->len_bytes;
    return sb_buffer_reserve(out, more_bytes);
}

static inline int wrote(struct encoder *encoder, const char *end) {
    encoder->out->len_bytes = (size_t)(end - encoder->out->bytes);
    return SABIR_OK;
}

static int write_bytes(struct encoder *encoder, const char *bytes, size_t len_bytes) {
    if (!encoder->out) return SABIR_OK;
    char *to = room(encoder, len_bytes);
    if (!to) return SABIR_ENOMEM;
    memcpy(to, bytes, len_bytes);
    return wrote(encoder, to + len_bytes);
}

static int write_byte(struct encoder *encoder, char byte) {
    return write_bytes(encoder, &byte, 1);
}

static int write_string(struct encoder *encoder, struct sb_text text) {
    if (!encoder->out) return SABIR_OK;
    char *to = room(encoder, sb_json_escaped_len_bytes(text) + 2);
    if (!to) return SABIR_ENOMEM;
    *to = '"';
    to = sb_json_escape(text, to + 1);
    *to = '"';
    return wrote(encoder, to + 1);
}

/* ---- Scalars ----------------------------------------------------------------------------------------------------------- */

/* A bool that another language wrote may hold any byte; reading it as a bool would be undefined. */
static bool read_bool(const void *value) {
    return *(const unsigned char *)value != 0;
}

static int encode_bool(struct encoder *encoder, const void *value) {
    struct sb_text word = read_bool(value) ? SB_TEXT("true") : SB_TEXT("false");
    return write_bytes(encoder, word.bytes, word.len_bytes);
}

static int encode_integer(struct encoder *encoder, enum sb_kind_code code, const void *value) {
    if (!encoder->out) return SABIR_OK;
    char *to = room(encoder, SB_JSON_NUMBER_BYTES);
    if (!to) return SABIR_ENOMEM;
    if (code == SB_KIND_UINT64) return wrote(encoder, sb_json_print_uint64(*(const uint64_t *)value, to));
    int64_t integer = code == SB_KIND_INT32 ? *(const int32_t *)value : *(const int64_t *)value;
    return wrote(encoder, sb_json_print_int64(integer, to));
}

static int encode_double(struct encoder *encoder, const void *value) {
    double number = *(const double *)value;
    if (!isfinite(number))
        return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "%s cannot be carried",
                                  isnan(number) ? "NaN" : "an infinity");
    if (!encoder->out) return SABIR_OK;
    char *to = room(encoder, SB_JSON_NUMBER_BYTES);
    return to ? wrote(encoder, sb_json_print_double(number, to)) : SABIR_ENOMEM;
}

/* STRING, BYTES and JSON have one layout. */
static int read_text(struct encoder *encoder, const void *value, struct sb_text *text) {
    const struct sabir_string *string = value;
    *text = (struct sb_text){string->bytes, string->len_bytes};
    if (!text->bytes && text->len_bytes > 0)
        return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "its bytes are NULL, its length is %zu",
                                  text->len_bytes);
    return SABIR_OK;
}

static int check_utf8(struct encoder *encoder, struct sb_text text) {
    size_t valid_bytes = sb_utf8_valid_len_bytes(text);
    if (valid_bytes == text.len_bytes) return SABIR_OK;
    return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "the byte 0x%02x at offset %zu is not UTF-8",
                              (unsigned)(unsigned char)text.bytes[valid_bytes], valid_bytes);
}

static int encode_string(struct encoder *encoder, const void *value) {
    struct sb_text text;
    int error = read_text(encoder, value, &text);
    if (!error) error = check_utf8(encoder, text);
    return error ? error : write_string(encoder, text);
}

static int encode_bytes(struct encoder *encoder, const void *value) {
    struct sb_text text;
    int error = read_text(encoder, value, &text);
    if (error || !encoder->out) return error;
    char *to = room(encoder, sb_base64_encoded_len_bytes(text.len_bytes) + 2);
    if (!to) return SABIR_ENOMEM;
    *to = '"';
    to = sb_base64_encode(text.bytes, text.len_bytes, to + 1);
    *to = '"';
    return wrote(encoder, to + 1);
}

/* No text at all, as in a struct that is all zero, is `empty`. `level` is the one of the object or array that the value stands in. */
static int encode_json(struct encoder *encoder, const void *value, uint32_t level, struct sb_text empty) {
    struct sb_text text;
    struct sb_json_value_fault json_fault;
    char shown[SB_SHOWN_BYTES];
    int error = read_text(encoder, value, &text);
    if (error) return error;
    if (text.len_bytes == 0) text = empty;
    error = sb_json_value_check(text, ENVELOPE_MAX_DEPTH - level, SB_JSON_STRICT, &json_fault);
    if (error == SABIR_EMALFORMED && json_fault.number.bytes)
        return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "%s %s",
                                  sb_text_show(json_fault.number, shown, sizeof shown), json_fault.reason);
    if (error == SABIR_EMALFORMED)
        return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "no JSON, at offset %zu: %s", json_fault.offset_bytes,
                                  json_fault.reason);
    return error ? error : write_bytes(encoder, text.bytes, text.len_bytes);
}

/* ---- What holds other values ------------------------------------------------------------------------------------------- */

static int check_items(struct encoder *encoder, const void *items, size_t count, const char *what) {
    if (items || count == 0) return SABIR_OK;
    return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "its %s are NULL, its count is %zu", what, count);
}

static int encode_list(struct encoder *encoder, const struct sb_kind *kind, const void *value, uint32_t level) {
    const struct sabir_list *list = value;
    const char *item = list->items;
    int error = check_items(encoder, list->items, list->count, "items");
    if (!error) error = write_byte(encoder, '[');
    for (size_t i = 0; i < list->count && !error; i++, item += kind->item->size_bytes) {
        if (i > 0) error = write_byte(encoder, ',');
        if (error) break;
        error = encode_value(encoder, kind->item, item, level + 1);
        if (error) return sb_value_fault_in_item(&encoder->fault, error, i);
    }
    return error ? error : write_byte(encoder, ']');
}

/* The same key twice would make the whole envelope malformed (ENV-4). */
static int check_keys(struct encoder *encoder, const struct sabir_map *map) {
    struct sb_json_keys keys;
    char shown[SB_SHOWN_BYTES];
    sb_json_keys_init(&keys);
    sb_json_keys_open(&keys, 1);
    int error = SABIR_OK;
    for (size_t i = 0; i < map->count && !error; i++) {
        struct sb_text key;
        error = read_text(encoder, &map->keys[i], &key);
        if (!error) error = check_utf8(encoder, key);
        if (error) {
            sb_value_fault_in_item(&encoder->fault, error, i);
            break;
        }
        error = sb_json_keys_add(&keys, 1, key, false);
        if (error == SABIR_EEXIST)
            error = sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "the key \"%s\" is there twice",
                                       sb_text_show(key, shown, sizeof shown));
    }
    sb_json_keys_free(&keys);
    return error;
}

static int encode_map(struct encoder *encoder, const struct sb_kind *kind, const void *value, uint32_t level) {
    const struct sabir_map *map = value;
    const char *item = map->values;
    int error = check_items(encoder, map->keys, map->count, "keys");
    if (!error) error = check_items(encoder, map->values, map->count, "values");
    if (!error) error = check_keys(encoder, map);
    if (!error) error = write_byte(encoder, '{');
    for (size_t i = 0; i < map->count && !error; i++, item += kind->item->size_bytes) {
        struct sb_text key = {map->keys[i].bytes, map->keys[i].len_bytes};
        if (i > 0) error = write_byte(encoder, ',');
        if (!error) error = write_string(encoder, key);
        if (!error) error = write_byte(encoder, ':');
        if (error) break;
        error = encode_value(encoder, kind->item, item, level + 1);
        if (error) return sb_value_fault_in_key(&encoder->fault, error, key);
    }
    return error ? error : write_byte(encoder, '}');
}

static bool is_absent(const struct sb_kind *kind, const void *value) {
    return kind->code == SB_KIND_OPTIONAL && !read_bool(value);
}

static int encode_struct(struct encoder *encoder, const sabir_type *type, const void *value, uint32_t level) {
    char before = '{';
    for (size_t i = 0; i < type->field_count; i++) {
        const struct sb_field *field = &type->fields[i];
        const char *member = (const char *)value + field->offset_bytes;
        if (is_absent(field->kind, member)) continue;
        int error = write_byte(encoder, before);
        if (!error) error = write_bytes(encoder, field->key.bytes, field->key.len_bytes);
        if (!error) error = encode_value(encoder, field->kind, member, level);
        if (error) return sb_value_fault_in_field(&encoder->fault, error, field->name);
        before = ',';
    }
    int error = before == '{' ? write_byte(encoder, '{') : SABIR_OK;
    return error ? error : write_byte(encoder, '}');
}

/* In a LIST or a MAP an absent value is written as null, so that it keeps its place. */
static int encode_optional(struct encoder *encoder, const struct sb_kind *kind, const void *value, uint32_t level) {
    if (!read_bool(value)) return write_bytes(encoder, "null", 4);
    return encode_value(encoder, kind->item, (const char *)value + kind->value_offset_bytes, level);
}

/* `level` is the one of the object or array that the value stands in. */
static int encode_value(struct encoder *encoder, const struct sb_kind *kind, const void *value, uint32_t level) {
    switch (kind->code) {
    case SB_KIND_BOOL:
        return encode_bool(encoder, value);
    case SB_KIND_INT32:
    case SB_KIND_INT64:
    case SB_KIND_UINT64:
        return encode_integer(encoder, kind->code, value);
    case SB_KIND_DOUBLE:
        return encode_double(encoder, value);
    case SB_KIND_STRING:
        return encode_string(encoder, value);
    case SB_KIND_BYTES:
        return encode_bytes(encoder, value);
    case SB_KIND_JSON:
        return encode_json(encoder, value, level, SB_TEXT("null"));
    case SB_KIND_LIST:
        return encode_list(encoder, kind, value, level);
    case SB_KIND_MAP:
        return encode_map(encoder, kind, value, level);
    case SB_KIND_OPTIONAL:
        return encode_optional(encoder, kind, value, level);
    case SB_KIND_STRUCT:
        return encode_struct(encoder, kind->type, value, level + 1);
    }
    return SABIR_EINVAL; /* kinds are made by kind.c only */
}

/* ---- Payloads ---------------------------------------------------------------------------------------------------------- */

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static int encode_open(struct encoder *encoder, const void *value) {
    struct sb_text text;
    int error = read_text(encoder, value, &text);
    if (error) return error;
    size_t at = 0;
    while (at < text.len_bytes && is_blank(text.bytes[at])) at++;
    if (text.len_bytes > 0 && (at == text.len_bytes || text.bytes[at] != '{'))
        return sb_value_fault_set(&encoder->fault, SABIR_EVALUE, "an open payload is a JSON object");
    return encode_json(encoder, value, PAYLOAD_LEVEL - 1, SB_TEXT("{}"));
}

static int encode_payload(const sabir_type *type, const void *value, struct sb_buffer *out) {
    struct encoder encoder;
    encoder.out = out; /* the fault is set only when there is one */
    int error = type->is_open ? encode_open(&encoder, value) : encode_struct(&encoder, type, value, PAYLOAD_LEVEL);
    return sb_value_fault_tell(&encoder.fault, error);
}

int sb_encode(const sabir_type *type, const void *value, struct sb_buffer *out) {
    size_t before_bytes = out->len_bytes;
    if (sb_plain_write(type, value, out)) return SABIR_OK; /* else the walk writes it, or says why not */
    int error = encode_payload(type, value, out);
    if (error) out->len_bytes = before_bytes;
    return error;
}

int sb_value_check(const sabir_type *type, const void *value) {
    return encode_payload(type, value, NULL);
}
