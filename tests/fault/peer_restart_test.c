/*
 * LIFE-1: a peer that binds later, or again, is reached without a restart; what may be lost is told (LinkDown), nothing comes twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

#define MS INT64_C(1000000)

static struct test_node node;
static uint16_t tcp_port;
static sabir_ref *peer;

static int begin(void **state) {
    (void)state;
    char endpoint[64];
    test_node_start(&node);
    tcp_port = raw_free_tcp_port("127.0.0.1");
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    return sabir_manager_remote(node.manager, "x", endpoint, SABIR_DIALECT_V1, &peer);
}

static int end(void **state) {
    (void)state;
    test_node_stop(&node);
    sabir_ref_release(peer);
    return 0;
}

static void post(int64_t number) {
    assert_int_equal(test_send_note(peer, number, node.sink), SABIR_OK);
}

/* The number in the next note, or -1. */
static int64_t next_note(int fd, int timeout_ms) {
    char body[1024];
    if (raw_receive_frame(fd, body, sizeof body, timeout_ms, NULL) < 0) return -1;
    const char *number = strstr(body, "\"number\":");
    return number ? atoll(number + strlen("\"number\":")) : -1;
}

static int accept_pull(int listener, int timeout_ms) {
    int fd = raw_accept(listener, timeout_ms);
    if (fd != -1 && !raw_shake_hands(fd, "PULL")) fd = -1;
    return fd;
}

static void a_peer_that_binds_700_ms_later_gets_everything_in_order(void **state) {
    (void)state;
    for (int64_t i = 1; i <= 10; i++) post(i);
    raw_pass_time(700);
    int listener = raw_listen("127.0.0.1", &tcp_port);
    int64_t bound = sb_now_ns();
    int fd = accept_pull(listener, RAW_PATIENCE_MS);
    assert_int_not_equal(fd, -1);
    for (int64_t i = 1; i <= 10; i++) assert_int_equal(next_note(fd, 1000), i);
    assert_true(sb_now_ns() - bound < 1500 * MS);
    close(fd), close(listener);
}

static void a_hundred_fresh_peers_get_the_first_message(void **state) {
    (void)state;
    for (int64_t i = 1; i <= 100; i++) {
        char endpoint[64];
        uint16_t fresh = 0;
        sabir_ref *ref;
        int listener = raw_listen("127.0.0.1", &fresh);
        snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", fresh);
        assert_int_equal(sabir_manager_remote(node.manager, "x", endpoint, SABIR_DIALECT_V1, &ref), SABIR_OK);
        assert_int_equal(test_send_note(ref, i, node.sink), SABIR_OK);
        int fd = accept_pull(listener, RAW_PATIENCE_MS);
        assert_int_equal(next_note(fd, 1000), i);
        close(fd), close(listener);
        sabir_ref_release(ref);
    }
}

static void a_peer_that_comes_back_is_reached_and_the_loss_is_told(void **state) {
    (void)state;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    for (int64_t i = 1; i <= 5; i++) post(i);
    int fd = accept_pull(listener, RAW_PATIENCE_MS);
    for (int64_t i = 1; i <= 5; i++) assert_int_equal(next_note(fd, 1000), i);
    close(fd), close(listener);
    test_wait(&node.downs, 1);
    assert_int_equal(atomic_load(&node.down_sent), 5);
    for (int64_t i = 6; i <= 10; i++) post(i);
    listener = raw_listen("127.0.0.1", &tcp_port);
    assert_int_not_equal(listener, -1);
    fd = accept_pull(listener, RAW_PATIENCE_MS);
    for (int64_t i = 6; i <= 10; i++) assert_int_equal(next_note(fd, 2000), i);
    close(fd), close(listener);
}

static void order_is_kept_and_nothing_comes_twice_across_resets(void **state) {
    (void)state;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    int64_t last = 0, number = 0;
    struct linger hard = {1, 0};
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 200; i++) post(++number);
        int fd = accept_pull(listener, RAW_PATIENCE_MS);
        assert_int_not_equal(fd, -1);
        for (int i = 0; i < 150; i++) {
            int64_t got = next_note(fd, 500);
            if (got == -1) break;
            assert_true(got > last);
            last = got;
        }
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(fd);
    }
    assert_true(last > 0);
    close(listener);
}

/* libzmq gives a connection up for good after one malformed command; a new socket must take its place. */
static void a_malformed_command_does_not_cut_a_peer_off_for_ever(void **state) {
    (void)state;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    post(1);
    int fd = accept_pull(listener, RAW_PATIENCE_MS);
    assert_int_equal(next_note(fd, 1000), 1);
    raw_send_frame(fd, RAW_COMMAND, "\xff\xff\xff", 3);
    test_wait(&node.downs, 1);
    close(fd);
    post(2);
    fd = accept_pull(listener, 4000);
    assert_int_not_equal(fd, -1);
    assert_int_equal(next_note(fd, 1000), 2);
    close(fd), close(listener);
}

static void a_garbled_greeting_does_not_cut_a_peer_off_for_ever(void **state) {
    (void)state;
    const unsigned char greeting[64] = {0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0, 'G', 'S', 'S', 'A', 'P', 'I'};
    int listener = raw_listen("127.0.0.1", &tcp_port);
    post(1);
    for (int i = 0; i < 3; i++) {
        int fd = raw_accept(listener, 4000);
        assert_int_not_equal(fd, -1);
        raw_write(fd, greeting, sizeof greeting);
        close(fd);
    }
    int fd = accept_pull(listener, 4000);
    assert_int_not_equal(fd, -1);
    assert_int_equal(next_note(fd, 1000), 1);
    close(fd), close(listener);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_peer_that_binds_700_ms_later_gets_everything_in_order, begin, end),
        cmocka_unit_test_setup_teardown(a_hundred_fresh_peers_get_the_first_message, begin, end),
        cmocka_unit_test_setup_teardown(a_peer_that_comes_back_is_reached_and_the_loss_is_told, begin, end),
        cmocka_unit_test_setup_teardown(order_is_kept_and_nothing_comes_twice_across_resets, begin, end),
        cmocka_unit_test_setup_teardown(a_malformed_command_does_not_cut_a_peer_off_for_ever, begin, end),
        cmocka_unit_test_setup_teardown(a_garbled_greeting_does_not_cut_a_peer_off_for_ever, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
