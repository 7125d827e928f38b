#include "text_show.h"

#include "utf8.h"

const char *sb_text_show(struct sb_text text, char *shown, size_t capacity_bytes) {
    static const char more[] = "...";
    size_t room = capacity_bytes - sizeof more;
    struct sb_text part = {text.bytes, text.len_bytes < room ? text.len_bytes : room};
    part.len_bytes = sb_utf8_valid_len_bytes(part);
    for (size_t i = 0; i < part.len_bytes; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        shown[i] = byte < 0x20 || byte == 0x7f ? '?' : text.bytes[i];
    }
    memcpy(shown + part.len_bytes, more, sizeof more);
    if (part.len_bytes == text.len_bytes) shown[part.len_bytes] = '\0';
    return shown;
}
