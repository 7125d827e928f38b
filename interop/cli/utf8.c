#include "utf8.h"

#include <stdbool.h>

static size_t expected_len(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

unsigned cli_utf8_code(const char *bytes, size_t len_bytes) {
    static const unsigned char LEAD_BITS[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned code = (unsigned char)bytes[0] & LEAD_BITS[len_bytes];
    for (size_t i = 1; i < len_bytes; i++) code = code << 6 | ((unsigned char)bytes[i] & 0x3F);
    return code;
}

size_t cli_utf8_len(const char *bytes, size_t len_bytes) {
    static const unsigned LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = len_bytes ? expected_len((unsigned char)bytes[0]) : 0;
    if (len == 0 || len > len_bytes) return 0;
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)bytes[i] & 0xC0) != 0x80) return 0;
    }
    unsigned code = cli_utf8_code(bytes, len);
    bool is_scalar = code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
    return is_scalar && code >= LEAST[len] ? len : 0;
}

size_t cli_utf8_write(unsigned code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char LEAD[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)(LEAD[len] | code);
    return len;
}
