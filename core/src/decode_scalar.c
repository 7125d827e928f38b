/*
 * Tokens into numbers and texts: what the kinds that hold no other value take, and in which words they refuse the rest.
 */
#include "base64.h"
#include "decoder.h"
#include "error.h"
#include "json_escape.h"
#include "json_number.h"
#include "json_value.h"
#include "text_show.h"

#define BASE64_PART_BYTES 256 /* a multiple of 4 */

/* ---- Faults ------------------------------------------------------------------------------------------------------------ */

/* "1.5 is not an integer" */
int sb_decoder_fail(struct sb_decoder *decoder, const char *is_not) {
    const struct sb_json_token *token = &decoder->token;
    char shown[SB_SHOWN_BYTES];
    struct sb_text text = token->raw;
    const char *quote = "";
    if (token->event == SABIR_JSON_OBJECT_BEGIN) text = SB_TEXT("an object");
    if (token->event == SABIR_JSON_ARRAY_BEGIN) text = SB_TEXT("an array");
    if (token->event == SABIR_JSON_STRING) quote = "\"";
    return sb_value_fault_set(&decoder->fault, SABIR_EBADPAYLOAD, "%s%s%s %s", quote,
                              sb_text_show(text, shown, sizeof shown), quote, is_not);
}

/* ---- Scalars ----------------------------------------------------------------------------------------------------------- */

static int decode_bool(struct sb_decoder *decoder, bool *to) {
    uint32_t event = decoder->token.event;
    if (event != SABIR_JSON_TRUE && event != SABIR_JSON_FALSE) return sb_decoder_fail(decoder, "is not true or false");
    if (to) *to = event == SABIR_JSON_TRUE;
    return SABIR_OK;
}

static int read_int64(struct sb_decoder *decoder, int64_t *value, const char *is_beyond) {
    if (decoder->token.event != SABIR_JSON_INTEGER) return sb_decoder_fail(decoder, "is not an integer");
    if (sb_json_read_int64(decoder->token.raw, value) == SB_JSON_NUMBER_OK) return SABIR_OK;
    return sb_decoder_fail(decoder, is_beyond);
}

static int decode_int64(struct sb_decoder *decoder, int64_t *to) {
    int64_t value;
    return read_int64(decoder, to ? to : &value, "is beyond the range of INT64");
}

static int decode_int32(struct sb_decoder *decoder, int32_t *to) {
    static const char is_beyond[] = "is beyond the range of INT32";
    int64_t value = 0;
    int error = read_int64(decoder, &value, is_beyond);
    if (error) return error;
    if (value < INT32_MIN || value > INT32_MAX) return sb_decoder_fail(decoder, is_beyond);
    if (to) *to = (int32_t)value;
    return SABIR_OK;
}

static int decode_uint64(struct sb_decoder *decoder, uint64_t *to) {
    uint64_t value;
    if (decoder->token.event != SABIR_JSON_INTEGER) return sb_decoder_fail(decoder, "is not an integer");
    if (sb_json_read_uint64(decoder->token.raw, &value) != SB_JSON_NUMBER_OK)
        return sb_decoder_fail(decoder, "is beyond the range of UINT64");
    if (to) *to = value;
    return SABIR_OK;
}

static int decode_double(struct sb_decoder *decoder, double *to) {
    double value;
    if (decoder->token.event != SABIR_JSON_INTEGER && decoder->token.event != SABIR_JSON_DOUBLE)
        return sb_decoder_fail(decoder, "is not a number");
    enum sb_json_number result = sb_json_read_double(decoder->token.raw, &value);
    if (result == SB_JSON_NUMBER_INEXACT) return sb_decoder_fail(decoder, "is an integer that no DOUBLE holds exactly");
    if (result != SB_JSON_NUMBER_OK) return sb_decoder_fail(decoder, "is beyond the range of DOUBLE");
    if (to) *to = value;
    return SABIR_OK;
}

/* ---- Texts ------------------------------------------------------------------------------------------------------------- */

static char *take_bytes(struct sb_decoder *decoder, size_t max_bytes) {
    decoder->bytes_bytes += max_bytes;
    return decoder->bytes_at;
}

/* `room` has been filled up to `end`; an empty text needs no address. */
static void set_text(struct sb_decoder *decoder, struct sabir_string *to, const char *room, char *end) {
    to->bytes = end == room ? NULL : room;
    to->len_bytes = (size_t)(end - room);
    decoder->bytes_at = end;
}

