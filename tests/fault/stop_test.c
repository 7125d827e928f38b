/*
 * A node stops within 2 s, whatever it has to do with others, and leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/process.h"
#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

static sabir_ref *remote(struct test_node *node, uint16_t tcp_port) {
    char endpoint[64];
    sabir_ref *ref;
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    assert_int_equal(sabir_manager_remote(node->manager, "sink", endpoint, SABIR_DIALECT_V1, &ref), SABIR_OK);
    return ref;
}

static void with_mail_for_a_dead_peer(void **state) {
    (void)state;
    struct test_node node;
    test_node_start(&node);
    sabir_ref *dead = remote(&node, raw_free_tcp_port("127.0.0.1"));
    for (int64_t i = 1; i <= 1000; i++) assert_int_equal(test_send_note(dead, i, node.sink), SABIR_OK);
    test_node_stop(&node);
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_LINK_DOWN]), 1000); /* none of it vanishes in silence */
    assert_int_equal(test_send_note(dead, 1, NULL), SABIR_ECLOSED);
    sabir_ref_release(dead);
}

static void with_mail_for_a_peer_that_never_shakes_hands(void **state) {
    (void)state;
    struct test_node node;
    uint16_t tcp_port = 0;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    test_node_start(&node);
    sabir_ref *mute = remote(&node, tcp_port);
    for (int64_t i = 1; i <= 1000; i++) assert_int_equal(test_send_note(mute, i, node.sink), SABIR_OK);
    int fd = raw_accept(listener, RAW_PATIENCE_MS);
    assert_int_not_equal(fd, -1);
    test_node_stop(&node);
    close(fd), close(listener);
    sabir_ref_release(mute);
}

static void with_mail_for_a_peer_that_does_not_read(void **state) {
    (void)state;
    struct test_node node;
    uint16_t tcp_port = 0;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    test_node_start(&node);
    sabir_ref *stuck = remote(&node, tcp_port);
    assert_int_equal(test_send_note(stuck, 1, node.sink), SABIR_OK);
    int fd = raw_accept(listener, RAW_PATIENCE_MS);
    assert_true(raw_shake_hands(fd, "PULL"));
    for (int64_t i = 2; i <= 60000; i++) assert_int_equal(test_send_note(stuck, i, node.sink), SABIR_OK);
    test_node_stop(&node);
    close(fd), close(listener);
    sabir_ref_release(stuck);
}

static void what_was_sent_just_before_still_arrives(void **state) {
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct test_node a, b;
        test_node_start(&a);
        test_node_start(&b);
        sabir_ref *to = remote(&a, b.tcp_port);
        for (int64_t i = 1; i <= 100; i++) assert_int_equal(test_send_note(to, i, a.sink), SABIR_OK);
        test_node_stop(&a);
        test_wait(&b.notes, 100);
        test_node_stop(&b);
        sabir_ref_release(to);
    }
}

static void pour(void *argument) {
    int push = *(int *)argument;
    while (raw_send_text(push, "{\"type\":\"test.Note\",\"target\":\"sink\",\"payload\":{\"number\":1}}")) {
    }
}

static void while_envelopes_pour_in(void **state) {
    (void)state;
    struct test_node node;
    struct sb_thread thread;
    test_node_start(&node);
    int push = raw_connect_push("127.0.0.1", node.tcp_port);
    assert_int_equal(sb_thread_start(&thread, "pour", pour, &push), SABIR_OK);
    test_wait(&node.notes, 1000);
    test_node_stop(&node);
    sb_thread_join(&thread); /* its connection is cut */
    close(push);
}

static void a_hundred_times_and_leaves_no_thread_and_no_descriptor(void **state) {
    (void)state;
    unsigned descriptors = 0, before = 0;
    for (int i = 0; i < 100; i++) {
        struct test_node a, b;
        test_node_start(&a);
        test_node_start(&b);
        sabir_ref *to = remote(&a, b.tcp_port);
        assert_int_equal(test_send_note(to, 1, a.sink), SABIR_OK);
        test_wait(&b.notes, 1);
        test_node_stop(&a);
        test_node_stop(&b);
        sabir_ref_release(to);
        if (i == 0) descriptors = process_descriptors(), before = process_threads();
    }
    assert_int_equal(process_descriptors(), descriptors);
    assert_int_equal(process_threads(), before);
}

static void a_forked_child_gets_errors_and_hangs_nowhere(void **state) {
    (void)state;
    struct test_node node;
    test_node_start(&node);
    sabir_ref *other = remote(&node, raw_free_tcp_port("127.0.0.1")), *ref;
    pid_t child = fork();
    if (child == 0) {
        struct TestNote note = {1};
        int failed = sabir_ref_send_value(other, TestNote_type(), &note, NULL) != SABIR_EFORKED;
        failed |= sabir_manager_remote(node.manager, "x", "tcp://127.0.0.1:1", SABIR_DIALECT_V1, &ref) != SABIR_EFORKED;
        sabir_manager_free(node.manager);
        /* As another program: valgrind would blame the child for what its parent's threads hold. */
        (void)execl("/bin/sh", "sh", "-c", failed ? "exit 1" : "exit 0", (char *)NULL);
        _exit(2);
    }
    int status = -1;
    for (int64_t deadline = sb_now_ns() + INT64_C(3000000000); sb_now_ns() < deadline;) {
        if (waitpid(child, &status, WNOHANG) == child) break;
        raw_pass_time(1);
    }
    assert_int_equal(status, 0);
    test_node_stop(&node);
    sabir_ref_release(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_mail_for_a_dead_peer),
        cmocka_unit_test(with_mail_for_a_peer_that_never_shakes_hands),
        cmocka_unit_test(with_mail_for_a_peer_that_does_not_read),
        cmocka_unit_test(what_was_sent_just_before_still_arrives),
        cmocka_unit_test(while_envelopes_pour_in),
        cmocka_unit_test(a_hundred_times_and_leaves_no_thread_and_no_descriptor),
        cmocka_unit_test(a_forked_child_gets_errors_and_hangs_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
