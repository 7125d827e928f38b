/*
 * Envelopes written by hand come to a running node; what it answers is read from the wire, what it drops from its counters.
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

#include "alloc.h"
#include "support/raw_peer.h"
#include "support/stranger.h"
#include "thread.h"

static struct test_node node;
static sabir_ref *extra[3]; /* actors that only these cases need */

/* What the actor "ear", which handles Reject, heard, one after the other. */
static char heard[8][1024];
static _Atomic uint32_t rejects;
static _Atomic uint32_t is_held; /* 1: the actor "held" waits in its handler until it is 2 */
static _Atomic uint32_t has_begun;

static int on_reject(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct sabir_reject *reject = value;
    snprintf(heard[atomic_load(&rejects)], sizeof heard[0], "%.*s|%.*s|%.*s|%.*s|%.*s|%s", (int)reject->code.len_bytes,
             reject->code.bytes, (int)reject->reason.len_bytes, reject->reason.bytes,
             (int)reject->message_type.len_bytes, reject->message_type.bytes, (int)reject->target.len_bytes,
             reject->target.bytes, (int)reject->rejected_by.len_bytes, reject->rejected_by.bytes,
             sabir_context_sender(context) ? "sender" : "no sender");
    atomic_fetch_add(&rejects, 1);
    sb_unpark_all(&rejects);
    return SABIR_OK;
}

static int on_held(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    atomic_store(&has_begun, 1);
    sb_unpark_all(&has_begun);
    while (atomic_load(&is_held) == 1) sb_park(&is_held, 1, -1);
    return SABIR_OK;
}

static void add(size_t place, const char *name, const sabir_type *type, sabir_handler handler,
                void (*more)(sabir_actor *actor)) {
    sabir_actor *actor;
    assert_int_equal(sabir_actor_new(NULL, NULL, &actor), SABIR_OK);
    assert_int_equal(sabir_actor_on(actor, type, handler), SABIR_OK);
    if (more) more(actor);
    assert_int_equal(sabir_manager_manage(node.manager, name, actor, &extra[place]), SABIR_OK);
}

static void make_local(sabir_actor *actor) {
    assert_int_equal(sabir_actor_set_local(actor, true), SABIR_OK);
}

static void make_small(sabir_actor *actor) {
    assert_int_equal(sabir_actor_set_capacity_msgs(actor, 1), SABIR_OK);
}

static int begin(void **state) {
    (void)state;
    atomic_store(&rejects, 0);
    atomic_store(&is_held, 1);
    atomic_store(&has_begun, 0);
    test_node_make(&node, NULL);
    add(0, "ear", sabir_type_reject(), on_reject, NULL);
    add(1, "local", TestNote_type(), on_held, make_local);
    add(2, "held", TestNote_type(), on_held, make_small);
    assert_int_equal(sabir_manager_start(node.manager), SABIR_OK);
    return stranger_begin(&node) ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    atomic_store(&is_held, 2);
    sb_unpark_all(&is_held);
    test_node_stop(&node);
    for (size_t i = 0; i < 3; i++) sabir_ref_release(extra[i]);
    stranger_end();
    return 0;
}

/* ---- The order of RTE-6 ---------------------------------------------------------------------------------------------------------- */

