/*
 * WAT-1: sabir.watch is answered by exactly one sabir.down; the loss of the link is a Down too. Between two nodes, and by hand.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/raw_peer.h"
#include "support/stage.h"
#include "support/test_node.h"

struct watcher {
    struct gate told;
    char last[512];
    sabir_ref *ref;
};

static int note_down(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct watcher *watcher = self;
    const struct sabir_down *down = value;
    snprintf(watcher->last, sizeof watcher->last, "%.*s: %.*s", (int)down->name.len_bytes, down->name.bytes,
             (int)down->reason.len_bytes, down->reason.bytes);
    gate_open(&watcher->told);
    return SABIR_OK;
}

static struct test_node here, there;
static struct watcher watcher;

static int begin(void **state) {
    (void)state;
    test_node_make(&here, NULL);
    watcher = (struct watcher){{0}, "", NULL};
    sabir_actor *actor = stage_actor(&watcher, sabir_type_down(), note_down);
    assert_ok(sabir_manager_manage(here.manager, "watcher", actor, &watcher.ref));
    assert_ok(sabir_manager_start(here.manager));
    test_node_start(&there);
    return 0;
}

static int end(void **state) {
    (void)state;
    sabir_ref_release(watcher.ref);
    test_node_stop(&here);
    test_node_stop(&there);
    return 0;
}

static sabir_ref *ref_to_there(const char *name) {
    sabir_ref *ref;
    assert_ok(sabir_manager_remote(here.manager, name, sabir_manager_endpoint(there.manager), SABIR_DIALECT_V1, &ref));
    return ref;
}

static void assert_told(uint32_t count, const char *what) {
    gate_wait(&watcher.told, count);
    assert_string_equal(watcher.last, what);
    assert_int_equal(atomic_load(&watcher.told.count), count);
}

static void the_end_of_an_actor_of_another_node_is_told(void **state) {
    (void)state;
    sabir_ref *sink = ref_to_there("sink");
    assert_ok(sabir_ref_watch(sink, watcher.ref));
    assert_ok(sabir_ref_watch(sink, watcher.ref)); /* twice is once */
    assert_ok(sabir_manager_stop_actor(there.manager, there.sink));
    assert_told(1, "sink: stopped");
    assert_ok(sabir_ref_watch(sink, watcher.ref)); /* it has ended already */
    assert_told(2, "sink: stopped");
    sabir_ref_release(sink);
}

static void who_was_never_there_is_an_unknown_target(void **state) {
    (void)state;
    sabir_ref *nobody = ref_to_there("nobody");
    assert_ok(sabir_ref_watch(nobody, watcher.ref));
    assert_told(1, "nobody: unknown_target");
    sabir_ref_release(nobody);
}

static void a_lost_link_is_a_down_of_all_behind_it(void **state) {
    (void)state;
    uint16_t tcp_port = 0;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    sabir_ref *remote;
    assert_ok(sabir_manager_remote(here.manager, "far", endpoint, SABIR_DIALECT_V1, &remote));
    assert_ok(sabir_ref_watch(remote, watcher.ref));
    int fd = raw_accept(listener, 10000);
    assert_true(raw_shake_hands(fd, "PULL"));
    char body[512];
    assert_true(raw_receive_frame(fd, body, sizeof body, 10000, NULL) > 0);
    assert_non_null(strstr(body, "\"type\":\"sabir.watch\",\"target\":\"far\""));
    assert_non_null(strstr(body, "\"payload\":{\"target\":\"far\"},\"id\":\""));
    close(listener);
    close(fd);
    assert_told(1, "far: lost");
    assert_fails(sabir_ref_unwatch(remote, watcher.ref), SABIR_ENOENT, NULL);
    sabir_ref_release(remote);
}

static void peers_that_may_not_know_the_type_are_not_watched(void **state) {
    (void)state;
    sabir_ref *flat;
    assert_ok(sabir_manager_remote(here.manager, "old", "tcp://127.0.0.1:9", SABIR_DIALECT_FLAT, &flat));
    assert_fails(sabir_ref_watch(flat, watcher.ref), SABIR_EUNSUPPORTED, "RES-2");
    sabir_ref_release(flat);
    sabir_ref *remote = ref_to_there("sink");
    assert_fails(sabir_ref_watch(watcher.ref, remote), SABIR_EREMOTE, "watches for itself");
    sabir_ref_release(remote);
}

/* ---- By hand ---------------------------------------------------------------------------------------------------------------- */

struct hand {
    int listener;
    uint16_t tcp_port;
    int push;
    int pull;
};

