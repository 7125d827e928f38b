/*
 * Bytes that grow. An append that runs out of memory marks the buffer; whoever is done checks once.
 */
#ifndef SB_BUFFER_H
#define SB_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct sb_buffer {
    char *bytes;
    size_t len_bytes;
    size_t capacity_bytes;
    bool failed; /* an append found no memory; the content is cut */
};

#define SB_BUFFER_INIT                                                                                                 \
    { NULL, 0, 0, false }

/* Room for `more` bytes behind len_bytes, which the caller fills and adds to len_bytes; NULL without memory. */
char *sb_buffer_reserve(struct sb_buffer *buffer, size_t more_bytes);
void sb_buffer_append(struct sb_buffer *buffer, const char *bytes, size_t len_bytes);
void sb_buffer_append_byte(struct sb_buffer *buffer, char byte);
void sb_buffer_clear(struct sb_buffer *buffer); /* keeps the memory */
void sb_buffer_free(struct sb_buffer *buffer);

#endif
