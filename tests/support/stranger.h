/*
 * A stranger to a node: what it says is written by hand, what the node answers is read from the wire. One at a time.
 */
#ifndef SUPPORT_STRANGER_H
#define SUPPORT_STRANGER_H

#include <stdint.h>

#include "support/test_node.h"

struct stranger {
    struct test_node *node;
    int listener;
    int push;
    int pull; /* the node's connection to us; -1: none yet */
    uint16_t tcp_port;
};

extern struct stranger stranger;

/* Meet a node that has started. false: it cannot be reached. */
bool stranger_begin(struct test_node *node);
void stranger_end(void);

void stranger_send(const char *text);

/* An envelope whose sender is the stranger; `more` follows the payload. */
void stranger_send_v1(const char *type, const char *target, const char *payload, const char *more);
void stranger_send_flat(const char *type, const char *target, const char *message);

/* The next envelope that comes to the stranger, until the next call. */
const char *stranger_answer(void);

void assert_has(const char *text, const char *part);

/* The next answer is a Reject of that code. */
void assert_rejected(const char *code, const char *type, const char *target);

/* Nothing was answered to anything before: the canary's own answer is the next one. */
void assert_silence(void);

/* How many dead letters of that reason the node has counted. */
uint32_t stranger_dead(uint32_t reason);

#endif
