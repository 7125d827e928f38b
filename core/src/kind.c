/*
 * Reading kinds. The grammar is
 *
 *     kind = word | ("LIST" | "MAP" | "OPTIONAL") "(" kind ")" | "STRUCT" "(" type name ")"
 *
 * with blanks anywhere between the tokens, and SABIR_ before any word, since the C macros pass what the programmer wrote.
 */
#include "kind.h"

#include <sabir/error.h>
#include <stdarg.h>
#include <stdio.h>

#include "alloc.h"
#include "text_show.h"

/* In a struct, which is where a value lives; _Alignof may differ from it on 32-bit machines. */
#define ALIGN_OF(c_type)                                                                                               \
    offsetof(                                                                                                          \
        struct {                                                                                                       \
            char before;                                                                                               \
            c_type value;                                                                                              \
        },                                                                                                             \
        value)
#define SCALAR(kind_code, c_type, flat)                                                                                \
    [kind_code] = {.code = (kind_code),                                                                                \
                   .size_bytes = sizeof(c_type),                                                                       \
                   .align_bytes = ALIGN_OF(c_type),                                                                    \
                   .is_flat = (flat),                                                                                  \
                   .is_always_valid = (flat) && (kind_code) != SB_KIND_DOUBLE,                                         \
                   .is_plain = (kind_code) <= SB_KIND_STRING}

const struct sb_kind sb_kind_scalars[] = {
    SCALAR(SB_KIND_BOOL, bool, true),
    SCALAR(SB_KIND_INT32, int32_t, true),
    SCALAR(SB_KIND_INT64, int64_t, true),
    SCALAR(SB_KIND_UINT64, uint64_t, true),
    SCALAR(SB_KIND_DOUBLE, double, true),
    SCALAR(SB_KIND_STRING, struct sabir_string, false),
    SCALAR(SB_KIND_BYTES, struct sabir_bytes, false),
    SCALAR(SB_KIND_JSON, struct sabir_json, false),
};

static const char *const words[] = {
    [SB_KIND_BOOL] = "BOOL",     [SB_KIND_INT32] = "INT32",       [SB_KIND_INT64] = "INT64",
    [SB_KIND_UINT64] = "UINT64", [SB_KIND_DOUBLE] = "DOUBLE",     [SB_KIND_STRING] = "STRING",
    [SB_KIND_BYTES] = "BYTES",   [SB_KIND_JSON] = "JSON",         [SB_KIND_LIST] = "LIST",
    [SB_KIND_MAP] = "MAP",       [SB_KIND_OPTIONAL] = "OPTIONAL", [SB_KIND_STRUCT] = "STRUCT",
};

struct parser {
    const char *text;
    const char *at;
    struct sb_kind_fault *fault;
};

__attribute__((format(printf, 3, 4))) static int fail(struct parser *parser, const char *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(parser->fault->reason, sizeof parser->fault->reason, format, arguments);
    va_end(arguments);
    parser->fault->column = (size_t)(at - parser->text) + 1;
    return SABIR_EINVAL;
}

