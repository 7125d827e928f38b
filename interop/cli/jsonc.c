#include "jsonc.h"

#include "memory.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* Recursion is bounded by the depth, the search for duplicate keys by the number of members. */
enum { DEPTH_MAX = 32, MEMBERS_MAX = 4096 };

struct reader {
    const char *at, *end;
    struct cli_place place;
    unsigned depth;
    struct cli_findings *findings;
};

static struct cli_jsonc *read_value(struct reader *reader);

static bool is_at_end(const struct reader *reader) {
    return reader->at == reader->end;
}

static bool is_at(const struct reader *reader, char byte) {
    return !is_at_end(reader) && *reader->at == byte;
}

/* Every byte passes here, so that the place is always known. Continuation bytes of UTF-8 are no columns. */
static void step(struct reader *reader) {
    unsigned char byte = (unsigned char)*reader->at++;
    if (byte == '\n') {
        reader->place.line++;
        reader->place.column = 1;
    } else if ((byte & 0xC0) != 0x80) {
        reader->place.column++;
    }
}

static void steps(struct reader *reader, size_t len_bytes) {
    while (len_bytes-- > 0) step(reader);
}

static bool has_prefix(const struct reader *reader, const char *prefix) {
    size_t len_bytes = strlen(prefix);
    return (size_t)(reader->end - reader->at) >= len_bytes && memcmp(reader->at, prefix, len_bytes) == 0;
}

static bool skip_block_comment(struct reader *reader) {
    struct cli_place begin = reader->place;
    steps(reader, 2);
    while (!is_at_end(reader)) {
        if (has_prefix(reader, "*/")) {
            steps(reader, 2);
            return true;
        }
        step(reader);
    }
    cli_findings_add(reader->findings, begin, "the comment that begins here does not end");
    return false;
}

/* White space and comments. */
static bool skip_space(struct reader *reader) {
    for (;;) {
        if (is_at_end(reader)) return true;
        if (strchr(" \t\r\n", *reader->at) && *reader->at) {
            step(reader);
        } else if (has_prefix(reader, "//")) {
            while (!is_at_end(reader) && *reader->at != '\n') step(reader);
        } else if (has_prefix(reader, "/*")) {
            if (!skip_block_comment(reader)) return false;
        } else {
            return true;
        }
    }
}

static bool unexpected(struct reader *reader, const char *expected) {
    if (is_at_end(reader))
        cli_findings_add(reader->findings, reader->place, "the file ends here, but %s is missing", expected);
    else if ((unsigned char)*reader->at > ' ' && (unsigned char)*reader->at < 0x7F)
        cli_findings_add(reader->findings, reader->place, "expected %s, not \"%c\"", expected, *reader->at);
    else
        cli_findings_add(reader->findings, reader->place, "expected %s, not the byte 0x%02x", expected,
                         (unsigned)(unsigned char)*reader->at);
    return false;
}

static bool hex4(struct reader *reader, unsigned *code) {
    *code = 0;
    for (int i = 0; i < 4; i++) {
        if (is_at_end(reader) || !strchr("0123456789abcdefABCDEF", *reader->at) || !*reader->at)
            return unexpected(reader, "four hexadecimal digits behind \\u");
        char digit = *reader->at;
        *code = *code * 16 + (unsigned)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        step(reader);
    }
    return true;
}

/* Behind `\u`: one code point, from a pair of surrogates if need be. */
static bool read_code_point(struct reader *reader, struct cli_place begin, unsigned *code) {
    if (!hex4(reader, code)) return false;
    if (*code >= 0xD800 && *code <= 0xDBFF && has_prefix(reader, "\\u")) {
        unsigned low;
        steps(reader, 2);
        if (!hex4(reader, &low)) return false;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
            return true;
        }
    }
    if (*code >= 0xD800 && *code <= 0xDFFF)
        cli_findings_add(reader->findings, begin, "\\u%04x is half of a surrogate pair", *code);
    else if (*code == 0)
        cli_findings_add(reader->findings, begin, "\\u0000 cannot stand in a string of this file");
    else
        return true;
    return false;
}

