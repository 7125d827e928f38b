#include "glyph.h"

#include "utf8.h"

#include <stdbool.h>
#include <string.h>

struct range {
    unsigned first;
    unsigned last;
};

static bool is_in(unsigned code, const struct range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    }
    return false;
}

/* No shape of their own, or a change of direction, or never a character. */
static const struct range HIDDEN[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},        {0x61C, 0x61C},   {0x180E, 0x180E},
    {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},    {0xE000, 0xF8FF}, {0xFEFF, 0xFEFF},
    {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
};
static const struct range COMBINING[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},   {0x900, 0x902},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};
static const struct range WIDE[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F}, {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Two letters where C has them, \x for a byte that stands alone, \u for other characters. */
static void escape(struct cli_glyph *glyph, unsigned code) {
    static const char LETTERS[] = "\0"
                                  "0"
                                  "\t"
                                  "t"
                                  "\n"
                                  "n"
                                  "\r"
                                  "r";
    for (size_t i = 0; i < sizeof LETTERS - 1; i += 2) {
        if ((unsigned)LETTERS[i] == code) {
            (void)snprintf(glyph->text, sizeof glyph->text, "\\%c", LETTERS[i + 1]);
            return;
        }
    }
    const char *format = code < 0x80 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\u{%x}";
    (void)snprintf(glyph->text, sizeof glyph->text, format, code);
}

struct cli_glyph cli_glyph_of(const char *at, size_t left) {
    struct cli_glyph glyph = {.len_bytes = cli_utf8_len(at, left), .width = 1};
    if (glyph.len_bytes == 0) {
        glyph.len_bytes = 1;
        (void)snprintf(glyph.text, sizeof glyph.text, "\\x%02x", (unsigned char)*at);
        glyph.width = strlen(glyph.text);
        return glyph;
    }
    unsigned code = cli_utf8_code(at, glyph.len_bytes);
    if (is_in(code, HIDDEN, COUNT(HIDDEN))) {
        escape(&glyph, code);
        glyph.width = strlen(glyph.text);
        return glyph;
    }
    memcpy(glyph.text, at, glyph.len_bytes);
    if (is_in(code, COMBINING, COUNT(COMBINING)))
        glyph.width = 0;
    else if (is_in(code, WIDE, COUNT(WIDE)))
        glyph.width = 2;
    return glyph;
}

size_t cli_glyph_len_before(const char *at, size_t before) {
    for (size_t len = 2; len <= 4 && len <= before; len++) {
        if (cli_utf8_len(at - len, len) == len) return len;
    }
    return 1;
}

void cli_glyph_print(const char *bytes, size_t len_bytes, FILE *out) {
    for (size_t i = 0; i < len_bytes;) {
        struct cli_glyph glyph = cli_glyph_of(bytes + i, len_bytes - i);
        (void)fputs(glyph.text, out);
        i += glyph.len_bytes;
    }
}
