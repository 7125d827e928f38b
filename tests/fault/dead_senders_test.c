/*
 * Envelopes whose senders cannot be reached: nobody waits for them, and they cost a bounded number of descriptors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/process.h"
#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

/* A second, as the promise goes; a sanitizer makes everything many times slower. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define CANARY_MS 5000
#else
#define CANARY_MS 1000
#endif

static struct test_node node;
static int listener, push, pull;
static uint16_t listener_tcp_port;

static int begin(void **state) {
    (void)state;
    listener_tcp_port = 0;
    pull = -1;
    test_node_start(&node);
    listener = raw_listen("127.0.0.1", &listener_tcp_port);
    push = raw_connect_push("127.0.0.1", node.tcp_port);
    return push == -1 ? -1 : 0;
}

static int end(void **state) {
    (void)state;
    test_node_stop(&node);
    close(listener), close(push), close(pull);
    return 0;
}

static void send_to_nobody(unsigned number, uint16_t tcp_port) {
    char text[256];
    snprintf(text, sizeof text,
             "{\"type\":\"test.Note\",\"target\":\"nobody\",\"sender\":{\"name\":\"s%u\",\"endpoint\":\"tcp://"
             "127.0.0.1:%u\"},"
             "\"payload\":{}}",
             number, tcp_port);
    assert_true(raw_send_text(push, text));
}

static void two_thousand_rejects_to_one_closed_tcp_port_delay_nobody(void **state) {
    (void)state;
    uint16_t closed = raw_free_tcp_port("127.0.0.1");
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, RAW_PATIENCE_MS));
    for (unsigned i = 0; i < 2000; i++) send_to_nobody(i, closed);
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, CANARY_MS));
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_UNKNOWN_TARGET]), 2000);
    assert_true(atomic_load(&node.dead[SABIR_DEAD_REJECT_LIMIT]) > 1000); /* REJ-4: the storm is cut */
}

static void two_thousand_dead_endpoints_delay_nobody_and_leak_no_descriptors(void **state) {
    (void)state;
    unsigned most = 0;
    int other_pull = -1;
    int other_push = raw_connect_push("127.0.0.1", node.tcp_port);
    assert_true(test_canary(other_push, listener, listener_tcp_port, &other_pull, RAW_PATIENCE_MS));
    unsigned before = process_descriptors();
    for (unsigned i = 0; i < 2000; i++) {
        send_to_nobody(i, (uint16_t)(20000 + i)); /* most are closed; what listens by chance is none of ours */
        if (i % 100 == 0) {
            assert_true(test_canary(other_push, listener, listener_tcp_port, &other_pull, CANARY_MS));
            unsigned now = process_descriptors();
            if (now > most) most = now;
        }
    }
    assert_true(test_canary(push, listener, listener_tcp_port, &other_pull, CANARY_MS));
    unsigned now = process_descriptors();
    if (now > most) most = now;
    print_message("descriptors: %u before, at most %u\n", before, most);
    assert_true(most < 500);
    close(other_push);
    close(other_pull);
}

static void mail_for_a_peer_that_stays_away_becomes_dead_letters(void **state) {
    (void)state;
    for (unsigned i = 0; i < 10; i++) send_to_nobody(i, 1);
    test_wait(&node.dead[SABIR_DEAD_LINK_DOWN], 10); /* after 5 s; test_wait has 10 */
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_LINK_DOWN]), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_thousand_rejects_to_one_closed_tcp_port_delay_nobody, begin, end),
        cmocka_unit_test_setup_teardown(two_thousand_dead_endpoints_delay_nobody_and_leak_no_descriptors, begin, end),
        cmocka_unit_test_setup_teardown(mail_for_a_peer_that_stays_away_becomes_dead_letters, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
