#include "naive_json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The text that is left. */
struct rest {
    const unsigned char *at;
    size_t len;
};

/* A string as code points. */
struct string {
    uint32_t *codes;
    size_t count;
};

static int peek(const struct rest *rest) {
    return rest->len ? *rest->at : -1;
}

static bool skip(struct rest *rest, size_t count) {
    rest->at += count;
    rest->len -= count;
    return true;
}

static bool take(struct rest *rest, char byte) {
    return peek(rest) == (unsigned char)byte && skip(rest, 1);
}

static void space(struct rest *rest) {
    while (take(rest, ' ') || take(rest, '\t') || take(rest, '\n') || take(rest, '\r')) continue;
}

static bool word(struct rest *rest, const char *text) {
    size_t len = strlen(text);
    return rest->len >= len && memcmp(rest->at, text, len) == 0 && skip(rest, len);
}

static bool digits(struct rest *rest) {
    size_t count = 0;
    for (; peek(rest) >= '0' && peek(rest) <= '9'; count++) skip(rest, 1);
    return count > 0;
}

static bool number(struct rest *rest) {
    take(rest, '-');
    if (!take(rest, '0') && !digits(rest)) return false;
    if (take(rest, '.') && !digits(rest)) return false;
    if (!take(rest, 'e') && !take(rest, 'E')) return true;
    if (!take(rest, '+')) take(rest, '-');
    return digits(rest);
}

/* One code point of UTF-8, decoded and compared with what encoding it anew would take. */
static bool raw_code(struct rest *rest, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned lead = (unsigned)peek(rest);
    size_t len = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (len == 0 || len > rest->len) return false;
    *code = len == 1 ? lead : lead & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if (rest->at[i] >> 6 != 2) return false;
        *code = *code * 64 + (rest->at[i] & 63);
    }
    bool is_scalar = *code >= least[len] && *code <= 0x10FFFF && (*code < 0xD800 || *code > 0xDFFF);
    return is_scalar && skip(rest, len);
}

static bool hex4(struct rest *rest, uint32_t *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        static const char alphabet[] = "0123456789abcdefABCDEF";
        const char *found = rest->len && *rest->at ? strchr(alphabet, *rest->at) : NULL;
        if (!found) return false;
        uint32_t digit = (uint32_t)(found - alphabet);
        *unit = *unit * 16 + (digit > 15 ? digit - 6 : digit);
        skip(rest, 1);
    }
    return true;
}

static bool escape(struct rest *rest, uint32_t *code) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    int letter = peek(rest);
    const char *found = letter > 0 ? strchr(letters, letter) : NULL;
    if (found) {
        *code = (uint32_t)meanings[found - letters];
        return skip(rest, 1);
    }
    if (!take(rest, 'u') || !hex4(rest, code)) return false;
    if (*code < 0xD800 || *code > 0xDFFF) return true;
    uint32_t low;
    if (*code > 0xDBFF || !take(rest, '\\') || !take(rest, 'u') || !hex4(rest, &low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return false;
    *code = 0x10000 + (*code - 0xD800) * 0x400 + (low - 0xDC00);
    return true;
}

static bool string(struct rest *rest, struct string *string) {
    *string = (struct string){calloc(rest->len + 1, sizeof(uint32_t)), 0};
    if (!take(rest, '"')) return false;
    while (!take(rest, '"')) {
        uint32_t code;
        if (rest->len == 0 || peek(rest) < 0x20) return false;
        if (take(rest, '\\') ? !escape(rest, &code) : !raw_code(rest, &code)) return false;
        string->codes[string->count++] = code;
    }
    return true;
}

static bool value(struct rest *rest, unsigned depth_left);

static bool is_among(const struct string *key, const struct string *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (keys[i].count == key->count && memcmp(keys[i].codes, key->codes, key->count * sizeof *key->codes) == 0)
            return true;
    }
    return false;
}

static bool members(struct rest *rest, unsigned depth_left, struct string *keys, size_t *count) {
    do {
        space(rest);
        struct string *key = &keys[*count];
        bool is_string = string(rest, key);
        ++*count;
        if (!is_string || is_among(key, keys, *count - 1)) return false;
        space(rest);
        if (!take(rest, ':') || !value(rest, depth_left)) return false;
    } while (take(rest, ','));
    return take(rest, '}');
}

static bool object(struct rest *rest, unsigned depth_left) {
    space(rest);
    if (take(rest, '}')) return true;
    struct string *keys = calloc(rest->len + 1, sizeof *keys);
    size_t count = 0;
    bool accepted = members(rest, depth_left, keys, &count);
    for (size_t i = 0; i < count; i++) free(keys[i].codes);
    free(keys);
    return accepted;
}

static bool array(struct rest *rest, unsigned depth_left) {
    space(rest);
    if (take(rest, ']')) return true;
    do {
        if (!value(rest, depth_left)) return false;
    } while (take(rest, ','));
    return take(rest, ']');
}

static bool string_value(struct rest *rest) {
    struct string text;
    bool accepted = string(rest, &text);
    free(text.codes);
    return accepted;
}

static bool value(struct rest *rest, unsigned depth_left) {
    space(rest);
    bool accepted;
    if (peek(rest) == '"')
        accepted = string_value(rest);
    else if (peek(rest) == '{' || peek(rest) == '[')
        accepted = depth_left > 0 &&
                   (take(rest, '{') ? object(rest, depth_left - 1) : take(rest, '[') && array(rest, depth_left - 1));
    else
        accepted = word(rest, "true") || word(rest, "false") || word(rest, "null") || number(rest);
    space(rest);
    return accepted;
}

bool naive_json_accepts(const char *text, size_t len_bytes, unsigned max_depth) {
    struct rest rest = {(const unsigned char *)text, len_bytes};
    return value(&rest, max_depth) && rest.len == 0;
}
