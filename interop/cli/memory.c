#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_die(void *block) {
    if (!block) {
        (void)fputs("sabir: out of memory\n", stderr);
        exit(1);
    }
    return block;
}

void *cli_alloc(size_t count, size_t size_bytes) {
    return or_die(calloc(count ? count : 1, size_bytes));
}

void *cli_grow(void *block, size_t count, size_t size_bytes) {
    if (size_bytes != 0 && count > SIZE_MAX / size_bytes) return or_die(NULL);
    return or_die(realloc(block, count && size_bytes ? count * size_bytes : 1));
}

char *cli_copy(const char *text) {
    return cli_copy_bytes(text, strlen(text));
}

char *cli_copy_bytes(const char *bytes, size_t len_bytes) {
    char *copy = cli_alloc(len_bytes + 1, 1);
    if (len_bytes) memcpy(copy, bytes, len_bytes);
    return copy;
}

char *cli_format(const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = len < 0 ? or_die(NULL) : cli_alloc((size_t)len + 1, 1);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}
