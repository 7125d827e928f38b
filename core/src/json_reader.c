/*
 * The pull reader: one call, one token. What may come next is a single word of state, what is open is one bit per
 * level.
 */
#include "json_reader.h"

#include <sabir/error.h>
#include <string.h>

#include "json_scan.h"
#include "utf8.h"

/* Kept out of the way of what runs for every token. */
#define COLD __attribute__((cold, noinline))

/* What the reader expects; white space may always come first. */
enum expected {
    EXPECT_VALUE,        /* at the top, behind a colon */
    EXPECT_FIRST_OR_END, /* behind '{' or '[' */
    EXPECT_COMMA_OR_END, /* behind a value in an object or array */
    EXPECT_NOTHING,      /* behind the value at the top */
    EXPECT_BROKEN        /* there was a fault */
};

COLD static int fail(struct sb_json_reader *reader, const char *clause, const char *reason, const char *at) {
    reader->fault = (struct sb_fault){clause, reason, (size_t)(at - reader->begin)};
    reader->expects = EXPECT_BROKEN;
    return SABIR_EMALFORMED;
}

COLD static int fail_syntax(struct sb_json_reader *reader, const char *reason, const char *at) {
    return fail(reader, "ENV-2", at == reader->end ? "the text ends before its value is complete" : reason, at);
}

/* The same for whoever returns where he got to. */
COLD static const char *refuse(struct sb_json_reader *reader, const char *reason, const char *at) {
    (void)fail_syntax(reader, reason, at);
    return NULL;
}

