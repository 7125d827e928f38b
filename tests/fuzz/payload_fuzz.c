/*
 * Any text as a payload. The check agrees with the decoder; what is decoded is encoded, decoded and encoded again to the same bytes, and so is
 * its copy. What the plain form reads is what is read token by token.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "codec.h"
#include "error.h"
#include "json_reader.h"
#include "support/messages.h"
#include "type.h"

#define TREE_FIELDS(F)                                                                                                 \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_MAP(SABIR_OPTIONAL(SABIR_LIST(SABIR_STRING))))), a)                              \
    F(SABIR_OPTIONAL(SABIR_MAP(SABIR_LIST(SABIR_STRUCT(Point)))), b)                                                   \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_BYTES)), c)                                                                      \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_JSON)), d)                                                                       \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_DOUBLE)), e)
SABIR_MESSAGE(Tree, TREE_FIELDS);
#define FLAT_FIELDS(F)                                                                                                 \
    F(SABIR_OPTIONAL(SABIR_STRING), a)                                                                                 \
    F(SABIR_OPTIONAL(SABIR_BYTES), b)                                                                                  \
    F(SABIR_OPTIONAL(SABIR_JSON), c)                                                                                   \
    F(SABIR_OPTIONAL(SABIR_INT32), d)                                                                                  \
    F(SABIR_OPTIONAL(SABIR_UINT64), e)
SABIR_MESSAGE(Flat, FLAT_FIELDS);

#define LINE_FIELDS(F) F(SABIR_INT64, id) F(SABIR_DOUBLE, price) F(SABIR_STRING, name) F(SABIR_BOOL, firm)
SABIR_MESSAGE(Line, LINE_FIELDS);
#define LINES_FIELDS(F)                                                                                                \
    F(SABIR_LIST(SABIR_STRUCT(Line)), lines) F(SABIR_LIST(SABIR_STRING), words) F(SABIR_LIST(SABIR_INT32), numbers)
SABIR_MESSAGE(Lines, LINES_FIELDS);

static void require(bool kept) {
    if (!kept) abort();
}

static void require_encoded_again(const sabir_type *type, const void *value, const struct sb_buffer *expected) {
    struct sb_buffer again = SB_BUFFER_INIT;
    require(sb_encode(type, value, &again) == SABIR_OK);
    require(again.len_bytes == expected->len_bytes && memcmp(again.bytes, expected->bytes, again.len_bytes) == 0);
    sb_buffer_free(&again);
}

static void require_round_trip(const sabir_type *type, const void *value) {
    struct sb_buffer json = SB_BUFFER_INIT;
    void *back;
    require(sb_value_check(type, value) == SABIR_OK);
    require(sb_encode(type, value, &json) == SABIR_OK);
    struct sb_text text = {json.bytes, json.len_bytes};
    require(sb_json_check(text, SB_JSON_MAX_DEPTH - 1, NULL) == SABIR_OK);
    require(sb_decode(type, text, &back) == SABIR_OK);
    require_encoded_again(type, back, &json);
    sb_free(back);
    void *copy = malloc(sb_value_len_bytes(type, value));
    require(copy != NULL);
    sb_value_copy(type, value, copy);
    require_encoded_again(type, copy, &json);
    free(copy);
    sb_buffer_free(&json);
}

/* A blank before the text, and it is not plain: the same verdict, the same value. */
static void require_read_alike(const sabir_type *type, struct sb_text json, int decoded, const void *value) {
    struct sb_buffer spaced = SB_BUFFER_INIT, expected = SB_BUFFER_INIT;
    void *other;
    sb_buffer_append_byte(&spaced, ' ');
    sb_buffer_append(&spaced, json.bytes, json.len_bytes);
    struct sb_text text = {spaced.bytes, spaced.len_bytes};
    require(sb_check(type, text) == decoded && sb_decode(type, text, &other) == decoded);
    if (decoded == SABIR_OK) {
        require(sb_encode(type, other, &expected) == SABIR_OK);
        require_encoded_again(type, value, &expected);
        sb_free(other);
    }
    sb_buffer_free(&spaced);
    sb_buffer_free(&expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const sabir_type *types[] = {Everything_type(), Tree_type(), Flat_type(), Anything_type(),
                                 Point_type(),      Line_type(), Lines_type()};
    struct sb_text json = {(const char *)data, size};
    struct sb_json_reader reader;
    struct sb_json_token token;
    if (sb_json_check(json, SB_JSON_MAX_DEPTH - 1, NULL) != SABIR_OK) return 0;
    sb_json_reader_init(&reader, json, SB_JSON_MAX_DEPTH, SB_JSON_TRUSTED);
    bool is_object = sb_json_reader_next(&reader, &token) == SABIR_OK && token.event == SABIR_JSON_OBJECT_BEGIN;
    sb_json_reader_free(&reader);
    for (size_t i = 0; is_object && i < sizeof types / sizeof types[0]; i++) {
        void *block = NULL;
        int checked = sb_check(types[i], json);
        int decoded = sb_decode(types[i], json, &block);
        require(checked == decoded && (decoded == SABIR_OK || decoded == SABIR_EBADPAYLOAD));
        if (types[i]->is_plain) require_read_alike(types[i], json, decoded, block);
        if (decoded != SABIR_OK) continue;
        require_round_trip(types[i], block);
        sb_free(block);
    }
    return 0;
}
