/*
 * Any bytes to the strict reader. What it accepts is written anew, token by token; that is accepted again and says the
 * same: the same tokens, strings equal after unescaping, numbers to the last bit.
 */
#include <sabir/error.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json_reader.h"
#include "json_writer.h"

/* A promise of the reader or the writer that was broken. */
static void require(bool kept) {
    if (!kept) abort();
}

static void write_text(struct sb_json_writer *writer, const struct sb_json_token *token) {
    struct sb_buffer plain = SB_BUFFER_INIT;
    sb_json_unescape_append(token->raw, &plain);
    require(!plain.failed && plain.len_bytes <= token->raw.len_bytes);
    struct sb_text text = {plain.bytes, plain.len_bytes};
    require(sb_json_token_is(token, text));
    require((token->event == SABIR_JSON_KEY ? sb_json_write_key(writer, text) : sb_json_write_string(writer, text)) ==
            SABIR_OK);
    sb_buffer_free(&plain);
}

static void write_integer(struct sb_json_writer *writer, struct sb_text token) {
    int64_t int64;
    uint64_t uint64;
    if (sb_json_read_int64(token, &int64) == SB_JSON_NUMBER_OK)
        require(sb_json_write_int64(writer, int64) == SABIR_OK);
    else if (sb_json_read_uint64(token, &uint64) == SB_JSON_NUMBER_OK)
        require(sb_json_write_uint64(writer, uint64) == SABIR_OK);
    else
        require(sb_json_write_trusted(writer, token) == SABIR_OK);
}

static void write_double(struct sb_json_writer *writer, struct sb_text token) {
    double value;
    if (sb_json_read_double(token, &value) == SB_JSON_NUMBER_OK)
        require(sb_json_write_double(writer, value) == SABIR_OK);
    else
        require(sb_json_write_trusted(writer, token) == SABIR_OK); /* it overflows */
}

static void write_token(struct sb_json_writer *writer, const struct sb_json_token *token) {
    switch (token->event) {
    case SABIR_JSON_OBJECT_BEGIN:
        require(sb_json_write_object_begin(writer) == SABIR_OK);
        break;
    case SABIR_JSON_OBJECT_END:
        require(sb_json_write_object_end(writer) == SABIR_OK);
        break;
    case SABIR_JSON_ARRAY_BEGIN:
        require(sb_json_write_array_begin(writer) == SABIR_OK);
        break;
    case SABIR_JSON_ARRAY_END:
        require(sb_json_write_array_end(writer) == SABIR_OK);
        break;
    case SABIR_JSON_KEY:
    case SABIR_JSON_STRING:
        write_text(writer, token);
        break;
    case SABIR_JSON_INTEGER:
        write_integer(writer, token->raw);
        break;
    case SABIR_JSON_DOUBLE:
        write_double(writer, token->raw);
        break;
    case SABIR_JSON_NULL:
        require(sb_json_write_null(writer) == SABIR_OK);
        break;
    default:
        require(sb_json_write_bool(writer, token->event == SABIR_JSON_TRUE) == SABIR_OK);
    }
}

/* Write what `text` says into `out`; false: it is not accepted. */
static bool rewrite(struct sb_text text, enum sb_json_trust trust, struct sb_buffer *out) {
    struct sb_json_reader reader;
    struct sb_json_writer writer;
    struct sb_json_token token;
    sb_json_reader_init(&reader, text, SB_JSON_MAX_DEPTH, trust);
    sb_json_writer_init(&writer, out, SB_JSON_MAX_DEPTH);
    int error;
    while ((error = sb_json_reader_next(&reader, &token)) == SABIR_OK && token.event != SABIR_JSON_END) {
        require(token.offset_bytes + token.raw.len_bytes <= text.len_bytes);
        write_token(&writer, &token);
    }
    require(error == SABIR_OK ? sb_json_writer_is_done(&writer) : error == SABIR_EMALFORMED);
    if (error) require(reader.fault.clause && reader.fault.reason && reader.fault.offset_bytes <= text.len_bytes);
    sb_json_reader_free(&reader);
    return error == SABIR_OK;
}

/* The public reader comes to the same verdict. */
static void read_publicly(struct sb_text text, bool accepted) {
    sabir_json_reader *reader;
    struct sabir_string string;
    uint32_t event = SABIR_JSON_NULL;
    int error;
    require(sabir_json_reader_new(text.bytes, text.len_bytes, &reader) == SABIR_OK);
    while ((error = sabir_json_reader_next(reader, &event, &string)) == SABIR_OK && event != SABIR_JSON_END)
        require(sabir_json_reader_offset_bytes(reader) < text.len_bytes);
    require(accepted ? error == SABIR_OK : error == SABIR_EMALFORMED);
    require(sabir_json_reader_offset_bytes(reader) <= text.len_bytes);
    sabir_json_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_text text = {(const char *)data, size};
    struct sb_buffer first = SB_BUFFER_INIT;
    struct sb_buffer second = SB_BUFFER_INIT;
    struct sb_fault fault;
    bool accepted = rewrite(text, SB_JSON_STRICT, &first);
    require(accepted == (sb_json_check(text, SB_JSON_MAX_DEPTH, &fault) == SABIR_OK));
    read_publicly(text, accepted);
    if (accepted) {
        struct sb_text again = {first.bytes, first.len_bytes};
        require(rewrite(again, SB_JSON_STRICT, &second));
        require(sb_text_equal(again, (struct sb_text){second.bytes, second.len_bytes}));
        sb_buffer_clear(&second);
        require(rewrite(text, SB_JSON_TRUSTED, &second)); /* trusting reading sees the same */
        require(sb_text_equal(again, (struct sb_text){second.bytes, second.len_bytes}));
    }
    sb_buffer_free(&first);
    sb_buffer_free(&second);
    return 0;
}
