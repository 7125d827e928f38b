/*
 * A message node: two cache lines with a small payload inline, from the pool of the thread that made it.
 *
 *     next | type | sender | value | extra | ahead, home, bits | payload, 16 bytes ||  64 more
 *
 * A payload of two words leaves the second line untouched. `value` points to the C struct (inline, or a block of its own); `extra` holds
 * what most messages do not have: JSON text, an object, an id.
 */
#ifndef SB_MESSAGE_H
#define SB_MESSAGE_H

#include <sabir/message.h>
#include <sabir/ref.h>
#include <stdbool.h>
#include <stdint.h>

#include "envelope.h"
#include "text.h"
#include "type.h"

#define SB_MESSAGE_NODE_BYTES 128
#define SB_MESSAGE_INLINE_BYTES 80

enum sb_control {
    SB_CONTROL_NONE = 0,
    SB_CONTROL_TIMER, /* a Timeout; sb_message_timer is its timer */
    SB_CONTROL_ORDER, /* hold, restart or end: see recovery.h */
    SB_CONTROL_NEWS   /* a Down: an ordinary message that no full mailbox keeps out */
};

/* What an envelope carries beside the payload; texts NUL-terminated, "" if absent. */
struct sb_meta {
    char id[SB_ID_MAX_BYTES + 1];
    char re[SB_ID_MAX_BYTES + 1];
    char trace[SB_TRACE_BYTES + 1];
};

struct sb_extra {
    char *json; /* the payload's text: right behind this struct, or a block of its own; NULL if there is none yet */
    size_t json_len_bytes;
    const void *language; /* of `object` */
    void *object;
    void (*drop)(void *object);
    struct sb_meta *meta;
};

struct sabir_message {
    struct sabir_message *next; /* in a mailbox or a free list */
    const sabir_type *type;
    sabir_ref *sender;
    void *value; /* NULL: the message has another form */
    struct sb_extra *extra;
    int32_t ahead;           /* so many nodes away lies one that comes a little later in the same chain; 0: unknown */
    uint16_t home;           /* number of its pool (pool.h) */
    uint8_t control;         /* enum sb_control: what a message of the control lane asks for */
    bool sender_counted : 1; /* the message owns a count of its sender's ref */
    bool value_is_block : 1; /* value is a block of its own */
    bool is_checked : 1;     /* the JSON text is known to fit the type */
    bool from_wire : 1;
    _Alignas(16) unsigned char payload[SB_MESSAGE_INLINE_BYTES];
};

struct sb_timer;

/* The timer of a control message stands behind its small payload. */
static inline struct sb_timer **sb_message_timer(sabir_message *message) {
    return (struct sb_timer **)(void *)(message->payload + SB_MESSAGE_INLINE_BYTES - sizeof(struct sb_timer *));
}

/*
 * A message of a type that consists of words (sabir_type.word_bytes), without a sender; NULL without memory. The way of most messages within
 * a process.
 */
sabir_message *sb_message_new_words(const sabir_type *type, const void *value);

/* A message of any type, the built-in ones too, from a struct that is known to be valid. SABIR_ENOMEM. */
int sb_message_new_value(const sabir_type *type, const void *value, sabir_message **message);

/*
 * A message from the wire: `json` was accepted by the strict reader. It is copied, and checked against the type later; but what fits the
 * node as a struct becomes one at once, unless the receiver prefers text. SABIR_ENOMEM.
 */
int sb_message_new_wire(const sabir_type *type, struct sb_text json, bool prefers_text, sabir_message **message);

/* The same from a value that was read already, onto a desk (plain.h), with what it needs behind its struct. */
int sb_message_new_wire_value(const sabir_type *type, const void *desk, const struct sb_plain_room *room,
                              sabir_message **message);

/* The value was written anew: forget the text that was made of the old one. */
void sb_message_forget_text(sabir_message *message);

/* The message's meta, made when first asked for; NULL without memory. And if it has one, else NULL. */
struct sb_meta *sb_message_meta_make(sabir_message *message);
const struct sb_meta *sb_message_meta(const sabir_message *message);

/* Make `sender` (may be NULL) the message's sender, with a count of its own. */
void sb_message_set_sender(sabir_message *message, sabir_ref *sender);

/* The payload's text for the wire: of json as it is, of a value encoded into the message. As sabir_message_json_get. */
int sb_message_json(sabir_message *message, struct sb_text *json);

#endif
