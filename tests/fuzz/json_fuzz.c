/*
 * Any bytes into the strict reader: it must end, stay inside them, and agree with itself: text that it accepts, written again from
 * its tokens, is accepted again with the same tokens.
 */
#include <sabir/sabir.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One token into the writer. Integers and doubles go as the text that they were. */
static int write_token(sabir_json_writer *writer, uint32_t event, struct sabir_string text) {
    switch (event) {
    case SABIR_JSON_OBJECT_BEGIN:
        return sabir_json_writer_object_begin(writer);
    case SABIR_JSON_OBJECT_END:
        return sabir_json_writer_object_end(writer);
    case SABIR_JSON_ARRAY_BEGIN:
        return sabir_json_writer_array_begin(writer);
    case SABIR_JSON_ARRAY_END:
        return sabir_json_writer_array_end(writer);
    case SABIR_JSON_KEY:
        return sabir_json_writer_key(writer, text.bytes, text.len_bytes);
    case SABIR_JSON_STRING:
        return sabir_json_writer_string(writer, text.bytes, text.len_bytes);
    case SABIR_JSON_TRUE:
    case SABIR_JSON_FALSE:
        return sabir_json_writer_bool(writer, event == SABIR_JSON_TRUE);
    case SABIR_JSON_NULL:
        return sabir_json_writer_null(writer);
    default:
        return sabir_json_writer_json(writer, text.bytes, text.len_bytes);
    }
}

/* A number that reads as a value must read as the same value after it was written. */
static void check_number(uint32_t event, struct sabir_string text) {
    double value, again;
    if (event != SABIR_JSON_DOUBLE || sabir_json_double_get(text, &value) != SABIR_OK) return;
    sabir_json_writer *writer;
    if (sabir_json_writer_new(&writer) != SABIR_OK) return;
    struct sabir_string written;
    if (sabir_json_writer_double(writer, value) != SABIR_OK) abort();
    if (sabir_json_writer_text_get(writer, &written.bytes, &written.len_bytes) != SABIR_OK) abort();
    if (sabir_json_double_get(written, &again) != SABIR_OK || memcmp(&value, &again, sizeof value) != 0) abort();
    sabir_json_writer_free(writer);
}

/* Reads all tokens into `writer`; false if the text is refused. */
static bool copy_tokens(const char *bytes, size_t len_bytes, sabir_json_writer *writer) {
    sabir_json_reader *reader;
    if (sabir_json_reader_new(bytes, len_bytes, &reader) != SABIR_OK) return false;
    uint32_t event = SABIR_JSON_END;
    struct sabir_string text;
    int code;
    while ((code = sabir_json_reader_next(reader, &event, &text)) == SABIR_OK && event != SABIR_JSON_END) {
        if (sabir_json_reader_offset_bytes(reader) >= len_bytes) abort();
        check_number(event, text);
        if (write_token(writer, event, text) != SABIR_OK) abort();
    }
    sabir_json_reader_free(reader);
    return code == SABIR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sabir_json_writer *once, *twice;
    if (sabir_json_writer_new(&once) != SABIR_OK) return 0;
    if (sabir_json_writer_new(&twice) != SABIR_OK) abort();
    if (copy_tokens((const char *)data, size, once)) {
        const char *first, *second;
        size_t first_len, second_len;
        if (sabir_json_writer_text_get(once, &first, &first_len) != SABIR_OK) abort();
        if (!copy_tokens(first, first_len, twice)) abort();
        if (sabir_json_writer_text_get(twice, &second, &second_len) != SABIR_OK) abort();
        if (first_len != second_len || memcmp(first, second, first_len) != 0) abort();
    }
    sabir_json_writer_free(twice);
    sabir_json_writer_free(once);
    return 0;
}