static bool read_escape(struct reader *reader, char *out, size_t *len_bytes) {
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    struct cli_place begin = reader->place;
    step(reader);
    if (is_at(reader, 'u')) {
        unsigned code;
        step(reader);
        if (!read_code_point(reader, begin, &code)) return false;
        *len_bytes += cli_utf8_write(code, out + *len_bytes);
        return true;
    }
    const char *known = is_at_end(reader) || !*reader->at ? NULL : strchr(FROM, *reader->at);
    if (!known) {
        cli_findings_add(reader->findings, begin,
                         "unknown escape: JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        return false;
    }
    out[(*len_bytes)++] = TO[known - FROM];
    step(reader);
    return true;
}

static bool read_character(struct reader *reader, char *out, size_t *len_bytes) {
    unsigned char byte = (unsigned char)*reader->at;
    if (byte < 0x20) {
        cli_findings_add(reader->findings, reader->place,
                         byte == '\n' ? "the string does not end on its line"
                                      : "a control character must be written as an escape");
        return false;
    }
    size_t taken = cli_utf8_len(reader->at, (size_t)(reader->end - reader->at));
    if (taken == 0) {
        cli_findings_add(reader->findings, reader->place, "the byte 0x%02x is not UTF-8", (unsigned)byte);
        return false;
    }
    memcpy(out + *len_bytes, reader->at, taken);
    *len_bytes += taken;
    steps(reader, taken);
    return true;
}

/* An unescaped string is never longer than its source, so that one allocation is enough. */
static char *read_text(struct reader *reader) {
    struct cli_place begin = reader->place;
    const char *close = reader->at + 1;
    while (close < reader->end && *close != '"' && *close != '\n')
        close += *close == '\\' && close + 1 < reader->end ? 2 : 1;
    char *text = cli_alloc((size_t)(close - reader->at) + 1, 1);
    size_t len_bytes = 0;
    step(reader);
    while (!is_at(reader, '"')) {
        if (is_at_end(reader)) {
            cli_findings_add(reader->findings, begin, "the string that begins here does not end");
            free(text);
            return NULL;
        }
        if (!(is_at(reader, '\\') ? read_escape(reader, text, &len_bytes) : read_character(reader, text, &len_bytes))) {
            free(text);
            return NULL;
        }
    }
    step(reader);
    return text;
}

static struct cli_jsonc *new_value(const struct reader *reader, enum cli_jsonc_kind kind) {
    struct cli_jsonc *value = cli_alloc(1, sizeof *value);
    value->kind = kind;
    value->place = reader->place;
    return value;
}

static struct cli_jsonc *read_string(struct reader *reader) {
    struct cli_jsonc *value = new_value(reader, CLI_JSONC_STRING);
    value->text = read_text(reader);
    if (value->text) return value;
    cli_jsonc_free(value);
    return NULL;
}

static bool is_word_byte(const struct reader *reader) {
    if (is_at_end(reader)) return false;
    char byte = *reader->at;
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || byte == '+' || byte == '-' || byte == '.';
}

static size_t digits(const char *text) {
    return strspn(text, "0123456789");
}

/* RFC 8259: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool is_number(const char *text) {
    if (*text == '-') text++;
    size_t whole = digits(text);
    if (whole == 0 || (whole > 1 && *text == '0')) return false;
    text += whole;
    if (*text == '.') {
        if (digits(++text) == 0) return false;
        text += digits(text);
    }
    if (*text == 'e' || *text == 'E') {
        text += text[1] == '+' || text[1] == '-' ? 2 : 1;
        if (digits(text) == 0) return false;
        text += digits(text);
    }
    return *text == '\0';
}

/* true, false, null and numbers. */
static struct cli_jsonc *read_word(struct reader *reader) {
    struct cli_jsonc *value = new_value(reader, CLI_JSONC_NULL);
    const char *begin = reader->at;
    while (is_word_byte(reader)) step(reader);
    value->text = cli_copy_bytes(begin, (size_t)(reader->at - begin));
    if (strcmp(value->text, "true") == 0 || strcmp(value->text, "false") == 0) {
        value->kind = CLI_JSONC_BOOL;
        value->truth = *value->text == 't';
    } else if (is_number(value->text)) {
        value->kind = CLI_JSONC_NUMBER;
    } else if (strcmp(value->text, "null") != 0) {
        cli_findings_add(reader->findings, value->place, "\"%.40s\" is no JSON value; a text stands in double quotes",
                         value->text);
        cli_jsonc_free(value);
        return NULL;
    }
    return value;
}

static bool read_key(struct reader *reader, const struct cli_jsonc *object, char **key, struct cli_place *place) {
    *place = reader->place;
    if (!is_at(reader, '"')) return unexpected(reader, "a key in double quotes or \"}\"");
    *key = read_text(reader);
    if (!*key) return false;
    const struct cli_jsonc *earlier = cli_jsonc_get(object, *key);
    if (earlier) {
        cli_findings_add(reader->findings, *place, "the key \"%s\" stands here a second time; the first is on line %u",
                         *key, earlier->key_place.line);
        return false;
    }
    if (!skip_space(reader)) return false;
    if (!is_at(reader, ':')) return unexpected(reader, "\":\" behind the key");
    step(reader);
    return skip_space(reader);
}

static bool read_member(struct reader *reader, struct cli_jsonc *parent, struct cli_jsonc ***tail) {
    char *key = NULL;
    struct cli_place place = {0, 0};
    if (parent->count == MEMBERS_MAX) {
        cli_findings_add(reader->findings, reader->place, "more than %d values in one place", MEMBERS_MAX);
        return false;
    }
    if (parent->kind == CLI_JSONC_OBJECT && !read_key(reader, parent, &key, &place)) {
        free(key);
        return false;
    }
    struct cli_jsonc *value = read_value(reader);
    if (!value) {
        free(key);
        return false;
    }
    value->key = key;
    value->key_place = place;
    **tail = value;
    *tail = &value->next;
    parent->count++;
    return true;
}

/* Arrays and objects: `open (member (, member)* ,?)? close`. */
static bool read_members(struct reader *reader, struct cli_jsonc *parent, char close) {
    struct cli_jsonc **tail = &parent->first;
    step(reader);
    for (;;) {
        if (!skip_space(reader)) return false;
        if (is_at(reader, close)) break;
        if (!read_member(reader, parent, &tail) || !skip_space(reader)) return false;
        if (is_at(reader, ','))
            step(reader);
        else if (!is_at(reader, close))
            return unexpected(reader, close == ']' ? "\",\" or \"]\"" : "\",\" or \"}\"");
    }
    step(reader);
    return true;
}

static struct cli_jsonc *read_nested(struct reader *reader, enum cli_jsonc_kind kind, char close) {
    if (reader->depth == DEPTH_MAX) {
        cli_findings_add(reader->findings, reader->place, "nested deeper than %d levels", DEPTH_MAX);
        return NULL;
    }
    struct cli_jsonc *value = new_value(reader, kind);
    reader->depth++;
    bool good = read_members(reader, value, close);
    reader->depth--;
    if (good) return value;
    cli_jsonc_free(value);
    return NULL;
}

static struct cli_jsonc *read_value(struct reader *reader) {
    if (is_at(reader, '{')) return read_nested(reader, CLI_JSONC_OBJECT, '}');
    if (is_at(reader, '[')) return read_nested(reader, CLI_JSONC_ARRAY, ']');
    if (is_at(reader, '"')) return read_string(reader);
    if (is_word_byte(reader)) return read_word(reader);
    (void)unexpected(reader, "a value");
    return NULL;
}

struct cli_jsonc *cli_jsonc_read(const char *bytes, size_t len_bytes, struct cli_findings *findings) {
    struct reader reader = {bytes, bytes + len_bytes, {1, 1}, 0, findings};
    if (!skip_space(&reader)) return NULL;
    struct cli_jsonc *value = read_value(&reader);
    if (!value) return NULL;
    if (skip_space(&reader) && is_at_end(&reader)) return value;
    if (!is_at_end(&reader)) (void)unexpected(&reader, "the end of the file");
    cli_jsonc_free(value);
    return NULL;
}

void cli_jsonc_free(struct cli_jsonc *value) {
    if (!value) return;
    for (struct cli_jsonc *child = value->first, *next; child; child = next) {
        next = child->next;
        cli_jsonc_free(child);
    }
    free(value->text);
    free(value->key);
    free(value);
}

struct cli_jsonc *cli_jsonc_get(const struct cli_jsonc *object, const char *key) {
    for (struct cli_jsonc *child = object ? object->first : NULL; child; child = child->next) {
        if (child->key && strcmp(child->key, key) == 0) return child;
    }
    return NULL;
}

const char *cli_jsonc_kind_name(enum cli_jsonc_kind kind) {
    static const char *const NAMES[] = {"null", "true or false", "a number", "a string", "an array", "an object"};
    return NAMES[kind];
}
