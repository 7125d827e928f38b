#include "log.h"

#include "cli/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cyan, yellow, green, magenta, blue, and their bright ones: red and white mean something else to people. */
static const char *const COLOURS[] = {"36", "33", "32", "35", "34", "96", "93", "92", "95", "94"};
enum { COLOUR_COUNT = sizeof COLOURS / sizeof COLOURS[0], PREFIX_MAX_BYTES = 128, ESCAPED_MAX_BYTES = 8 };

/* Control characters of C0 and C1, and those that turn the direction of a line around. */
static bool is_obeyed(unsigned code) {
    return (code < 0x20 && code != '\t') || (code >= 0x7F && code <= 0x9F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
}

/* One character or wrong byte of the text into `out`; how many bytes of the text it took. */
static size_t put_character(const char *bytes, size_t len_bytes, char *out, size_t *out_len) {
    size_t taken = cli_utf8_len(bytes, len_bytes);
    unsigned code = taken ? cli_utf8_code(bytes, taken) : (unsigned char)*bytes;
    if (taken == 0 || (is_obeyed(code) && code < 0x80))
        *out_len += (size_t)snprintf(out + *out_len, ESCAPED_MAX_BYTES, "\\x%02x", code);
    else if (is_obeyed(code))
        *out_len += (size_t)snprintf(out + *out_len, ESCAPED_MAX_BYTES, "\\u%04x", code);
    else {
        memcpy(out + *out_len, bytes, taken);
        *out_len += taken;
    }
    return taken ? taken : 1;
}

static size_t put_prefix(const struct run_log *log, const char *name, int colour, char *out) {
    const char *code = colour < 0 ? "1" : COLOURS[colour % COLOUR_COUNT];
    int len = log->has_colour ? snprintf(out, PREFIX_MAX_BYTES, "\x1b[%sm%-*s |\x1b[0m ", code, log->name_width, name)
                              : snprintf(out, PREFIX_MAX_BYTES, "%-*s | ", log->name_width, name);
    return (size_t)len;
}

void run_log_line(struct run_log *log, const char *name, int colour, const char *bytes, size_t len_bytes,
                  size_t cut_bytes) {
    /* No character grows to more than four times its bytes. */
    static char line[PREFIX_MAX_BYTES + 4 * RUN_LINE_MAX_BYTES + 64];
    if (len_bytes && bytes[len_bytes - 1] == '\r') len_bytes--;
    size_t line_len = put_prefix(log, name, colour, line);
    for (size_t at = 0; at < len_bytes;) at += put_character(bytes + at, len_bytes - at, line, &line_len);
    if (cut_bytes) line_len += (size_t)snprintf(line + line_len, 64, " [cut: %zu bytes more]", cut_bytes);
    line[line_len++] = '\n';
    run_output_line(&log->output, line, line_len);
}

void run_log_say(struct run_log *log, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t len_bytes = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    run_log_line(log, "sabir", -1, text, len_bytes, 0);
}
