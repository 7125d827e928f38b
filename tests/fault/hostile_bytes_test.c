/*
 * Whatever bytes come to a node's port: it lives, counts them, and answers the next proper envelope, on other connections at once.
 */
#define _GNU_SOURCE
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

static struct test_node node;
static int listener, push, pull;
static uint16_t listener_tcp_port;

static void ignore_line(void *user_data, const char *line) {
    (void)user_data, (void)line;
}

static int begin(void **state) {
    (void)state;
    sabir_log_set(ignore_line, NULL);
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

static void assert_alive(void) {
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, RAW_PATIENCE_MS));
}

static unsigned seed = 20261121;

static void fill(char *bytes, size_t len_bytes) {
    for (size_t i = 0; i < len_bytes; i++) bytes[i] = (char)rand_r(&seed);
}

static void reset(int fd) {
    struct linger hard = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
}

static void it_survives_other_protocols_and_noise_at_its_port(void **state) {
    (void)state;
    char noise[4096];
    assert_alive();
    for (int i = 0; i < 60; i++) {
        int fd = raw_connect("127.0.0.1", node.tcp_port);
        assert_int_not_equal(fd, -1);
        if (i % 3 == 0) {
            raw_write(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35);
        } else if (i % 3 == 1) {
            raw_write(fd, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
        } else {
            fill(noise, sizeof noise);
            raw_write(fd, noise, sizeof noise);
        }
        if (i % 2)
            reset(fd);
        else
            close(fd);
    }
    assert_alive();
}

static void it_survives_noise_after_the_handshake(void **state) {
    (void)state;
    char noise[2048];
    for (int i = 0; i < 40; i++) {
        int fd = raw_connect_push("127.0.0.1", node.tcp_port);
        assert_int_not_equal(fd, -1);
        fill(noise, sizeof noise);
        raw_write(fd, noise, sizeof noise);
        reset(fd);
        if (i % 10 == 0) assert_alive();
    }
    assert_alive();
}

static void half_a_frame_and_a_reset_deliver_nothing(void **state) {
    (void)state;
    int fd = raw_connect_push("127.0.0.1", node.tcp_port);
    raw_write(fd, "\x02\x00\x00\x00\x00\x00\x10\x00\x00{\"type\":\"t", 19);
    assert_alive();
    reset(fd);
    assert_alive();
    assert_int_equal(atomic_load(&node.notes), 0);
}

static void other_socket_types_are_not_talked_to(void **state) {
    (void)state;
    const char *types[] = {"DEALER", "PUB", "REQ", "PAIR", "PULL", "NONSENSE"};
    const char *note = "{\"type\":\"test.Note\",\"target\":\"sink\",\"payload\":{\"number\":1}}";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        int fd = raw_connect("127.0.0.1", node.tcp_port);
        raw_shake_hands(fd, types[i]);
        raw_send_text(fd, note);
        assert_alive();
        close(fd);
    }
    assert_alive();
    assert_int_equal(atomic_load(&node.notes), 0);
}

static void a_multipart_message_is_dropped_whole(void **state) {
    (void)state;
    const char *note = "{\"type\":\"test.Note\",\"target\":\"sink\",\"payload\":{\"number\":1}}";
    raw_send_frame(push, RAW_MORE, note, strlen(note));
    raw_send_frame(push, RAW_MORE, note, strlen(note));
    raw_send_frame(push, 0, note, strlen(note));
    raw_send_frame(push, RAW_MORE, "", 0);
    raw_send_frame(push, 0, note, strlen(note));
    raw_send_text(push, note);
    assert_alive();
    test_wait(&node.notes, 1);
    assert_int_equal(atomic_load(&node.notes), 1);
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_MALFORMED]), 2);
}

static void what_is_no_envelope_is_counted_and_never_answered(void **state) {
    (void)state;
    const char *texts[] = {"",
                           "hello",
                           "[]",
                           "1",
                           "null",
                           "{}",
                           "{\"type\":\"t\"}",
                           "{\"type\":\"t\",\"target\":\"x\",\"payload\":[]}",
                           "{\"type\":\"\",\"target\":\"sink\",\"payload\":{}}",
                           "\xff\xfe{\x00}",
                           "{\"type\":\"t\",\"target\":\"echo\",\"target\":\"sink\",\"payload\":{}}"};
    size_t count = sizeof texts / sizeof texts[0];
    for (size_t i = 0; i < count; i++) raw_send_text(push, texts[i]);
    assert_alive();
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_MALFORMED]), count);
}

