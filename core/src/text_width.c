#include "text_width.h"

#include "utf8.h"

struct range {
    uint32_t first;
    uint32_t last;
};

/* Combining marks, joiners, variation selectors. */
static const struct range zero[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},   {0x0610, 0x061A},   {0x064B, 0x065F}, {0x06D6, 0x06DC},
    {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948},   {0x094D, 0x094D},   {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x200B, 0x200D},   {0x20D0, 0x20FF}, {0x302A, 0x302D},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},   {0x26A1, 0x26A1},
    {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2B50, 0x2B50},
    {0x2E80, 0x303E},   {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F1E6, 0x1F1FF},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF},
    {0x20000, 0x3FFFD},
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count) {
    for (size_t i = 0; i < count && code >= ranges[i].first; i++)
        if (code <= ranges[i].last) return true;
    return false;
}

uint32_t sb_char_first(struct sb_text text, size_t *len_bytes) {
    const unsigned char *at = (const unsigned char *)text.bytes;
    size_t length = sb_utf8_sequence_len_bytes(text.bytes, text.bytes + text.len_bytes);
    *len_bytes = length ? length : 1;
    switch (length) {
    case 0:
        return 0xFFFD;
    case 1:
        return at[0];
    default: {
        uint32_t code = at[0] & (0x7Fu >> length);
        for (size_t i = 1; i < length; i++) code = code << 6 | (at[i] & 0x3Fu);
        return code;
    }
    }
}

size_t sb_text_width(struct sb_text text) {
    size_t width = 0;
    while (text.len_bytes > 0) {
        size_t len_bytes;
        uint32_t code = sb_char_first(text, &len_bytes);
        text.bytes += len_bytes;
        text.len_bytes -= len_bytes;
        if (is_in(code, zero, sizeof zero / sizeof zero[0])) continue;
        width += is_in(code, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
    }
    return width;
}

bool sb_char_is_control(uint32_t code) {
    static const struct range controls[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0x200E, 0x200F}, {0x2028, 0x202E},
        {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    return is_in(code, controls, sizeof controls / sizeof controls[0]);
}
