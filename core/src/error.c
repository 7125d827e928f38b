#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thread.h"

#define DETAIL_BYTES 1024

/*
 * This thread's words, made with its first error; NULL: none yet, or no memory for any. A block and not thread-local storage: what a
 * library has of that comes out of a small store of the process when a program loads it late, as Python does.
 */
static _Thread_local char *detail __attribute__((tls_model("initial-exec")));
static struct sb_thread_slot exit_slot;

static void free_detail(void *value) {
    detail = NULL;
    free(value);
}

__attribute__((constructor)) static void detail_init(void) {
    sb_thread_slot_init(&exit_slot, free_detail);
}

__attribute__((destructor)) static void detail_end(void) {
    sb_thread_slot_free(&exit_slot);
    free_detail(detail);
}

/* Not sb_alloc: a test that lets the k-th allocation fail wants to read why. */
static char *own_detail(void) {
    if (detail) return detail;
    detail = calloc(1, DETAIL_BYTES);
    if (detail) sb_thread_slot_set(&exit_slot, detail);
    return detail;
}

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
    char *own = own_detail();
    if (own) memcpy(own, words, strlen(words) + 1);
    return code;
}

void sb_error_clear(void) {
    if (detail) detail[0] = '\0';
}

const char *sb_error_detail(void) {
    return detail ? detail : "";
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
    const char *words = sb_error_detail();
    size_t length = strlen(words);
    if (buffer && capacity_bytes > 0) {
        size_t copied = length < capacity_bytes ? length : cut_at_character(words, capacity_bytes - 1);
        memcpy(buffer, words, copied);
        buffer[copied] = '\0';
    }
    return length;
}

void sabir_error_detail_set(const char *words) {
    sb_error(SABIR_OK, "%s", words ? words : "");
}
