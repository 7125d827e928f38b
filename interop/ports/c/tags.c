#include "tags.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int port_key(sabir_json_writer *writer, const char *key) {
    return sabir_json_writer_key(writer, key, strlen(key));
}

int port_text(sabir_json_writer *writer, const char *text) {
    return sabir_json_writer_string(writer, text, strlen(text));
}

/* The writer keeps its first error, so that only the last call of a row needs to be looked at. */
static int put_tag(sabir_json_writer *writer, const char *tag, const char *value, size_t len_bytes) {
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "t");
    (void)port_text(writer, tag);
    if (value) {
        (void)port_key(writer, "v");
        (void)sabir_json_writer_string(writer, value, len_bytes);
    }
    return sabir_json_writer_object_end(writer);
}

int port_tag_int64(sabir_json_writer *writer, int64_t value) {
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRId64, value);
    return put_tag(writer, "int", text, (size_t)len);
}

static int tag_uint64(sabir_json_writer *writer, uint64_t value) {
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRIu64, value);
    return put_tag(writer, "int", text, (size_t)len);
}

int port_tag_double(sabir_json_writer *writer, double value) {
    char text[40];
    int len = snprintf(text, sizeof text, "%.17g", value);
    return put_tag(writer, "float", text, (size_t)len);
}

int port_tag_bool(sabir_json_writer *writer, bool value) {
    return value ? put_tag(writer, "bool", "true", 4) : put_tag(writer, "bool", "false", 5);
}

int port_tag_string(sabir_json_writer *writer, struct sabir_string value) {
    static const char DIGITS[] = "0123456789abcdef";
    char *hex = malloc(2 * value.len_bytes + 1);
    if (!hex) return SABIR_ENOMEM;
    for (size_t i = 0; i < value.len_bytes; i++) {
        hex[2 * i] = DIGITS[(unsigned char)value.bytes[i] >> 4];
        hex[2 * i + 1] = DIGITS[(unsigned char)value.bytes[i] & 15];
    }
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "t");
    (void)port_text(writer, "str");
    (void)port_key(writer, "v");
    (void)sabir_json_writer_string(writer, value.bytes, value.len_bytes);
    (void)port_key(writer, "bytes");
    (void)sabir_json_writer_string(writer, hex, 2 * value.len_bytes);
    free(hex);
    return sabir_json_writer_object_end(writer);
}

static int tag_integer(sabir_json_writer *writer, struct sabir_string token) {
    int64_t number;
    uint64_t large;
    if (sabir_json_int64_get(token, &number) == SABIR_OK) return port_tag_int64(writer, number);
    int code = sabir_json_uint64_get(token, &large);
    return code ? code : tag_uint64(writer, large);
}

static int tag_double(sabir_json_writer *writer, struct sabir_string token) {
    double number;
    int code = sabir_json_double_get(token, &number);
    return code ? code : port_tag_double(writer, number);
}

/* {"t": "map", "v": { ... */
static int open_tag(sabir_json_writer *writer, const char *tag) {
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "t");
    (void)port_text(writer, tag);
    return port_key(writer, "v");
}

static int tag_token(sabir_json_writer *writer, uint32_t event, struct sabir_string text) {
    switch (event) {
    case SABIR_JSON_OBJECT_BEGIN:
        (void)open_tag(writer, "map");
        return sabir_json_writer_object_begin(writer);
    case SABIR_JSON_OBJECT_END:
        (void)sabir_json_writer_object_end(writer);
        return sabir_json_writer_object_end(writer);
    case SABIR_JSON_ARRAY_BEGIN:
        (void)open_tag(writer, "list");
        return sabir_json_writer_array_begin(writer);
    case SABIR_JSON_ARRAY_END:
        (void)sabir_json_writer_array_end(writer);
        return sabir_json_writer_object_end(writer);
    case SABIR_JSON_KEY:
        return sabir_json_writer_key(writer, text.bytes, text.len_bytes);
    case SABIR_JSON_STRING:
        return port_tag_string(writer, text);
    case SABIR_JSON_INTEGER:
        return tag_integer(writer, text);
    case SABIR_JSON_DOUBLE:
        return tag_double(writer, text);
    case SABIR_JSON_NULL:
        return put_tag(writer, "null", NULL, 0);
    default:
        return port_tag_bool(writer, event == SABIR_JSON_TRUE);
    }
}

int port_tag_json(sabir_json_writer *writer, const char *json, size_t len_bytes) {
    sabir_json_reader *reader;
    uint32_t event = SABIR_JSON_END;
    struct sabir_string text;
    int code = sabir_json_reader_new(json, len_bytes, &reader);
    if (code) return code;
    while ((code = sabir_json_reader_next(reader, &event, &text)) == SABIR_OK && event != SABIR_JSON_END) {
        code = tag_token(writer, event, text);
        if (code) break;
    }
    sabir_json_reader_free(reader);
    return code;
}

int port_reply_written(sabir_context *context, const sabir_type *type, sabir_json_writer *writer) {
    struct sabir_json payload;
    int code = sabir_json_writer_text_get(writer, &payload.bytes, &payload.len_bytes);
    if (!code) code = sabir_context_reply_value(context, type, &payload);
    sabir_json_writer_free(writer);
    return code == SABIR_ENOENT ? SABIR_OK : code; /* nobody asked: nothing to answer */
}