static void skip_blanks(struct parser *parser) {
    while (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\n') parser->at++;
}

static int expect(struct parser *parser, char wanted) {
    skip_blanks(parser);
    if (*parser->at != wanted) {
        if (*parser->at == '\0') return fail(parser, parser->at, "'%c' is missing at the end", wanted);
        return fail(parser, parser->at, "'%c' is expected here", wanted);
    }
    parser->at++;
    return SABIR_OK;
}

static struct sb_text read_word(struct parser *parser) {
    static const struct sb_text prefix = {"SABIR_", 6};
    skip_blanks(parser);
    if (strncmp(parser->at, prefix.bytes, prefix.len_bytes) == 0) parser->at += prefix.len_bytes;
    const char *begin = parser->at;
    while ((*parser->at >= 'A' && *parser->at <= 'Z') || (*parser->at >= 'a' && *parser->at <= 'z') ||
           (*parser->at >= '0' && *parser->at <= '9') || *parser->at == '_')
        parser->at++;
    return (struct sb_text){begin, (size_t)(parser->at - begin)};
}

static enum sb_kind_code find_code(struct sb_text word) {
    for (enum sb_kind_code code = SB_KIND_BOOL; code <= SB_KIND_STRUCT; code++)
        if (sb_text_equal(word, sb_text_of(words[code]))) return code;
    return 0;
}

static size_t align_up(size_t offset_bytes, size_t align_bytes) {
    return (offset_bytes + align_bytes - 1) / align_bytes * align_bytes;
}

/* The room of a LIST, a MAP or an OPTIONAL over its item. */
static struct sb_kind over_item(enum sb_kind_code code, const struct sb_kind *item) {
    struct sb_kind kind = {.code = code, .item = item, .level_count = item->level_count + 1, .has_items = true};
    if (code == SB_KIND_LIST) {
        kind.is_plain = item->is_plain && !item->has_items;
        kind.size_bytes = sizeof(struct sabir_list);
        kind.align_bytes = ALIGN_OF(struct sabir_list);
    } else if (code == SB_KIND_MAP) {
        kind.size_bytes = sizeof(struct sabir_map);
        kind.align_bytes = ALIGN_OF(struct sabir_map);
    } else {
        kind.level_count = item->level_count;
        kind.is_flat = item->is_flat;
        kind.is_always_valid = item->is_always_valid;
        kind.has_items = item->has_items;
        kind.align_bytes = item->align_bytes > ALIGN_OF(bool) ? item->align_bytes : ALIGN_OF(bool);
        kind.value_offset_bytes = align_up(sizeof(bool), item->align_bytes);
        kind.size_bytes = align_up(kind.value_offset_bytes + item->size_bytes, kind.align_bytes);
    }
    return kind;
}

static int keep(const struct sb_kind *made, const struct sb_kind **kind) {
    struct sb_kind *kept = sb_alloc(sizeof *kept);
    if (!kept) return SABIR_ENOMEM;
    *kept = *made;
    *kind = kept;
    return SABIR_OK;
}

static int parse_struct(struct parser *parser, const struct sb_kind **kind) {
    skip_blanks(parser);
    const char *begin = parser->at;
    const char *end = strchr(begin, ')');
    if (!end) return fail(parser, begin + strlen(begin), "')' is missing at the end");
    parser->at = end;
    while (end > begin && end[-1] == ' ') end--;
    struct sb_text name = {begin, (size_t)(end - begin)};
    char shown[SB_SHOWN_LONG_BYTES];
    const sabir_type *type = sb_type_find(name);
    if (!type)
        return fail(parser, begin, "there is no type \"%s\" yet; register it before the type that contains it",
                    sb_text_show(name, shown, sizeof shown));
    if (type->is_open)
        return fail(parser, begin, "the type \"%s\" is open; use JSON for a value of any shape", type->name.bytes);
    struct sb_kind made = {.code = SB_KIND_STRUCT,
                           .size_bytes = type->size_bytes,
                           .align_bytes = type->align_bytes,
                           .type = type,
                           .level_count = type->level_count,
                           .is_flat = type->is_flat,
                           .is_always_valid = type->is_always_valid,
                           .has_items = type->has_items,
                           .is_plain = type->is_plain};
    return keep(&made, kind);
}

static int parse_kind(struct parser *parser, size_t depth, const struct sb_kind **kind);

static int parse_over_item(struct parser *parser, enum sb_kind_code code, size_t depth, const struct sb_kind **kind) {
    skip_blanks(parser);
    const char *begin = parser->at;
    const struct sb_kind *item = NULL;
    int error = parse_kind(parser, depth + 1, &item);
    if (!item) return error;
    struct sb_kind made = over_item(code, item);
    if (code == SB_KIND_OPTIONAL && item->code == SB_KIND_OPTIONAL)
        error = fail(parser, begin, "an OPTIONAL of an OPTIONAL cannot be told apart in JSON; one is enough");
    else
        error = keep(&made, kind);
    if (error) sb_kind_free(item);
    return error;
}

static int parse_kind(struct parser *parser, size_t depth, const struct sb_kind **kind) {
    skip_blanks(parser);
    const char *begin = parser->at;
    if (depth > (size_t)2 * SB_TYPE_MAX_LEVELS) return fail(parser, begin, "it is nested deeper than any envelope");
    struct sb_text word = read_word(parser);
    char shown[SB_SHOWN_BYTES];
    enum sb_kind_code code = find_code(word);
    if (word.len_bytes == 0) return fail(parser, begin, "a kind is expected here, as INT64 or LIST(STRING)");
    if (!code) return fail(parser, begin, "there is no kind \"%s\"", sb_text_show(word, shown, sizeof shown));
    if (code < SB_KIND_LIST) {
        *kind = &sb_kind_scalars[code];
        return SABIR_OK;
    }
    int error = expect(parser, '(');
    if (!error)
        error = code == SB_KIND_STRUCT ? parse_struct(parser, kind) : parse_over_item(parser, code, depth, kind);
    if (error) return error;
    error = expect(parser, ')');
    if (error) {
        sb_kind_free(*kind);
        *kind = NULL;
    }
    return error;
}

int sb_kind_parse(const char *text, const struct sb_kind **kind, struct sb_kind_fault *fault) {
    struct parser parser = {text, text, fault};
    *kind = NULL;
    const struct sb_kind *parsed = NULL;
    int error = parse_kind(&parser, 0, &parsed);
    if (!parsed) return error;
    skip_blanks(&parser);
    if (*parser.at != '\0')
        error = fail(&parser, parser.at, "nothing is expected behind the kind");
    else if (parsed->level_count >= SB_TYPE_MAX_LEVELS)
        error = fail(&parser, text, "it nests %zu levels of JSON; a payload has room for %d", parsed->level_count,
                     SB_TYPE_MAX_LEVELS - 1);
    if (error) {
        sb_kind_free(parsed);
        return error;
    }
    *kind = parsed;
    return SABIR_OK;
}

void sb_kind_free(const struct sb_kind *kind) {
    while (kind && kind->code >= SB_KIND_LIST) {
        const struct sb_kind *item = kind->item;
        sb_free((void *)(uintptr_t)kind);
        kind = item;
    }
}

static size_t text_len_bytes(const struct sb_kind *kind) {
    size_t len_bytes = 0;
    for (; kind->code >= SB_KIND_LIST && kind->code < SB_KIND_STRUCT; kind = kind->item)
        len_bytes += strlen(words[kind->code]) + 2;
    len_bytes += strlen(words[kind->code]);
    return kind->code == SB_KIND_STRUCT ? len_bytes + kind->type->name.len_bytes + 2 : len_bytes;
}

static char *append(char *to, const char *bytes, size_t len_bytes) {
    memcpy(to, bytes, len_bytes);
    return to + len_bytes;
}

char *sb_kind_text(const struct sb_kind *kind) {
    size_t len_bytes = text_len_bytes(kind);
    char *text = sb_alloc(len_bytes + 1);
    if (!text) return NULL;
    char *end = text;
    for (; kind->code >= SB_KIND_LIST && kind->code < SB_KIND_STRUCT; kind = kind->item) {
        end = append(end, words[kind->code], strlen(words[kind->code]));
        *end++ = '(';
    }
    end = append(end, words[kind->code], strlen(words[kind->code]));
    if (kind->code == SB_KIND_STRUCT) {
        *end++ = '(';
        end = append(end, kind->type->name.bytes, kind->type->name.len_bytes);
    }
    memset(end, ')', (size_t)(text + len_bytes - end));
    text[len_bytes] = '\0';
    return text;
}
