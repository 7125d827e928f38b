/*
 * The inside of a JSON string: from escapes to bytes and back.
 */
#ifndef SB_JSON_ESCAPE_H
#define SB_JSON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "text.h"

/* Walks over the bytes that an accepted string's raw text stands for. */
struct sb_json_cursor {
    const char *at;
    const char *end;
    char pending[4]; /* of a resolved escape */
    unsigned pending_at;
    unsigned pending_end;
};

void sb_json_cursor_init(struct sb_json_cursor *cursor, struct sb_text raw);
int sb_json_cursor_next(struct sb_json_cursor *cursor); /* 0 to 255; -1: the end */

/*
 * Resolve the escapes of an accepted string's raw text into `to`, which has room for raw.len_bytes (the result is
 * never longer); returns the end. The result may hold NUL.
 */
char *sb_json_unescape(struct sb_text raw, char *to);
void sb_json_unescape_append(struct sb_text raw, struct sb_buffer *out);

/* Resolve one escape, `at` being its backslash; *to advances by 1 to 4 bytes. Returns what follows the escape. */
const char *sb_json_unescape_one(const char *at, char **to);

/*
 * OUT-1's spelling of `text` between quotes. `to` has room for sb_json_escaped_len_bytes; returns the end. UTF-8 is
 * not checked.
 */
size_t sb_json_escaped_len_bytes(struct sb_text text);
char *sb_json_escape(struct sb_text text, char *to);

#endif
