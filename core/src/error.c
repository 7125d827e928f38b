#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DETAIL_BYTES 1024

static _Thread_local char detail[DETAIL_BYTES];

/* How many bytes the character that begins with `lead` has. */
static size_t character_bytes(unsigned char lead) {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The longest prefix of text[0..len) that does not end inside a character. */
static size_t cut_at_character(const char *text, size_t len) {
    size_t lead = len;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80) lead--;
    if (lead == 0) return len;
    return lead - 1 + character_bytes((unsigned char)text[lead - 1]) > len ? lead - 1 : len;
}

int sb_error(int code, const char *format, ...) {
    char words[DETAIL_BYTES]; /* a detail may be part of its successor */
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (length < 0) words[0] = '\0';
    if (length >= DETAIL_BYTES) words[cut_at_character(words, DETAIL_BYTES - 1)] = '\0';
    memcpy(detail, words, strlen(words) + 1);
    return code;
}

void sb_error_clear(void) {
    detail[0] = '\0';
}

const char *sb_error_detail(void) {
    return detail;
}

const char *sabir_error_name(int code) {
    if (code == SABIR_OK) return "SABIR_OK";
    switch (code) {
#define NAME_CASE(value, name, text)                                                                                   \
    case value:                                                                                                        \
        return #name;
        SABIR_ERRORS(NAME_CASE)
#undef NAME_CASE
    default:
        return NULL;
    }
}

const char *sabir_error_text(int code) {
    if (code == SABIR_OK) return "no error";
    switch (code) {
#define TEXT_CASE(value, name, text)                                                                                   \
    case value:                                                                                                        \
        return text;
        SABIR_ERRORS(TEXT_CASE)
#undef TEXT_CASE
    default:
        return NULL;
    }
}

size_t sabir_error_detail_copy(char *buffer, size_t capacity_bytes) {
    size_t length = strlen(detail);
    if (buffer && capacity_bytes > 0) {
        size_t copied = length < capacity_bytes ? length : cut_at_character(detail, capacity_bytes - 1);
        memcpy(buffer, detail, copied);
        buffer[copied] = '\0';
    }
    return length;
}

void sabir_error_detail_set(const char *words) {
    sb_error(SABIR_OK, "%s", words ? words : "");
}
