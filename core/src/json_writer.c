/*
 * The writer: what may come next is one word of state, what is open is one bit per level, as in the reader.
 */
#include "json_writer.h"

#include <sabir/error.h>
#include <string.h>

#include "json_keys.h"
#include "utf8.h"

enum expected {
    EXPECT_VALUE,      /* at the top, behind a key */
    EXPECT_FIRST_ITEM, /* of an array, or its end */
    EXPECT_ITEM,       /* the same, behind a comma */
    EXPECT_FIRST_KEY,  /* of an object, or its end */
    EXPECT_KEY,        /* the same, behind a comma */
    EXPECT_NOTHING     /* the value at the top is complete */
};

void sb_json_writer_init(struct sb_json_writer *writer, struct sb_buffer *out, uint32_t max_depth) {
    *writer = (struct sb_json_writer){.out = out,
                                      .max_depth = max_depth < SB_JSON_MAX_DEPTH ? max_depth : SB_JSON_MAX_DEPTH,
                                      .expects = EXPECT_VALUE};
}

bool sb_json_writer_is_done(const struct sb_json_writer *writer) {
    return !writer->error && writer->expects == EXPECT_NOTHING;
}

static int fail(struct sb_json_writer *writer, int error) {
    if (!writer->error) writer->error = error;
    return writer->error;
}

static int settle(struct sb_json_writer *writer) {
    return writer->out->failed ? fail(writer, SABIR_ENOMEM) : SABIR_OK;
}

/* Behind a value: what may follow depends on what is open. */
static void value_done(struct sb_json_writer *writer) {
    if (writer->depth == 0)
        writer->expects = EXPECT_NOTHING;
    else
        writer->expects = writer->objects >> (writer->depth - 1) & 1 ? EXPECT_KEY : EXPECT_ITEM;
}

/* Before a value: whether it can stand here, and its comma. */
static int begin_value(struct sb_json_writer *writer) {
    if (writer->error) return writer->error;
    if (writer->expects == EXPECT_ITEM)
        sb_buffer_append_byte(writer->out, ',');
    else if (writer->expects != EXPECT_VALUE && writer->expects != EXPECT_FIRST_ITEM)
        return fail(writer, SABIR_ESTATE);
    return SABIR_OK;
}

static int write_scalar(struct sb_json_writer *writer, const char *bytes, size_t len_bytes) {
    int error = begin_value(writer);
    if (error) return error;
    sb_buffer_append(writer->out, bytes, len_bytes);
    value_done(writer);
    return settle(writer);
}

static int open_level(struct sb_json_writer *writer, bool is_object) {
    int error = begin_value(writer);
    if (error) return error;
    if (writer->depth == writer->max_depth) return fail(writer, SABIR_EVALUE);
    uint64_t bit = UINT64_C(1) << writer->depth++;
    writer->objects = is_object ? writer->objects | bit : writer->objects & ~bit;
    writer->expects = is_object ? EXPECT_FIRST_KEY : EXPECT_FIRST_ITEM;
    sb_buffer_append_byte(writer->out, is_object ? '{' : '[');
    return settle(writer);
}

static int close_level(struct sb_json_writer *writer, uint32_t first, uint32_t later, char byte) {
    if (writer->error) return writer->error;
    if (writer->expects != first && writer->expects != later) return fail(writer, SABIR_ESTATE);
    writer->depth--;
    sb_buffer_append_byte(writer->out, byte);
    value_done(writer);
    return settle(writer);
}

int sb_json_write_object_begin(struct sb_json_writer *writer) {
    return open_level(writer, true);
}

int sb_json_write_object_end(struct sb_json_writer *writer) {
    return close_level(writer, EXPECT_FIRST_KEY, EXPECT_KEY, '}');
}

int sb_json_write_array_begin(struct sb_json_writer *writer) {
    return open_level(writer, false);
}

int sb_json_write_array_end(struct sb_json_writer *writer) {
    return close_level(writer, EXPECT_FIRST_ITEM, EXPECT_ITEM, ']');
}

static int append_quoted(struct sb_json_writer *writer, struct sb_text text) {
    if (!sb_utf8_is_valid(text)) return fail(writer, SABIR_EVALUE);
    size_t len = sb_json_escaped_len_bytes(text) + 2;
    char *to = sb_buffer_reserve(writer->out, len);
    if (!to) return fail(writer, SABIR_ENOMEM);
    *to = '"';
    *sb_json_escape(text, to + 1) = '"';
    writer->out->len_bytes += len;
    return SABIR_OK;
}

int sb_json_write_key(struct sb_json_writer *writer, struct sb_text key) {
    if (writer->error) return writer->error;
    if (writer->expects == EXPECT_KEY)
        sb_buffer_append_byte(writer->out, ',');
    else if (writer->expects != EXPECT_FIRST_KEY)
        return fail(writer, SABIR_ESTATE);
    int error = append_quoted(writer, key);
    if (error) return error;
    sb_buffer_append_byte(writer->out, ':');
    writer->expects = EXPECT_VALUE;
    return settle(writer);
}

int sb_json_write_string(struct sb_json_writer *writer, struct sb_text text) {
    int error = begin_value(writer);
    if (error) return error;
    error = append_quoted(writer, text);
    if (!error) value_done(writer);
    return error;
}

int sb_json_write_int64(struct sb_json_writer *writer, int64_t value) {
    char digits[SB_JSON_NUMBER_BYTES];
    return write_scalar(writer, digits, (size_t)(sb_json_print_int64(value, digits) - digits));
}

int sb_json_write_uint64(struct sb_json_writer *writer, uint64_t value) {
    char digits[SB_JSON_NUMBER_BYTES];
    return write_scalar(writer, digits, (size_t)(sb_json_print_uint64(value, digits) - digits));
}

int sb_json_write_double(struct sb_json_writer *writer, double value) {
    char digits[SB_JSON_NUMBER_BYTES];
    if (writer->error) return writer->error;
    if (!__builtin_isfinite(value)) return fail(writer, SABIR_EVALUE);
    return write_scalar(writer, digits, (size_t)(sb_json_print_double(value, digits) - digits));
}

int sb_json_write_bool(struct sb_json_writer *writer, bool value) {
    return value ? write_scalar(writer, "true", 4) : write_scalar(writer, "false", 5);
}

int sb_json_write_null(struct sb_json_writer *writer) {
    return write_scalar(writer, "null", 4);
}

int sb_json_write_trusted(struct sb_json_writer *writer, struct sb_text json) {
    return write_scalar(writer, json.bytes, json.len_bytes);
}
