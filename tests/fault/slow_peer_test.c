/*
 * One peer that is slow, mute or stuck delays nobody else: neither the senders nor the other peers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

#define MS INT64_C(1000000)
#define CAPACITY 5000

static struct test_node node;
static int listener, push, pull;
static uint16_t listener_tcp_port;

static void small_queues(sabir_config *config) {
    assert_int_equal(sabir_config_set_peer_capacity_msgs(config, CAPACITY), SABIR_OK);
    assert_int_equal(sabir_config_set_peer_expiry_ns(config, 300 * MS), SABIR_OK);
}

static int begin(void **state) {
    (void)state;
    listener_tcp_port = 0;
    pull = -1;
    test_node_make(&node, small_queues);
    assert_int_equal(sabir_manager_start(node.manager), SABIR_OK);
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

static sabir_ref *remote(uint16_t tcp_port) {
    char endpoint[64];
    sabir_ref *ref;
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    assert_int_equal(sabir_manager_remote(node.manager, "x", endpoint, SABIR_DIALECT_V1, &ref), SABIR_OK);
    return ref;
}

static void a_peer_that_does_not_read_fills_its_own_queue_and_nobody_elses(void **state) {
    (void)state;
    uint16_t tcp_port = 0;
    int stuck = raw_listen("127.0.0.1", &tcp_port);
    sabir_ref *to = remote(tcp_port);
    assert_int_equal(test_send_note(to, 1, node.sink), SABIR_OK);
    int fd = raw_accept(stuck, RAW_PATIENCE_MS);
    char body[1024];
    assert_true(raw_shake_hands(fd, "PULL"));
    assert_true(raw_receive_frame(fd, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    int code = SABIR_OK;
    int64_t slowest = 0, sent = 1;
    for (; code == SABIR_OK && sent < 10000000; sent++) {
        int64_t before = sb_now_ns();
        code = test_send_note(to, sent + 1, node.sink);
        if (sb_now_ns() - before > slowest) slowest = sb_now_ns() - before;
    }
    assert_int_equal(code, SABIR_EDOWN); /* the buffers of library and system, then ours */
    print_message("%lld taken before the queue was full, the slowest send took %lld us\n", (long long)sent,
                  (long long)slowest / 1000);
    assert_true(slowest < 500 * MS);
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, 1000));
    /* It reads again: everything that was taken comes, in order. */
    for (int64_t i = 2; i < sent; i++) {
        char expected[64];
        assert_true(raw_receive_frame(fd, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
        snprintf(expected, sizeof expected, "\"number\":%lld}", (long long)i);
        assert_non_null(strstr(body, expected));
    }
    close(fd), close(stuck);
    sabir_ref_release(to);
}

static void a_peer_that_never_shakes_hands_loses_its_mail_and_delays_nobody(void **state) {
    (void)state;
    uint16_t tcp_port = 0;
    int mute = raw_listen("127.0.0.1", &tcp_port);
    sabir_ref *to = remote(tcp_port);
    for (int64_t i = 1; i <= 100; i++) assert_int_equal(test_send_note(to, i, node.sink), SABIR_OK);
    int fd = raw_accept(mute, RAW_PATIENCE_MS);
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, 1000));
    test_wait(&node.dead[SABIR_DEAD_LINK_DOWN], 100);
    close(fd), close(mute);
    sabir_ref_release(to);
}

static void a_sender_byte_by_byte_delays_nobody(void **state) {
    (void)state;
    int slow = raw_connect_push("127.0.0.1", node.tcp_port);
    const char *note = "{\"type\":\"test.Note\",\"target\":\"sink\",\"payload\":{\"number\":1}}";
    unsigned char head[2] = {0, (unsigned char)strlen(note)};
    raw_write(slow, head, 2);
    for (size_t i = 0; i < strlen(note); i++) {
        raw_write(slow, note + i, 1);
        assert_true(test_canary(push, listener, listener_tcp_port, &pull, 1000));
    }
    test_wait(&node.notes, 1);
    close(slow);
}

static void a_frozen_v1_peer_is_noticed_within_4_s_and_a_flat_one_is_never_pinged(void **state) {
    (void)state;
    char body[1024], endpoint[64];
    uint16_t tcp_port = 0, flat_tcp_port = 0;
    unsigned pings = 0;
    sabir_ref *flat;
    int frozen = raw_listen("127.0.0.1", &tcp_port), old = raw_listen("127.0.0.1", &flat_tcp_port);
    sabir_ref *to = remote(tcp_port);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", flat_tcp_port);
    assert_int_equal(sabir_manager_remote(node.manager, "x", endpoint, SABIR_DIALECT_FLAT, &flat), SABIR_OK);
    assert_int_equal(test_send_note(to, 1, node.sink), SABIR_OK);
    assert_int_equal(test_send_note(flat, 1, node.sink), SABIR_OK);
    int fd = raw_accept(frozen, RAW_PATIENCE_MS), flat_fd = raw_accept(old, RAW_PATIENCE_MS);
    assert_true(raw_shake_hands(fd, "PULL") && raw_shake_hands(flat_fd, "PULL"));
    assert_true(raw_receive_frame(fd, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    int64_t silent_since = sb_now_ns();
    test_wait(&node.downs, 1); /* no PONG came */
    int64_t noticed = sb_now_ns() - silent_since;
    print_message("noticed after %lld ms\n", (long long)(noticed / MS));
    assert_true(noticed < 4000 * MS);
    assert_true(raw_receive_frame(flat_fd, body, sizeof body, RAW_PATIENCE_MS, &pings) > 0);
    assert_non_null(strstr(body, "\"message_type\":\"test.Note\""));
    assert_int_equal(raw_receive_frame(flat_fd, body, sizeof body, 0, &pings), -1);
    assert_int_equal(pings, 0);
    close(fd), close(flat_fd), close(frozen), close(old);
    sabir_ref_release(to);
    sabir_ref_release(flat);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_peer_that_does_not_read_fills_its_own_queue_and_nobody_elses, begin, end),
        cmocka_unit_test_setup_teardown(a_peer_that_never_shakes_hands_loses_its_mail_and_delays_nobody, begin, end),
        cmocka_unit_test_setup_teardown(a_sender_byte_by_byte_delays_nobody, begin, end),
        cmocka_unit_test_setup_teardown(a_frozen_v1_peer_is_noticed_within_4_s_and_a_flat_one_is_never_pinged, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