static void hand_open(struct hand *hand) {
    hand->tcp_port = 0;
    hand->listener = raw_listen("127.0.0.1", &hand->tcp_port);
    hand->push = raw_connect_push("127.0.0.1", there.tcp_port);
    hand->pull = -1;
}

static void hand_close(struct hand *hand) {
    close(hand->push);
    if (hand->pull >= 0) close(hand->pull);
    close(hand->listener);
}

static void hand_watch(struct hand *hand, const char *target, const char *id) {
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"sabir.watch\",\"target\":\"%s\",\"sender\":{\"name\":\"hand\",\"endpoint\":"
             "\"tcp://127.0.0.1:%u\"},\"payload\":{\"target\":\"%s\"},\"id\":\"%s\"}",
             target, hand->tcp_port, target, id);
    assert_true(raw_send_text(hand->push, text));
}

static void hand_expect(struct hand *hand, const char *part) {
    char body[1024];
    if (hand->pull < 0) {
        hand->pull = raw_accept(hand->listener, 10000);
        assert_true(raw_shake_hands(hand->pull, "PULL"));
    }
    assert_true(raw_receive_frame(hand->pull, body, sizeof body, 10000, NULL) > 0);
    if (!strstr(body, part)) fail_msg("'%s' does not have '%s'", body, part);
}

static void a_watcher_that_begins_anew_is_answered_once_under_its_last_id(void **state) {
    (void)state;
    struct hand hand;
    hand_open(&hand);
    hand_watch(&hand, "sink", "first");
    hand_watch(&hand, "sink", "second");
    hand_watch(&hand, "nobody", "third"); /* answered at once: the two before it have been read by then */
    hand_expect(&hand, "\"type\":\"sabir.down\",\"target\":\"hand\",\"sender\":null,\"payload\":{\"target\":\"nobody\","
                       "\"reason\":\"unknown_target\"},\"re\":\"third\"");
    assert_ok(sabir_manager_stop_actor(there.manager, there.sink));
    hand_expect(&hand, "\"payload\":{\"target\":\"sink\",\"reason\":\"stopped\"},\"re\":\"second\"");
    hand_watch(&hand, "sink", "fourth"); /* nothing came between: `first` was never answered */
    hand_expect(&hand, "\"reason\":\"stopped\"},\"re\":\"fourth\"");
    hand_close(&hand);
}

static void what_is_no_watch_is_a_dead_letter(void **state) {
    (void)state;
    struct hand hand;
    hand_open(&hand);
    assert_true(raw_send_text(hand.push, "{\"type\":\"sabir.watch\",\"target\":\"sink\",\"sender\":null,"
                                         "\"payload\":{\"target\":\"sink\"},\"id\":\"x\"}"));
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"sabir.watch\",\"target\":\"sink\",\"sender\":{\"name\":\"hand\",\"endpoint\":"
             "\"tcp://127.0.0.1:%u\"},\"payload\":{\"target\":7},\"id\":\"x\"}",
             hand.tcp_port);
    assert_true(raw_send_text(hand.push, text));
    assert_true(raw_send_text(hand.push, "{\"type\":\"sabir.down\",\"target\":\"sink\",\"payload\":{}}"));
    test_wait(&there.dead[SABIR_DEAD_BAD_PAYLOAD], 3);
    assert_true(raw_send_text(hand.push, "{\"type\":\"sabir.down\",\"target\":\"sink\",\"payload\":{\"target\":\"x\","
                                         "\"reason\":\"stopped\"},\"re\":\"nobody asked\"}"));
    test_wait(&there.dead[SABIR_DEAD_LATE_REPLY], 1);
    assert_true(raw_send_text(hand.push, "{\"type\":\"sabir.later\",\"target\":\"sink\",\"payload\":{}}"));
    test_wait(&there.dead[SABIR_DEAD_RESERVED], 1);
    hand_close(&hand);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_end_of_an_actor_of_another_node_is_told, begin, end),
        cmocka_unit_test_setup_teardown(who_was_never_there_is_an_unknown_target, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_link_is_a_down_of_all_behind_it, begin, end),
        cmocka_unit_test_setup_teardown(peers_that_may_not_know_the_type_are_not_watched, begin, end),
        cmocka_unit_test_setup_teardown(a_watcher_that_begins_anew_is_answered_once_under_its_last_id, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_watch_is_a_dead_letter, begin, end),
    };
    return cmocka_run_group_tests_name("watch_wire", tests, NULL, NULL);
}