static inline const char *skip_space(const char *at, const char *end) {
    if (at != end && *at > ' ') return at; /* mostly there is none */
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

static bool is_in_object(const struct sb_json_reader *reader) {
    return reader->objects >> (reader->depth - 1) & 1;
}

void sb_json_reader_init(struct sb_json_reader *reader, struct sb_text text, uint32_t max_depth,
                         enum sb_json_trust trust) {
    reader->begin = text.len_bytes ? text.bytes : "";
    reader->at = reader->begin;
    reader->end = reader->begin + text.len_bytes;
    reader->depth = 0;
    reader->max_depth = max_depth < SB_JSON_MAX_DEPTH ? max_depth : SB_JSON_MAX_DEPTH;
    reader->expects = EXPECT_VALUE;
    reader->is_trusted = trust == SB_JSON_TRUSTED;
    reader->objects = 0;
    reader->fault = (struct sb_fault){NULL, NULL, 0};
    sb_json_keys_init(&reader->keys);
}

void sb_json_reader_free(struct sb_json_reader *reader) {
    sb_json_keys_free(&reader->keys);
}

/* ---- strings ----------------------------------------------------------------------------------------------------- */

static bool is_hex(char byte) {
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* The code unit of the escape at `at` ("\uXXXX"), or -1. */
static int32_t code_unit(const char *at, const char *end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return -1;
    int32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        if (!is_hex(at[i])) return -1;
        int32_t digit = at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* What is wrong with the "\u" at `at`, which has no four digits. */
COLD static int fail_unicode_escape(struct sb_json_reader *reader, const char *at) {
    const char *digit = at + 2;
    while (digit != reader->end && is_hex(*digit)) digit++;
    return fail_syntax(reader, "four hexadecimal digits must follow \\u", digit);
}

/* Check the escape at *at and step over it. */
static int read_escape(struct sb_json_reader *reader, const char **at) {
    static const char letters[8] = {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'};
    const char *escape = *at;
    if (reader->end - escape < 2) return fail_syntax(reader, "", reader->end);
    if (escape[1] != 'u') {
        if (!memchr(letters, escape[1], sizeof letters))
            return fail_syntax(reader, "there is no such escape in JSON", escape);
        *at = escape + 2;
        return SABIR_OK;
    }
    int32_t unit = code_unit(escape, reader->end);
    if (unit < 0) return fail_unicode_escape(reader, escape);
    *at = escape + 6;
    if (unit < 0xD800 || unit > 0xDFFF) return SABIR_OK;
    if (unit < 0xDC00) {
        int32_t low = code_unit(escape + 6, reader->end);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *at = escape + 12;
            return SABIR_OK;
        }
    }
    return fail(reader, "TXT-1", "a surrogate without its partner is no character", escape);
}

/* Step over characters beyond ASCII. */
static int read_beyond_ascii(struct sb_json_reader *reader, const char **at) {
    do {
        size_t len = sb_utf8_sequence_len_bytes(*at, reader->end);
        if (len == 0) return fail(reader, "TXT-1", "the bytes are not UTF-8", *at);
        *at += len;
    } while (*at != reader->end && (unsigned char)**at >= 0x80);
    return SABIR_OK;
}

/* What plain bytes do not cover, from `at` to the closing quote. Returns NULL after a fault. */
static const char *string_end_checked(struct sb_json_reader *reader, const char *at, bool *has_escapes) {
    for (;;) {
        int error;
        if (at == reader->end) {
            fail(reader, "ENV-2", "the text ends inside a string", at);
            return NULL;
        }
        if (*at == '"') return at;
        if (*at == '\\') {
            *has_escapes = true;
            error = read_escape(reader, &at);
        } else if ((unsigned char)*at >= 0x80) {
            error = read_beyond_ascii(reader, &at);
        } else {
            error = fail(reader, "TXT-1", "a control character in a string must be escaped", at);
        }
        if (error) return NULL;
        at = sb_json_plain_end(at, reader->end);
    }
}

static const char *string_end_trusted(const struct sb_json_reader *reader, const char *at, bool *has_escapes) {
    for (;;) {
        at = sb_json_quote_or_backslash(at, reader->end);
        if (at == reader->end || *at == '"') return at;
        *has_escapes = true;
        at += 2;
    }
}

/* From the opening quote at `at` to the byte behind the closing one, which is returned; NULL after a fault. */
static inline const char *read_string(struct sb_json_reader *reader, struct sb_json_token *token, const char *at) {
    const char *begin = at + 1;
    const char *text_end = reader->end;
    const char *end;
    bool has_escapes = false;
    if (reader->is_trusted) {
        end = string_end_trusted(reader, begin, &has_escapes);
    } else {
        end = sb_json_plain_end(begin, text_end);
        if (end == text_end || *end != '"') {
            end = string_end_checked(reader, end, &has_escapes);
            if (!end) return NULL;
        }
    }
    token->has_escapes = has_escapes;
    token->raw = (struct sb_text){begin, (size_t)(end - begin)};
    return end + 1;
}

/* ---- other scalars ----------------------------------------------------------------------------------------------- */

static bool is_digit(const char *at, const char *end) {
    return at != end && *at >= '0' && *at <= '9';
}

static const char *skip_digits(const char *at, const char *end) {
    while (is_digit(at, end)) at++;
    return at;
}

/* As read_string, like all that follow. */
static const char *read_number(struct sb_json_reader *reader, struct sb_json_token *token, const char *begin) {
    const char *end = reader->end;
    const char *at = begin;
    uint32_t event = SABIR_JSON_INTEGER;
    if (*at == '-') at++;
    if (!is_digit(at, end)) return refuse(reader, "a digit must follow the minus sign", at);
    if (*at == '0' && is_digit(at + 1, end)) return refuse(reader, "a number must not begin with a needless 0", at);
    at = skip_digits(at, end);
    if (at != end && *at == '.') {
        event = SABIR_JSON_DOUBLE;
        if (!is_digit(at + 1, end)) return refuse(reader, "a digit must follow the decimal point", at + 1);
        at = skip_digits(at + 1, end);
    }
    if (at != end && (*at | 0x20) == 'e') {
        event = SABIR_JSON_DOUBLE;
        at++;
        if (at != end && (*at == '+' || *at == '-')) at++;
        if (!is_digit(at, end)) return refuse(reader, "a digit must follow in the exponent", at);
        at = skip_digits(at, end);
    }
    token->event = event;
    token->raw = (struct sb_text){begin, (size_t)(at - begin)};
    return at;
}

static const char *read_word(struct sb_json_reader *reader, struct sb_json_token *token, const char *at,
                             struct sb_text word, uint32_t event) {
    for (size_t i = 0; i < word.len_bytes; i++) {
        if (at + i == reader->end) return refuse(reader, "", reader->end);
        if (at[i] != word.bytes[i]) return refuse(reader, "the only words in JSON are true, false and null", at);
    }
    token->event = event;
    token->raw = (struct sb_text){at, word.len_bytes};
    return at + word.len_bytes;
}

COLD static const char *refuse_value(struct sb_json_reader *reader, const char *at) {
    const char *reason = "no JSON value begins with this";
    if (at == reader->end)
        reason = at == reader->begin ? "there is no text" : "the text ends where a value is expected";
    else if (at == reader->begin && (unsigned char)*at >= 0x80)
        reason = "the text begins with a byte order mark or is not JSON";
    else if (*at == '\'')
        reason = "strings stand between double quotes";
    else if (*at == ']' || *at == '}' || *at == ',')
        reason = "a value is missing here";
    (void)fail(reader, "ENV-2", reason, at);
    return NULL;
}

/* ---- structure --------------------------------------------------------------------------------------------------- */

/* An object or array at `at` opens: a level more. */
static int open_level(struct sb_json_reader *reader, struct sb_json_token *token, const char *at) {
    if (reader->depth == reader->max_depth)
        return fail(reader, "LIM-1", "objects and arrays are nested too deeply", at);
    bool is_object = *at == '{';
    uint64_t bit = UINT64_C(1) << reader->depth;
    reader->depth++;
    reader->objects = is_object ? reader->objects | bit : reader->objects & ~bit;
    if (is_object) sb_json_keys_open(&reader->keys, reader->depth);
    reader->expects = EXPECT_FIRST_OR_END;
    reader->at = at + 1;
    token->event = is_object ? SABIR_JSON_OBJECT_BEGIN : SABIR_JSON_ARRAY_BEGIN;
    token->raw = (struct sb_text){at, 1};
    return SABIR_OK;
}

static int close_level(struct sb_json_reader *reader, struct sb_json_token *token, const char *at, bool is_object) {
    if (is_object) sb_json_keys_close(&reader->keys, reader->depth);
    reader->depth--;
    reader->expects = reader->depth ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
    reader->at = at + 1;
    token->event = is_object ? SABIR_JSON_OBJECT_END : SABIR_JSON_ARRAY_END;
    token->raw = (struct sb_text){at, 1};
    return SABIR_OK;
}

static const char *read_scalar(struct sb_json_reader *reader, struct sb_json_token *token, const char *at) {
    switch (*at) {
    case '"':
        token->event = SABIR_JSON_STRING;
        return read_string(reader, token, at);
    case 't':
        return read_word(reader, token, at, SB_TEXT("true"), SABIR_JSON_TRUE);
    case 'f':
        return read_word(reader, token, at, SB_TEXT("false"), SABIR_JSON_FALSE);
    case 'n':
        return read_word(reader, token, at, SB_TEXT("null"), SABIR_JSON_NULL);
    default:
        return *at == '-' || is_digit(at, reader->end) ? read_number(reader, token, at) : refuse_value(reader, at);
    }
}

static int read_value(struct sb_json_reader *reader, struct sb_json_token *token, const char *at) {
    token->offset_bytes = (size_t)(at - reader->begin);
    if (at != reader->end && (*at == '{' || *at == '[')) return open_level(reader, token, at);
    const char *end = at == reader->end ? refuse_value(reader, at) : read_scalar(reader, token, at);
    if (!end) return SABIR_EMALFORMED;
    reader->at = end;
    reader->expects = reader->depth ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
    return SABIR_OK;
}

COLD static int fail_key(struct sb_json_reader *reader, const char *at, int error) {
    if (error == SABIR_EEXIST) return fail(reader, "ENV-4", "the object has this key already", at);
    reader->expects = EXPECT_BROKEN; /* out of memory: no fault of the text */
    return error;
}

/* A key and its colon. */
static int read_key(struct sb_json_reader *reader, struct sb_json_token *token, const char *at) {
    token->offset_bytes = (size_t)(at - reader->begin);
    if (at == reader->end || *at != '"') return fail_syntax(reader, "a key in double quotes is expected", at);
    const char *end = read_string(reader, token, at);
    if (!end) return SABIR_EMALFORMED;
    if (!reader->is_trusted) {
        int error = sb_json_keys_add(&reader->keys, reader->depth, token->raw, token->has_escapes);
        if (error) return fail_key(reader, at, error);
    }
    end = skip_space(end, reader->end);
    if (end == reader->end || *end != ':') return fail_syntax(reader, "a colon must follow the key", end);
    token->event = SABIR_JSON_KEY;
    reader->at = end + 1;
    reader->expects = EXPECT_VALUE;
    return SABIR_OK;
}

static int read_end(struct sb_json_reader *reader, struct sb_json_token *token, const char *at) {
    token->event = SABIR_JSON_END;
    token->offset_bytes = (size_t)(at - reader->begin);
    token->raw = (struct sb_text){at, 0};
    return at == reader->end ? SABIR_OK : fail(reader, "ENV-2", "there is more behind the value", at);
}

COLD static int fail_comma(struct sb_json_reader *reader, const char *at, bool is_object) {
    return fail_syntax(reader,
                       is_object ? "a comma or } must follow a value in an object"
                                 : "a comma or ] must follow a value in an array",
                       at);
}

int sb_json_reader_next(struct sb_json_reader *reader, struct sb_json_token *token) {
    uint32_t expects = reader->expects;
    const char *end = reader->end;
    const char *at = skip_space(reader->at, end);
    token->has_escapes = false;
    if (expects == EXPECT_VALUE) return read_value(reader, token, at);
    if (expects == EXPECT_NOTHING) return read_end(reader, token, at);
    if (expects == EXPECT_BROKEN) return reader->fault.clause ? SABIR_EMALFORMED : SABIR_ENOMEM;

    bool is_object = is_in_object(reader);
    char byte = at == end ? '\0' : *at;
    if (byte == (is_object ? '}' : ']')) {
        token->offset_bytes = (size_t)(at - reader->begin);
        return close_level(reader, token, at, is_object);
    }
    if (expects == EXPECT_COMMA_OR_END) {
        if (byte != ',') return fail_comma(reader, at, is_object);
        at = skip_space(at + 1, end);
    }
    return is_object ? read_key(reader, token, at) : read_value(reader, token, at);
}

int sb_json_reader_rest(struct sb_json_reader *reader, const struct sb_json_token *token, struct sb_text *value) {
    const char *begin = reader->begin + token->offset_bytes;
    if (token->event == SABIR_JSON_OBJECT_BEGIN || token->event == SABIR_JSON_ARRAY_BEGIN) {
        uint32_t outer = reader->depth - 1;
        struct sb_json_token inner;
        do {
            int error = sb_json_reader_next(reader, &inner);
            if (error) return error;
        } while (reader->depth > outer);
    }
    *value = (struct sb_text){begin, (size_t)(reader->at - begin)};
    return SABIR_OK;
}

int sb_json_check(struct sb_text text, uint32_t max_depth, struct sb_fault *fault) {
    struct sb_json_reader reader;
    struct sb_json_token token;
    int error;
    sb_json_reader_init(&reader, text, max_depth, SB_JSON_STRICT);
    do error = sb_json_reader_next(&reader, &token);
    while (!error && token.event != SABIR_JSON_END);
    if (error == SABIR_EMALFORMED && fault) *fault = reader.fault;
    sb_json_reader_free(&reader);
    return error;
}

bool sb_json_token_is(const struct sb_json_token *token, struct sb_text plain) {
    if (!token->has_escapes) return sb_text_equal(token->raw, plain);
    struct sb_json_cursor cursor;
    sb_json_cursor_init(&cursor, token->raw);
    for (size_t i = 0; i < plain.len_bytes; i++) {
        if (sb_json_cursor_next(&cursor) != (unsigned char)plain.bytes[i]) return false;
    }
    return sb_json_cursor_next(&cursor) < 0;
}
