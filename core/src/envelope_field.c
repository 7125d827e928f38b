/*
 * What may stand in the fields of an envelope, of whoever writes or reads one. Printable ASCII, the ordinary case, is
 * seen eight bytes at a time.
 */
#include "envelope_field.h"

#include "envelope.h"
#include "json_scan.h"
#include "utf8.h"

bool sb_text_has_no_control(struct sb_text text) {
    if (sb_json_is_print(text)) return true;
    for (size_t i = 0; i < text.len_bytes; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        bool is_c1 = byte == 0xC2 && (unsigned char)text.bytes[i + 1] < 0xA0; /* U+0080-009F: one more byte follows */
        if (byte < 0x20 || byte == 0x7F || is_c1) return false;
    }
    return true;
}

bool sb_name_is_valid(struct sb_text name) {
    return name.len_bytes > 0 && name.len_bytes <= SB_NAME_MAX_BYTES && sb_utf8_is_valid(name) &&
           sb_text_has_no_control(name);
}

bool sb_id_is_valid(struct sb_text id) {
    return id.len_bytes > 0 && id.len_bytes <= SB_ID_MAX_BYTES && sb_json_is_print(id);
}

bool sb_name_is_reserved(struct sb_text name) {
    return name.len_bytes >= 6 && memcmp(name.bytes, "sabir.", 6) == 0;
}

/* ---- trace and seq ----------------------------------------------------------------------------------------------- */

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_lower_hex(const char *at, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(at[i]) && !(at[i] >= 'a' && at[i] <= 'f')) return false;
    }
    return true;
}

static bool is_zero(const char *at, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (at[i] != '0') return false;
    }
    return true;
}

/* W3C traceparent: version-trace-parent-flags, in lower case; version ff and all-zero ids are not valid. */
bool sb_trace_is_valid(struct sb_text trace) {
    const char *at = trace.bytes;
    return trace.len_bytes == SB_TRACE_BYTES && at[2] == '-' && at[35] == '-' && at[52] == '-' && is_lower_hex(at, 2) &&
           is_lower_hex(at + 3, 32) && is_lower_hex(at + 36, 16) && is_lower_hex(at + 53, 2) &&
           memcmp(at, "ff", 2) != 0 && !is_zero(at + 3, 32) && !is_zero(at + 36, 16);
}