static void an_envelope_over_the_limit_is_dropped_and_the_next_connection_works(void **state) {
    (void)state;
    size_t len_bytes = (size_t)3 * 1024 * 1024;
    char *big = malloc(len_bytes);
    memset(big, ' ', len_bytes);
    raw_send_frame(push, 0, big, len_bytes); /* over the protocol's limit, below the library's */
    assert_alive();
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_TOO_BIG]), 1);
    int fd = raw_connect_push("127.0.0.1", node.tcp_port);
    raw_write(fd, "\x02\x00\x00\x00\x00\x7f\x00\x00\x00", 9); /* and one that libzmq refuses at its length */
    assert_true(raw_ends(fd, RAW_PATIENCE_MS));
    close(fd);
    free(big);
    assert_alive();
    int another = raw_connect_push("127.0.0.1", node.tcp_port);
    assert_true(test_canary(another, listener, listener_tcp_port, &pull, RAW_PATIENCE_MS));
    close(another);
}

/* Whoever says nothing, or stops in the middle of the handshake, does not keep a descriptor of ours for ever. */
static void a_connection_that_does_not_shake_hands_is_ended(void **state) {
    (void)state;
    int silent = raw_connect("127.0.0.1", node.tcp_port), slow = raw_connect("127.0.0.1", node.tcp_port);
    assert_true(raw_write(slow, "\xff\0\0\0\0\0\0\0\1\x7f\3", 11));
    assert_alive();
    assert_true(raw_ends(silent, RAW_PATIENCE_MS));
    assert_true(raw_ends(slow, RAW_PATIENCE_MS));
    close(silent), close(slow);
}

/* A proper envelope with a few bytes changed, removed or doubled: most are no envelope, some are, none may hurt. */
static void it_survives_envelopes_with_random_faults(void **state) {
    (void)state;
    const char *proper =
        "{\"type\":\"test.Note\",\"target\":\"sink\",\"sender\":{\"name\":\"a\",\"endpoint\":\"tcp://127.0.0.1:1\"},"
        "\"payload\":{\"number\":7,\"x\":[1.5e3,\"\\u00e9\",null]},\"id\":\"q\",\"seq\":\"00000000000000aa:12\"}";
    char text[512];
    for (int i = 0; i < 20000; i++) {
        size_t len_bytes = strlen(proper);
        memcpy(text, proper, len_bytes);
        for (unsigned faults = 1 + (unsigned)rand_r(&seed) % 4; faults > 0; faults--) {
            size_t at = (size_t)rand_r(&seed) % len_bytes;
            switch (rand_r(&seed) % 3) {
            case 0:
                text[at] = (char)rand_r(&seed);
                break;
            case 1:
                memmove(text + at, text + at + 1, --len_bytes - at);
                break;
            default:
                memmove(text + at + 1, text + at, len_bytes++ - at);
                break;
            }
        }
        assert_true(raw_send_frame(push, 0, text, len_bytes));
        if (i % 5000 == 0) assert_alive();
    }
    assert_alive();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_survives_other_protocols_and_noise_at_its_port, begin, end),
        cmocka_unit_test_setup_teardown(it_survives_noise_after_the_handshake, begin, end),
        cmocka_unit_test_setup_teardown(half_a_frame_and_a_reset_deliver_nothing, begin, end),
        cmocka_unit_test_setup_teardown(other_socket_types_are_not_talked_to, begin, end),
        cmocka_unit_test_setup_teardown(a_multipart_message_is_dropped_whole, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_envelope_is_counted_and_never_answered, begin, end),
        cmocka_unit_test_setup_teardown(an_envelope_over_the_limit_is_dropped_and_the_next_connection_works, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_connection_that_does_not_shake_hands_is_ended, begin, end),
        cmocka_unit_test_setup_teardown(it_survives_envelopes_with_random_faults, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
