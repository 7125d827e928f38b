/*
 * The public face of reader and writer: objects on the heap, arguments checked, faults in words. What happens inside
 * stands in json_reader.c and json_writer.c.
 */
#include <sabir/error.h>
#include <sabir/json.h>

#include "alloc.h"
#include "error.h"
#include "json_reader.h"
#include "json_writer.h"

struct sabir_json_reader {
    struct sb_json_reader reader;
    struct sb_buffer text; /* the last unescaped string */
    size_t offset_bytes;
};

struct sabir_json_writer {
    struct sb_json_writer writer;
    struct sb_buffer text;
};

/* ---- reader ------------------------------------------------------------------------------------------------------ */

int sabir_json_reader_new(const char *json, size_t len_bytes, sabir_json_reader **reader) {
    if (!reader || (!json && len_bytes > 0))
        return sb_error(SABIR_EINVAL, "sabir_json_reader_new: %s is NULL", reader ? "json" : "reader");
    sabir_json_reader *made = sb_alloc(sizeof *made);
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a JSON reader");
    sb_json_reader_init(&made->reader, (struct sb_text){json, len_bytes}, SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    made->text = (struct sb_buffer)SB_BUFFER_INIT;
    made->offset_bytes = 0;
    *reader = made;
    return SABIR_OK;
}

static int text_of(sabir_json_reader *reader, const struct sb_json_token *token, struct sabir_string *text) {
    *text = (struct sabir_string){token->raw.bytes, token->raw.len_bytes};
    bool is_string = token->event == SABIR_JSON_KEY || token->event == SABIR_JSON_STRING;
    if (!is_string || !token->has_escapes) return SABIR_OK;
    sb_buffer_clear(&reader->text);
    sb_json_unescape_append(token->raw, &reader->text);
    if (reader->text.failed) return sb_error(SABIR_ENOMEM, "no memory for a string of %zu bytes", token->raw.len_bytes);
    *text = (struct sabir_string){reader->text.bytes, reader->text.len_bytes};
    return SABIR_OK;
}

int sabir_json_reader_next(sabir_json_reader *reader, uint32_t *event, struct sabir_string *text) {
    if (!reader || !event)
        return sb_error(SABIR_EINVAL, "sabir_json_reader_next: %s is NULL", reader ? "event" : "reader");
    struct sb_json_token token;
    int error = sb_json_reader_next(&reader->reader, &token);
    const struct sb_fault *fault = &reader->reader.fault;
    if (error == SABIR_EMALFORMED) {
        reader->offset_bytes = fault->offset_bytes;
        return sb_error(error, "%s at byte %zu: %s", fault->clause, fault->offset_bytes, fault->reason);
    }
    if (error) return sb_error(error, "no memory to look for duplicate keys");
    reader->offset_bytes = token.offset_bytes;
    *event = token.event;
    return text ? text_of(reader, &token, text) : SABIR_OK;
}

size_t sabir_json_reader_offset_bytes(const sabir_json_reader *reader) {
    return reader ? reader->offset_bytes : 0;
}

void sabir_json_reader_free(sabir_json_reader *reader) {
    if (!reader) return;
    sb_json_reader_free(&reader->reader);
    sb_buffer_free(&reader->text);
    sb_free(reader);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* The code for `result`; a long token is cut in the words. */
static int number_error(enum sb_json_number result, struct sabir_string token, const char *range) {
    int shown = token.len_bytes < 60 ? (int)token.len_bytes : 60;
    const char *bytes = token.bytes ? token.bytes : "";
    const char *cut = token.len_bytes > 60 ? "..." : "";
    switch (result) {
    case SB_JSON_NUMBER_OK:
    case SB_JSON_NUMBER_INEXACT:
        return SABIR_OK;
    case SB_JSON_NUMBER_NO_NUMBER:
        return sb_error(SABIR_EBADPAYLOAD, "'%.*s%s' is no JSON number", shown, bytes, cut);
    case SB_JSON_NUMBER_NO_INTEGER:
        return sb_error(SABIR_EBADPAYLOAD, "%.*s%s is not an integer: it has a point or an exponent", shown, bytes,
                        cut);
    default:
        return sb_error(SABIR_EBADPAYLOAD, "%.*s%s is out of the range of %s", shown, bytes, cut, range);
    }
}

static struct sb_text text_of_token(struct sabir_string token) {
    return (struct sb_text){token.bytes, token.bytes ? token.len_bytes : 0};
}

int sabir_json_int64_get(struct sabir_string token, int64_t *value) {
    if (!value) return sb_error(SABIR_EINVAL, "sabir_json_int64_get: value is NULL");
    return number_error(sb_json_read_int64(text_of_token(token), value), token, "int64");
}

int sabir_json_uint64_get(struct sabir_string token, uint64_t *value) {
    if (!value) return sb_error(SABIR_EINVAL, "sabir_json_uint64_get: value is NULL");
    return number_error(sb_json_read_uint64(text_of_token(token), value), token, "uint64");
}

int sabir_json_double_get(struct sabir_string token, double *value) {
    if (!value) return sb_error(SABIR_EINVAL, "sabir_json_double_get: value is NULL");
    return number_error(sb_json_read_double(text_of_token(token), value), token, "a double");
}

/* ---- writer ------------------------------------------------------------------------------------------------------ */

int sabir_json_writer_new(sabir_json_writer **writer) {
    if (!writer) return sb_error(SABIR_EINVAL, "sabir_json_writer_new: writer is NULL");
    sabir_json_writer *made = sb_alloc(sizeof *made);
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a JSON writer");
    made->text = (struct sb_buffer)SB_BUFFER_INIT;
    sb_json_writer_init(&made->writer, &made->text, SB_JSON_MAX_DEPTH);
    *writer = made;
    return SABIR_OK;
}

/* The words for what a call of the inner writer returned. `token` says what was written. */
static int say(const sabir_json_writer *writer, int error, const char *token) {
    switch (error) {
    case SABIR_OK:
        return SABIR_OK;
    case SABIR_EVALUE:
        return sb_error(error, "JSON cannot carry %s (strings are UTF-8, numbers finite, nesting at most %d levels)",
                        token, SB_JSON_MAX_DEPTH);
    case SABIR_ESTATE:
        return sb_error(error, "%s cannot stand here, behind %zu bytes of JSON text", token, writer->text.len_bytes);
    default:
        return sb_error(error, "no memory for the JSON text");
    }
}

static int no_writer(const char *token) {
    return sb_error(SABIR_EINVAL, "no writer to write %s with: it is NULL", token);
}

static int broken(const sabir_json_writer *writer) {
    return sb_error(writer->writer.error, "an earlier call on this JSON writer failed");
}

#define WRITE(token, call)                                                                                             \
    (!writer ? no_writer(token) : writer->writer.error ? broken(writer) : say(writer, call, token))

int sabir_json_writer_object_begin(sabir_json_writer *writer) {
    return WRITE("an object", sb_json_write_object_begin(&writer->writer));
}

int sabir_json_writer_object_end(sabir_json_writer *writer) {
    return WRITE("an object's end", sb_json_write_object_end(&writer->writer));
}

int sabir_json_writer_array_begin(sabir_json_writer *writer) {
    return WRITE("an array", sb_json_write_array_begin(&writer->writer));
}

int sabir_json_writer_array_end(sabir_json_writer *writer) {
    return WRITE("an array's end", sb_json_write_array_end(&writer->writer));
}

int sabir_json_writer_key(sabir_json_writer *writer, const char *bytes, size_t len_bytes) {
    if (!bytes && len_bytes > 0) return sb_error(SABIR_EINVAL, "sabir_json_writer_key: bytes is NULL");
    return WRITE("this key", sb_json_write_key(&writer->writer, (struct sb_text){bytes, len_bytes}));
}

int sabir_json_writer_string(sabir_json_writer *writer, const char *bytes, size_t len_bytes) {
    if (!bytes && len_bytes > 0) return sb_error(SABIR_EINVAL, "sabir_json_writer_string: bytes is NULL");
    return WRITE("this string", sb_json_write_string(&writer->writer, (struct sb_text){bytes, len_bytes}));
}

int sabir_json_writer_int64(sabir_json_writer *writer, int64_t value) {
    return WRITE("an integer", sb_json_write_int64(&writer->writer, value));
}

int sabir_json_writer_uint64(sabir_json_writer *writer, uint64_t value) {
    return WRITE("an integer", sb_json_write_uint64(&writer->writer, value));
}

int sabir_json_writer_double(sabir_json_writer *writer, double value) {
    return WRITE("this double", sb_json_write_double(&writer->writer, value));
}

int sabir_json_writer_bool(sabir_json_writer *writer, bool value) {
    return WRITE(value ? "true" : "false", sb_json_write_bool(&writer->writer, value));
}

int sabir_json_writer_null(sabir_json_writer *writer) {
    return WRITE("null", sb_json_write_null(&writer->writer));
}

int sabir_json_writer_json(sabir_json_writer *writer, const char *bytes, size_t len_bytes) {
    if (!writer) return no_writer("JSON text");
    if (!bytes && len_bytes > 0) return sb_error(SABIR_EINVAL, "sabir_json_writer_json: bytes is NULL");
    struct sb_fault fault;
    struct sb_text json = {bytes, len_bytes};
    if (writer->writer.error) return broken(writer);
    int error = sb_json_check(json, SB_JSON_MAX_DEPTH - writer->writer.depth, &fault);
    if (error == SABIR_EMALFORMED) {
        writer->writer.error = SABIR_EVALUE;
        return sb_error(SABIR_EVALUE, "the JSON text to insert breaks %s at byte %zu: %s", fault.clause,
                        fault.offset_bytes, fault.reason);
    }
    if (error) writer->writer.error = error;
    return say(writer, error ? error : sb_json_write_trusted(&writer->writer, json), "JSON text");
}

int sabir_json_writer_text_get(sabir_json_writer *writer, const char **json, size_t *len_bytes) {
    if (!writer || !json || !len_bytes)
        return sb_error(SABIR_EINVAL, "sabir_json_writer_text_get: an argument is NULL");
    if (writer->writer.error) return broken(writer);
    if (!sb_json_writer_is_done(&writer->writer))
        return sb_error(SABIR_ESTATE, "the JSON text is not complete: %u objects or arrays are open",
                        writer->writer.depth);
    *json = writer->text.bytes;
    *len_bytes = writer->text.len_bytes;
    return SABIR_OK;
}

void sabir_json_writer_free(sabir_json_writer *writer) {
    if (!writer) return;
    sb_buffer_free(&writer->text);
    sb_free(writer);
}