static void each_failure_has_its_code(void **state) {
    (void)state;
    stranger_send_v1("test.Note", "nobody", "{}", "");
    assert_rejected("unknown_target", "test.Note", "nobody");
    stranger_send_v1("no.such.type", "sink", "{}", "");
    assert_rejected("unknown_type", "no.such.type", "sink");
    stranger_send_v1("test.Note", "echo", "{}", ""); /* known in the process, not to this actor */
    assert_rejected("unknown_type", "test.Note", "echo");
    stranger_send_v1("test.Note", "sink", "{\"number\":\"x\"}", "");
    assert_rejected("bad_payload", "test.Note", "sink");
    stranger_send_v1("Shutdown", "sink", "{}", "");
    assert_rejected("not_allowed", "Shutdown", "sink");
    stranger_send_v1("test.Note", "local", "{\"number\":1}", "");
    assert_rejected("unknown_target", "test.Note", "local");
    assert_int_equal(sabir_manager_stop_actor(node.manager, extra[0]), SABIR_OK);
    stranger_send_v1("test.Note", "ear", "{\"number\":1}", "");
    assert_rejected("stopped", "test.Note", "ear");
    assert_int_equal(stranger_dead(SABIR_DEAD_UNKNOWN_TARGET), 2);
    assert_int_equal(stranger_dead(SABIR_DEAD_UNKNOWN_TYPE), 2);
    assert_int_equal(stranger_dead(SABIR_DEAD_BAD_PAYLOAD), 1);
    assert_int_equal(stranger_dead(SABIR_DEAD_NOT_ALLOWED), 1);
    assert_int_equal(stranger_dead(SABIR_DEAD_STOPPED), 1);
}

static void the_first_failure_decides(void **state) {
    (void)state;
    stranger_send_v1("Shutdown", "nobody", "{}", ""); /* not_allowed comes later */
    assert_rejected("unknown_target", "Shutdown", "nobody");
    stranger_send_v1("no.such.type", "nobody", "{}", "");
    assert_rejected("unknown_target", "no.such.type", "nobody");
    stranger_send_v1("sabir.clock", "nobody", "{}", "");            /* reserved comes first, and is not answered */
    stranger_send_v1("test.Note", "nobody", "{}", ",\"re\":\"1\""); /* so is what answers */
    assert_silence();
    assert_int_equal(stranger_dead(SABIR_DEAD_RESERVED), 1);
    assert_int_equal(stranger_dead(SABIR_DEAD_LATE_REPLY), 1);
}

static void every_life_cycle_message_from_a_stranger_is_not_allowed(void **state) {
    (void)state;
    const char *types[] = {"Start", "Shutdown", "Timeout", "Continue", "Down", "LinkDown"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        stranger_send_v1(types[i], "sink", "{}", "");
        assert_rejected("not_allowed", types[i], "sink");
    }
    assert_silence(); /* and the actors live */
    assert_int_equal(atomic_load(&node.downs), 0);
}

static void a_full_mailbox_rejects_and_delays_nobody(void **state) {
    (void)state;
    stranger_send_v1("test.Note", "held", "{\"number\":1}", "");
    test_wait(&has_begun, 1);
    stranger_send_v1("test.Note", "held", "{\"number\":2}", "");
    stranger_send_v1("test.Note", "held", "{\"number\":3}", "");
    assert_rejected("mailbox_full", "test.Note", "held");
    assert_silence();
    assert_int_equal(stranger_dead(SABIR_DEAD_MAILBOX_FULL), 1);
}

/* The k-th allocation fails, until none does any more: each note is handled or counted, and who asked is told if there was no room for it. */
static void who_finds_no_memory_is_told_so(void **state) {
    (void)state;
    assert_silence(); /* both know each other: from here on few things are made */
    uint32_t told = 0;
    bool has_failed = true;
    for (uint32_t k = 1; has_failed; k++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"number\":%u}", (unsigned)k);
        sb_alloc_fail_after(k);
        stranger_send_v1("test.Note", "sink", payload, ",\"id\":\"q\"");
        int64_t deadline_ns = sb_now_ns() + 10000000000;
        while (atomic_load(&node.notes) + atomic_load(&node.dead_total) < k) {
            assert_true(sb_now_ns() < deadline_ns);
            sb_yield();
        }
        has_failed = sb_alloc_fail_left() == 0;
        sb_alloc_fail_after(0);
        if (stranger_dead(SABIR_DEAD_MAILBOX_FULL) == told) continue;
        const char *answer = stranger_answer();
        assert_has(answer, "\"code\":\"mailbox_full\",\"reason\":\"out of memory\"");
        assert_has(answer, "\"re\":\"q\"");
        told++;
    }
    assert_true(told > 0);
    assert_int_equal(atomic_load(&node.disorder), 0);
}

