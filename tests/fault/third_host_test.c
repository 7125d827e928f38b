/*
 * RTE-4: a node does not connect wherever an envelope tells it to. A listener on 127.0.0.2 sees no packet, however it is spelled,
 * unless the user allowed it.
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

static struct test_node node;
static int listener, push, pull, third;
static uint16_t listener_tcp_port, third_tcp_port;
static _Atomic uint32_t lines;

static void count_line(void *user_data, const char *line) {
    (void)user_data;
    if (strstr(line, "nothing is sent to")) atomic_fetch_add(&lines, 1);
}

static void open_all(void (*prepare)(sabir_config *config)) {
    listener_tcp_port = third_tcp_port = 0;
    pull = -1;
    atomic_store(&lines, 0);
    sabir_log_set(count_line, NULL);
    test_node_make(&node, prepare);
    assert_int_equal(sabir_manager_start(node.manager), SABIR_OK);
    listener = raw_listen("127.0.0.1", &listener_tcp_port);
    third = raw_listen("127.0.0.2", &third_tcp_port);
    push = raw_connect_push("127.0.0.1", node.tcp_port);
    assert_int_not_equal(push, -1);
}

static void close_all(void) {
    test_node_stop(&node);
    sabir_log_set(NULL, NULL);
    close(listener), close(push), close(pull), close(third);
}

static void send_from(const char *endpoint, bool is_flat) {
    char text[1024];
    snprintf(
        text, sizeof text,
        is_flat
            ? "{\"message_type\":\"test.Echo\",\"receiver\":\"echo\",\"sender_actor\":\"s\",\"sender_endpoint\":\"%s\","
              "\"message\":{}}"
            : "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"s\",\"endpoint\":\"%s\"},\"payload\":"
              "{}}",
        endpoint);
    assert_true(raw_send_text(push, text));
}

static void a_third_host_sees_no_packet_however_it_is_spelled(void **state) {
    (void)state;
    /* %u: the third host's TCP port. */
    const char *spellings[] = {
        "tcp://127.0.0.2:%u",
        "tcp://127.2:%u",
        "tcp://2130706434:%u",
        "tcp://0x7f000002:%u",
        "tcp://127.0.0.02:%u",
        "tcp://[::ffff:127.0.0.2]:%u",
        "tcp://[::ffff:7f00:2]:%u",
        "TCP://127.0.0.2:%u",
        "tcp://127.0.0.1:0;127.0.0.2:%u",
        "tcp://127.0.0.1;127.0.0.2:%u",
        "tcp://lo;127.0.0.2:%u",
        "tcp://user@127.0.0.2:%u",
        "tcp://127.0.0.2:%u/",
        " tcp://127.0.0.2:%u",
        "tcp://127.0.0.2:%u ",
        "tcp://127.0.0.2:0%u",
        "ipc://127.0.0.2:%u",
        "inproc://x%u",
        "ws://127.0.0.2:%u",
        "tcp://127.0.0.2.:%u",
        "pgm://127.0.0.2:%u",
        "127.0.0.2:%u",
        "tcp://127.0.0.1@127.0.0.2:%u",
        "tcp://[::127.0.0.2]:%u",
    };
    size_t count = sizeof spellings / sizeof spellings[0];
    char endpoint[128];
    open_all(NULL);
    for (size_t i = 0; i < count; i++) {
        snprintf(endpoint, sizeof endpoint, spellings[i], third_tcp_port);
        send_from(endpoint, false);
        send_from(endpoint, true);
        send_from(endpoint, false); /* is logged once */
    }
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, RAW_PATIENCE_MS));
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_REFUSED]), 3 * count);
    assert_int_equal(raw_accept(third, 0), -1);
    test_node_stop(&node); /* whatever was under way is done by now */
    assert_int_equal(raw_accept(third, 0), -1);
    assert_in_range(atomic_load(&lines), count - 2, count); /* the v4-mapped spellings are the first one again */
    sabir_log_set(NULL, NULL);
    close(listener), close(push), close(pull), close(third);
}

static void assert_answered_at(int listener_fd, bool is_flat) {
    char body[1024];
    int fd = raw_accept(listener_fd, RAW_PATIENCE_MS);
    assert_int_not_equal(fd, -1);
    assert_true(raw_shake_hands(fd, "PULL"));
    assert_true(raw_receive_frame(fd, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    assert_non_null(strstr(body, is_flat ? "\"receiver\":\"s\"" : "\"target\":\"s\""));
    close(fd);
}

static void allow_third(sabir_config *config) {
    assert_int_equal(sabir_config_allow(config, "127.0.0.2"), SABIR_OK);
}

static void what_the_user_allows_is_answered(void **state) {
    (void)state;
    char endpoint[64];
    open_all(allow_third);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.2:%u", third_tcp_port);
    send_from(endpoint, false);
    assert_answered_at(third, false);
    close_all();
}

static void a_peer_that_the_application_made_into_a_ref_is_answered(void **state) {
    (void)state;
    char endpoint[64];
    sabir_ref *ref;
    open_all(NULL);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.2:%u", third_tcp_port);
    send_from(endpoint, false);
    assert_true(test_canary(push, listener, listener_tcp_port, &pull, RAW_PATIENCE_MS));
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_REFUSED]), 1);
    assert_int_equal(sabir_manager_remote(node.manager, "s", endpoint, SABIR_DIALECT_V1, &ref), SABIR_OK);
    send_from(endpoint, false);
    assert_answered_at(third, false);
    sabir_ref_release(ref);
    close_all();
}

static void localhost_and_the_flat_wildcards_mean_where_it_came_from(void **state) {
    (void)state;
    const char *spellings[] = {"tcp://localhost:%u", "tcp://*:%u", "tcp://0.0.0.0:%u"};
    for (size_t i = 0; i < 3; i++) {
        char endpoint[64];
        open_all(NULL);
        snprintf(endpoint, sizeof endpoint, spellings[i], listener_tcp_port);
        send_from(endpoint, i > 0);
        assert_answered_at(listener, i > 0);
        close_all();
    }
}

static void a_wildcard_in_v1_is_refused(void **state) {
    (void)state;
    char endpoint[64];
    open_all(NULL);
    snprintf(endpoint, sizeof endpoint, "tcp://0.0.0.0:%u", listener_tcp_port);
    send_from(endpoint, false);
    test_wait(&node.dead[SABIR_DEAD_REFUSED], 1);
    assert_int_equal(raw_accept(listener, 0), -1);
    close_all();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_third_host_sees_no_packet_however_it_is_spelled),
        cmocka_unit_test(what_the_user_allows_is_answered),
        cmocka_unit_test(a_peer_that_the_application_made_into_a_ref_is_answered),
        cmocka_unit_test(localhost_and_the_flat_wildcards_mean_where_it_came_from),
        cmocka_unit_test(a_wildcard_in_v1_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
