/*
 * Guesses that let the nodes of a long chain be fetched ahead. Going through a chain that no cache holds any more costs a miss for each
 * message, one after the other. So whoever sends to one mailbox again and again notes in each message where the one lies that went
 * before it by SB_STREAM_REACH:
 *
 *     newest  m40 -ahead-> m24      m39 -ahead-> m23      m38 -ahead-> m22  ...
 *
 * A guess is fetched, and never followed: a wrong one costs a cache line.
 */
#ifndef SB_STREAM_H
#define SB_STREAM_H

#include "hot.h"
#include "message.h"

#define SB_STREAM_REACH 16

/* What a thread has sent last, as long as it is to one and the same mailbox that has still to be looked at. */
struct sb_stream {
    const void *mailbox;
    uint32_t count;
    sabir_message *last[SB_STREAM_REACH];
};

/* How many nodes `to` lies behind `from`; 0 if that is too far. */
static SB_HOT int32_t sb_nodes_apart(const sabir_message *from, const sabir_message *to) {
    intptr_t apart = ((intptr_t)to - (intptr_t)from) / SB_MESSAGE_NODE_BYTES;
    return apart == (int32_t)apart ? (int32_t)apart : 0;
}

/* Into the cache, to be written: the node that lies `apart` nodes behind `from`, if there is one. */
static SB_HOT void sb_fetch_node(const sabir_message *from, int32_t apart) {
    intptr_t at = (intptr_t)from + (intptr_t)apart * SB_MESSAGE_NODE_BYTES;
    __builtin_prefetch((const void *)at, 1);
}

/* `message` is about to follow others in that mailbox. */
static SB_HOT void sb_stream_add(struct sb_stream *stream, const void *mailbox, sabir_message *message) {
    if (stream->mailbox != mailbox) {
        stream->mailbox = mailbox;
        stream->count = 0;
    }
    sabir_message **place = &stream->last[stream->count % SB_STREAM_REACH];
    if (stream->count++ >= SB_STREAM_REACH) message->ahead = sb_nodes_apart(message, *place);
    *place = message;
}

#endif
