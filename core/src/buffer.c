/*
 * Bytes that grow by doubling, so that n appended bytes cost O(n).
 */
#include "buffer.h"

#include <stdint.h>
#include <string.h>

#include "alloc.h"

#define FIRST_CAPACITY_BYTES 64

static bool grow(struct sb_buffer *buffer, size_t more_bytes) {
    if (buffer->failed || more_bytes > SIZE_MAX / 2 - buffer->len_bytes) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->len_bytes + more_bytes;
    size_t capacity = buffer->capacity_bytes ? buffer->capacity_bytes : FIRST_CAPACITY_BYTES;
    while (capacity < needed) capacity *= 2; /* needed is at most SIZE_MAX / 2: no overflow */
    char *bytes = sb_realloc(buffer->bytes, capacity);
    if (!bytes) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->capacity_bytes = capacity;
    return true;
}

char *sb_buffer_reserve(struct sb_buffer *buffer, size_t more_bytes) {
    bool fits = !buffer->failed && buffer->bytes && more_bytes <= buffer->capacity_bytes - buffer->len_bytes;
    if (!fits && !grow(buffer, more_bytes)) return NULL;
    return buffer->bytes + buffer->len_bytes;
}

void sb_buffer_append(struct sb_buffer *buffer, const char *bytes, size_t len_bytes) {
    if (len_bytes == 0) return; /* `bytes` may be NULL */
    char *to = sb_buffer_reserve(buffer, len_bytes);
    if (!to) return;
    memcpy(to, bytes, len_bytes);
    buffer->len_bytes += len_bytes;
}

void sb_buffer_append_byte(struct sb_buffer *buffer, char byte) {
    char *to = sb_buffer_reserve(buffer, 1);
    if (!to) return;
    *to = byte;
    buffer->len_bytes++;
}

void sb_buffer_clear(struct sb_buffer *buffer) {
    buffer->len_bytes = 0;
    buffer->failed = false;
}

void sb_buffer_free(struct sb_buffer *buffer) {
    sb_free(buffer->bytes);
    *buffer = (struct sb_buffer)SB_BUFFER_INIT;
}
