/*
 * Escapes of JSON strings. Reading takes text that the strict reader has accepted: every escape is whole, every
 * surrogate has its partner.
 */
#include "json_escape.h"

#include <stdint.h>
#include <string.h>

#include "json_scan.h"
#include "utf8.h"

static uint32_t hex_digit(char digit) {
    if (digit <= '9') return (uint32_t)(digit - '0');
    return (uint32_t)((digit | 0x20) - 'a' + 10);
}

static uint32_t hex4(const char *digits) {
    return hex_digit(digits[0]) << 12 | hex_digit(digits[1]) << 8 | hex_digit(digits[2]) << 4 | hex_digit(digits[3]);
}

static char short_escape(char letter) {
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter; /* quote, backslash, slash */
    }
}

const char *sb_json_unescape_one(const char *at, char **to) {
    if (at[1] != 'u') {
        *(*to)++ = short_escape(at[1]);
        return at + 2;
    }
    uint32_t code = hex4(at + 2);
    at += 6;
    if (code >= 0xD800 && code < 0xDC00) {
        code = 0x10000 + ((code - 0xD800) << 10) + (hex4(at + 2) - 0xDC00);
        at += 6;
    }
    *to = sb_utf8_encode(code, *to);
    return at;
}

char *sb_json_unescape(struct sb_text raw, char *to) {
    const char *at = raw.bytes;
    const char *end = raw.bytes + raw.len_bytes;
    while (at != end) {
        const char *stop = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((stop ? stop : end) - at);
        memcpy(to, at, plain);
        to += plain;
        at = stop ? sb_json_unescape_one(stop, &to) : end;
    }
    return to;
}

void sb_json_unescape_append(struct sb_text raw, struct sb_buffer *out) {
    char *to = sb_buffer_reserve(out, raw.len_bytes);
    if (to) out->len_bytes += (size_t)(sb_json_unescape(raw, to) - to);
}

void sb_json_cursor_init(struct sb_json_cursor *cursor, struct sb_text raw) {
    *cursor = (struct sb_json_cursor){.at = raw.bytes, .end = raw.bytes + raw.len_bytes};
}

int sb_json_cursor_next(struct sb_json_cursor *cursor) {
    if (cursor->pending_at < cursor->pending_end) return (unsigned char)cursor->pending[cursor->pending_at++];
    if (cursor->at == cursor->end) return -1;
    if (*cursor->at != '\\') return (unsigned char)*cursor->at++;
    char *to = cursor->pending;
    cursor->at = sb_json_unescape_one(cursor->at, &to);
    cursor->pending_at = 1;
    cursor->pending_end = (unsigned)(to - cursor->pending);
    return (unsigned char)cursor->pending[0];
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* The letter of the two-byte escape of a control character, or 0: it takes six bytes. */
static char escape_letter(char byte) {
    switch (byte) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return byte;
    default:
        return 0;
    }
}

static bool is_raw(char byte) {
    return (unsigned char)byte >= 0x20 && byte != '"' && byte != '\\';
}

/* The end of what stands as it is: like sb_json_plain_end, but beyond ASCII too. */
static const char *raw_end(const char *at, const char *end) {
    while (at != end) {
        at = sb_json_plain_end(at, end);
        if (at == end || !is_raw(*at)) break;
        at++;
    }
    return at;
}

size_t sb_json_escaped_len_bytes(struct sb_text text) {
    size_t len = text.len_bytes;
    if (sb_json_needs_no_escape(text)) return len;
    const char *end = text.bytes + text.len_bytes;
    for (const char *at = raw_end(text.bytes, end); at != end; at = raw_end(at + 1, end))
        len += escape_letter(*at) ? 1 : 5;
    return len;
}

static char *escape_one(char byte, char *to) {
    static const char digits[] = "0123456789abcdef";
    char letter = escape_letter(byte);
    *to++ = '\\';
    if (letter) {
        *to++ = letter;
        return to;
    }
    *to++ = 'u';
    *to++ = '0';
    *to++ = '0';
    *to++ = digits[(unsigned char)byte >> 4];
    *to++ = digits[(unsigned char)byte & 15];
    return to;
}

char *sb_json_escape(struct sb_text text, char *to) {
    if (text.len_bytes == 0) return to; /* `bytes` may be NULL */
    if (sb_json_needs_no_escape(text)) {
        memcpy(to, text.bytes, text.len_bytes);
        return to + text.len_bytes;
    }
    const char *at = text.bytes;
    const char *end = text.bytes + text.len_bytes;
    for (;;) {
        const char *stop = raw_end(at, end);
        memcpy(to, at, (size_t)(stop - at));
        to += stop - at;
        if (stop == end) return to;
        to = escape_one(*stop, to);
        at = stop + 1;
    }
}
