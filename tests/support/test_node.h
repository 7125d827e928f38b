/*
 * A node for tests of the wire: `echo` answers what it gets, `sink` counts it in order, dead letters are counted by reason, and
 * the core's log is kept. Waits are bounded and fail the test.
 */
#ifndef SUPPORT_TEST_NODE_H
#define SUPPORT_TEST_NODE_H

#include <sabir/sabir.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TEST_NOTE_FIELDS(F) F(SABIR_INT64, number)
SABIR_MESSAGE_NAMED(TestNote, "test.Note", TEST_NOTE_FIELDS);
SABIR_OPEN_NAMED(TestEcho, "test.Echo");

struct test_node {
    sabir_manager *manager;
    sabir_ref *echo;
    sabir_ref *sink;
    uint16_t tcp_port;
    /* What the sink saw. */
    _Atomic uint32_t notes;
    _Atomic uint32_t disorder; /* notes whose number was not greater than the one before */
    _Atomic int64_t last;
    _Atomic uint32_t echoes; /* test.Echo that came to the sink */
    _Atomic uint32_t rejects;
    _Atomic uint32_t downs; /* LinkDown */
    _Atomic uint64_t down_sent;
    _Atomic uint32_t dead[SABIR_DEAD_REASON_COUNT];
    _Atomic uint32_t dead_total;
};

/* Made, not started. `prepare` (may be NULL) adds to the configuration, which has a bind to any TCP port of 127.0.0.1. */
void test_node_make(struct test_node *node, void (*prepare)(sabir_config *config));
void test_node_start(struct test_node *node); /* make, without more, and start */
void test_node_stop(struct test_node *node);  /* stop and free; fails the test if it takes 2 s */

/* Wait until *word is at least `value`. */
void test_wait(_Atomic uint32_t *word, uint32_t value);

/* Send one note to `to`; returns the code. */
int test_send_note(sabir_ref *to, int64_t number, sabir_ref *sender);

/*
 * A nonce through `push` (a connection made with raw_connect_push) to the node's echo, which answers to the PULL side `listener`
 * listens for; *pull is that connection, -1 at first. false: no answer within `timeout_ms`.
 */
bool test_canary(int push, int listener, uint16_t listener_tcp_port, int *pull, int timeout_ms);

#endif