static void without_a_sender_nobody_is_told(void **state) {
    (void)state;
    stranger_send("{\"type\":\"test.Note\",\"target\":\"nobody\",\"sender\":null,\"payload\":{}}");
    stranger_send("{\"type\":\"test.Note\",\"target\":\"nobody\",\"payload\":{}}");
    stranger_send("{\"type\":\"no.such\",\"target\":\"sink\",\"payload\":{}}");
    stranger_send("{\"type\":\"test.Note\",\"target\":\"sink\",\"payload\":{}}");
    assert_silence();
    assert_int_equal(stranger_dead(SABIR_DEAD_UNKNOWN_TARGET), 2);
    assert_int_equal(stranger_dead(SABIR_DEAD_UNKNOWN_TYPE), 1);
    assert_int_equal(stranger_dead(SABIR_DEAD_BAD_PAYLOAD), 1);
}

static void id_comes_back_as_re_and_trace_is_kept(void **state) {
    (void)state;
    const char *trace = "\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"";
    stranger_send_v1("test.Echo", "echo", "{}",
                     ",\"id\":\"q-1\",\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"");
    const char *text = stranger_answer();
    assert_has(text, "\"re\":\"q-1\"");
    assert_has(text, trace);
    stranger_send_v1("test.Note", "nobody", "{}",
                     ",\"id\":\"q-2\",\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"");
    text = stranger_answer();
    assert_has(text, "\"type\":\"Reject\"");
    assert_has(text, "\"re\":\"q-2\"");
    assert_has(text, trace);
}

/* ---- Rejects that come in ------------------------------------------------------------------------------------------------------------ */

static void a_reject_is_read_in_every_spelling(void **state) {
    (void)state;
    stranger_send_v1(
        "Reject", "ear",
        "{\"code\":\"unknown_type\",\"reason\":\"a\\u0062\",\"message_type\":\"T\",\"target\":\"x\",\"rejected_"
        "by\":\"tcp://e:1\"}",
        "");
    test_wait(&rejects, 1);
    assert_string_equal(heard[0], "unknown_type|ab|T|x|tcp://e:1|no sender");
    stranger_send_flat("Reject", "ear", "{\"message_type\":\"T\",\"reason\":\"r\",\"rejected_by\":\"x\"}");
    test_wait(&rejects, 2);
    assert_string_equal(heard[1], "other|r|T||x|no sender");
    stranger_send_flat("Reject", "ear",
                       "{\"messageType\":\"T\",\"reason\":\"r\",\"rejectedBy\":\"x\",\"more\":{\"reason\":\"inner\"}}");
    test_wait(&rejects, 3);
    assert_string_equal(heard[2], "other|r|T||x|no sender");
    stranger_send_v1("Reject", "ear", "{\"code\":\"of the future\",\"reason\":7,\"target\":null}", "");
    test_wait(&rejects, 4);
    assert_string_equal(heard[3], "other|||||no sender");
}

static void nothing_is_rejected_because_of_a_reject(void **state) {
    (void)state;
    stranger_send_v1("Reject", "nobody", "{\"code\":\"failed\"}", "");
    stranger_send_v1("Reject", "echo", "{\"code\":\"failed\"}", ""); /* it has no handler for one */
    stranger_send_flat("Reject", "nobody", "{\"reason\":\"r\"}");
    assert_silence();
    assert_int_equal(stranger_dead(SABIR_DEAD_UNKNOWN_TARGET), 2);
    assert_int_equal(stranger_dead(SABIR_DEAD_REJECT_UNHANDLED), 1);
}

/* ---- Dialect flat ------------------------------------------------------------------------------------------------------------------------ */

static void flat_is_answered_in_flat(void **state) {
    (void)state;
    stranger_send_flat("test.Echo", "echo", "{\"n\":1}");
    const char *text = stranger_answer();
    assert_has(text, "\"receiver\":\"me\",\"message_type\":\"test.Echo\",\"message\":{\"n\":1}}");
    assert_has(text, "\"sender_actor\":\"echo\"");
    stranger_send_flat("test.Note", "nobody", "null");
    text = stranger_answer();
    assert_has(text, "{\"sender_actor\":null,\"sender_endpoint\":null,\"receiver\":\"me\",\"message_type\":\"Reject\","
                     "\"message\":{");
    assert_has(text, "\"message_type\":\"test.Note\"");
    assert_has(text, "\"rejected_by\":\"nobody\"}}");
    assert_null(strstr(text, "code"));
}

static void a_peer_that_turns_out_to_speak_flat_is_not_pinged_any_more(void **state) {
    (void)state;
    unsigned pings = 0;
    char body[1024];
    stranger_send_v1("test.Echo", "echo", "{\"n\":1}", "");
    assert_has(stranger_answer(), "\"n\":1");
    stranger_send_flat("test.Echo", "echo", "{\"n\":2}");
    while (raw_receive_frame(stranger.pull, body, sizeof body, 3000, NULL) >=
           0) { /* the connection that was pinged is given up */
    }
    stranger_send_flat("test.Echo", "echo", "{\"n\":3}");
    int fresh = raw_accept(stranger.listener, RAW_PATIENCE_MS);
    assert_int_not_equal(fresh, -1);
    assert_true(raw_shake_hands(fresh, "PULL"));
    do {
        assert_true(raw_receive_frame(fresh, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    } while (!strstr(body, "\"message\":{\"n\":3}"));
    assert_int_equal(raw_receive_frame(fresh, body, sizeof body, 1500, &pings), -1);
    assert_int_equal(pings, 0);
    close(fresh);
}

/* ---- seq ------------------------------------------------------------------------------------------------------------------------------------ */

static void what_was_seen_before_is_dropped(void **state) {
    (void)state;
    const char *seqs[] = {"1", "2", "2", "1", "5", "4"};
    for (size_t i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
        char more[64];
        snprintf(more, sizeof more, ",\"seq\":\"00000000000000ab:%s\"", seqs[i]);
        stranger_send_v1("test.Note", "sink", "{\"number\":1}", more);
    }
    stranger_send_v1("test.Note", "sink", "{\"number\":1}", ",\"seq\":\"00000000000000ac:1\"");
    stranger_send_v1("test.Note", "sink", "{\"number\":1}", ",\"seq\":\"nonsense\"");
    assert_silence();
    test_wait(&node.notes, 5);
    assert_int_equal(atomic_load(&node.notes), 5);
    assert_int_equal(stranger_dead(SABIR_DEAD_DUPLICATE), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_failure_has_its_code, begin, end),
        cmocka_unit_test_setup_teardown(the_first_failure_decides, begin, end),
        cmocka_unit_test_setup_teardown(every_life_cycle_message_from_a_stranger_is_not_allowed, begin, end),
        cmocka_unit_test_setup_teardown(a_full_mailbox_rejects_and_delays_nobody, begin, end),
        cmocka_unit_test_setup_teardown(who_finds_no_memory_is_told_so, begin, end),
        cmocka_unit_test_setup_teardown(without_a_sender_nobody_is_told, begin, end),
        cmocka_unit_test_setup_teardown(id_comes_back_as_re_and_trace_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_reject_is_read_in_every_spelling, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_rejected_because_of_a_reject, begin, end),
        cmocka_unit_test_setup_teardown(flat_is_answered_in_flat, begin, end),
        cmocka_unit_test_setup_teardown(a_peer_that_turns_out_to_speak_flat_is_not_pinged_any_more, begin, end),
        cmocka_unit_test_setup_teardown(what_was_seen_before_is_dropped, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