/* The last token, a KEY or a STRING, unescaped. */
void sb_decode_key(struct sb_decoder *decoder, struct sabir_string *to) {
    struct sb_text raw = decoder->token.raw;
    char *room = take_bytes(decoder, raw.len_bytes);
    if (!to) return;
    if (decoder->token.has_escapes) {
        set_text(decoder, to, room, sb_json_unescape(raw, room));
    } else {
        memcpy(room, raw.bytes, raw.len_bytes);
        set_text(decoder, to, room, room + raw.len_bytes);
    }
}

static int decode_string(struct sb_decoder *decoder, struct sabir_string *to) {
    if (decoder->token.event != SABIR_JSON_STRING) return sb_decoder_fail(decoder, "is not a string");
    sb_decode_key(decoder, to);
    return SABIR_OK;
}

/* Base64 with escapes in it (some writers write `\/`): resolved part by part, each of whole groups of four letters. */
static bool decode_escaped_base64(struct sb_text raw, char *to, size_t *len_bytes) {
    struct sb_json_cursor cursor;
    char part[BASE64_PART_BYTES];
    size_t part_bytes = 0, more_bytes = 0;
    sb_json_cursor_init(&cursor, raw);
    *len_bytes = 0;
    for (int byte = sb_json_cursor_next(&cursor); byte >= 0;) {
        part[part_bytes++] = (char)byte;
        byte = sb_json_cursor_next(&cursor);
        if (part_bytes < sizeof part && byte >= 0) continue;
        if (!sb_base64_decode((struct sb_text){part, part_bytes}, to, &more_bytes)) return false;
        if (byte >= 0 && more_bytes < sb_base64_decoded_max_bytes(part_bytes))
            return false; /* padding before the end */
        if (to) to += more_bytes;
        *len_bytes += more_bytes;
        part_bytes = 0;
    }
    return true;
}

static int decode_bytes(struct sb_decoder *decoder, struct sabir_string *to) {
    const struct sb_json_token *token = &decoder->token;
    size_t len_bytes;
    if (token->event != SABIR_JSON_STRING) return sb_decoder_fail(decoder, "is not a string of base64");
    char *room = take_bytes(decoder, sb_base64_decoded_max_bytes(token->raw.len_bytes));
    bool is_base64 = token->has_escapes ? decode_escaped_base64(token->raw, to ? room : NULL, &len_bytes)
                                        : sb_base64_decode(token->raw, to ? room : NULL, &len_bytes);
    if (!is_base64) return sb_decoder_fail(decoder, "is not base64 with padding");
    if (to) set_text(decoder, to, room, room + len_bytes);
    return SABIR_OK;
}

/* A number that cannot be carried, in a text that is otherwise accepted. */
int sb_decode_check_numbers(struct sb_decoder *decoder, struct sb_text json) {
    struct sb_json_value_fault json_fault;
    char shown[SB_SHOWN_BYTES];
    int error = sb_json_value_check(json, SB_JSON_MAX_DEPTH, SB_JSON_TRUSTED, &json_fault);
    if (error != SABIR_EMALFORMED) return error;
    return sb_value_fault_set(&decoder->fault, SABIR_EBADPAYLOAD, "%s %s",
                              sb_text_show(json_fault.number, shown, sizeof shown), json_fault.reason);
}

static int decode_json(struct sb_decoder *decoder, struct sabir_string *to) {
    struct sb_text json;
    int error = sb_json_reader_rest(&decoder->reader, &decoder->token, &json);
    if (!error && !decoder->is_measured) error = sb_decode_check_numbers(decoder, json);
    if (error) return error;
    char *room = take_bytes(decoder, json.len_bytes);
    if (!to) return SABIR_OK;
    memcpy(room, json.bytes, json.len_bytes);
    set_text(decoder, to, room, room + json.len_bytes);
    return SABIR_OK;
}

int sb_decode_scalar(struct sb_decoder *decoder, enum sb_kind_code code, void *to) {
    switch (code) {
    case SB_KIND_BOOL:
        return decode_bool(decoder, to);
    case SB_KIND_INT32:
        return decode_int32(decoder, to);
    case SB_KIND_INT64:
        return decode_int64(decoder, to);
    case SB_KIND_UINT64:
        return decode_uint64(decoder, to);
    case SB_KIND_DOUBLE:
        return decode_double(decoder, to);
    case SB_KIND_STRING:
        return decode_string(decoder, to);
    case SB_KIND_BYTES:
        return decode_bytes(decoder, to);
    default:
        return decode_json(decoder, to);
    }
}
