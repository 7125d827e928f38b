#include "log.h"

#include <stdarg.h>
#include <stdio.h>

#include "thread.h"

#define LINE_BYTES 2048

static struct {
    struct sb_mutex lock;
    sabir_log_handler handler;
    void *user_data;
} sink;

__attribute__((constructor)) static void sink_init(void) {
    sb_mutex_init(&sink.lock);
}

void sabir_log_set(sabir_log_handler handler, void *user_data) {
    sb_mutex_lock(&sink.lock);
    sink.handler = handler;
    sink.user_data = user_data;
    sb_mutex_unlock(&sink.lock);
}

/* A line stays one line, and a terminal stays as it is, whatever a stranger put into a name. */
static void escape_controls(const char *text, char *line, size_t room) {
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;
    for (; *text && used + 5 < room; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= 0x20 && byte != 0x7F) {
            line[used++] = *text;
            continue;
        }
        line[used++] = '\\';
        line[used++] = 'x';
        line[used++] = digits[byte >> 4];
        line[used++] = digits[byte & 15];
    }
    line[used] = '\0';
}

void sb_log(const char *format, ...) {
    char words[LINE_BYTES];
    char line[LINE_BYTES * 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    escape_controls(words, line, sizeof line);

    sb_mutex_lock(&sink.lock);
    sabir_log_handler handler = sink.handler;
    void *user_data = sink.user_data;
    sb_mutex_unlock(&sink.lock);
    if (handler)
        handler(user_data, line);
    else
        fprintf(stderr, "sabir: %s\n", line);
}
