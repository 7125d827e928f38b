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

#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

static struct test_node node;
static int listener, push, pull;
static uint16_t own;
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

static int begin_with(void (*prepare)(sabir_config *config)) {
    own = 0;
    pull = -1;
    atomic_store(&rejects, 0);
    atomic_store(&is_held, 1);
    atomic_store(&has_begun, 0);
    test_node_make(&node, prepare);
    add(0, "ear", sabir_type_reject(), on_reject, NULL);
    add(1, "local", TestNote_type(), on_held, make_local);
    add(2, "held", TestNote_type(), on_held, make_small);
    assert_int_equal(sabir_manager_start(node.manager), SABIR_OK);
    listener = raw_listen("127.0.0.1", &own);
    push = raw_connect_push("127.0.0.1", node.tcp_port);
    return push == -1 ? -1 : 0;
}

static int begin(void **state) {
    (void)state;
    return begin_with(NULL);
}

/* Less than what passes until the first ping (1 s), more than the pause between two connections (0.3 s). */
static void expire_soon(sabir_config *config) {
    assert_int_equal(sabir_config_set_peer_expiry_ns(config, 900000000), SABIR_OK);
}

static int begin_with_short_expiry(void **state) {
    (void)state;
    return begin_with(expire_soon);
}

static int end(void **state) {
    (void)state;
    atomic_store(&is_held, 2);
    sb_unpark_all(&is_held);
    test_node_stop(&node);
    for (size_t i = 0; i < 3; i++) sabir_ref_release(extra[i]);
    close(listener), close(push), close(pull);
    return 0;
}

static void send_text(const char *text) {
    assert_true(raw_send_text(push, text));
}

/* An envelope with a sender, whose endpoint is our listener; `more` follows the payload. */
static void send_v1(const char *type, const char *target, const char *payload, const char *more) {
    char text[16 * 1024];
    snprintf(text, sizeof text,
             "{\"type\":\"%s\",\"target\":\"%s\",\"sender\":{\"name\":\"me\",\"endpoint\":\"tcp://"
             "127.0.0.1:%u\"},\"payload\":%s%s}",
             type, target, own, payload, more);
    send_text(text);
}

static void send_flat(const char *type, const char *target, const char *message) {
    char text[2048];
    snprintf(text, sizeof text,
             "{\"sender_actor\":\"me\",\"sender_endpoint\":\"tcp://"
             "127.0.0.1:%u\",\"receiver\":\"%s\",\"message_type\":\"%s\","
             "\"message\":%s}",
             own, target, type, message);
    send_text(text);
}

/* The next envelope that comes to our listener. */
static const char *answer(void) {
    static char body[4096];
    if (pull == -1) {
        pull = raw_accept(listener, RAW_PATIENCE_MS);
        assert_int_not_equal(pull, -1);
        assert_true(raw_shake_hands(pull, "PULL"));
    }
    assert_true(raw_receive_frame(pull, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    return body;
}

static void assert_has(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("%s is not in %s", part, text);
}

/* Nothing was answered to anything before: the canary's own answer is the next one. */
static void assert_silence(void) {
    send_v1("test.Echo", "echo", "{\"silence\":1}", "");
    assert_has(answer(), "\"silence\":1");
}

static uint32_t dead(uint32_t reason) {
    return atomic_load(&node.dead[reason]);
}

static void assert_rejected(const char *code, const char *type, const char *target) {
    char expected[512];
    const char *text = answer();
    assert_has(text, "{\"type\":\"Reject\",\"target\":\"me\",\"sender\":null,\"payload\":{");
    snprintf(expected, sizeof expected, "\"code\":\"%s\"", code);
    assert_has(text, expected);
    snprintf(expected, sizeof expected, "\"message_type\":\"%s\",\"target\":\"%s\",\"rejected_by\":\"%s\"}", type,
             target, sabir_manager_endpoint(node.manager));
    assert_has(text, expected);
}

/* ---- The order of RTE-6 ---------------------------------------------------------------------------------------------------------- */

static void each_failure_has_its_code(void **state) {
    (void)state;
    send_v1("test.Note", "nobody", "{}", "");
    assert_rejected("unknown_target", "test.Note", "nobody");
    send_v1("no.such.type", "sink", "{}", "");
    assert_rejected("unknown_type", "no.such.type", "sink");
    send_v1("test.Note", "echo", "{}", ""); /* known in the process, not to this actor */
    assert_rejected("unknown_type", "test.Note", "echo");
    send_v1("test.Note", "sink", "{\"number\":\"x\"}", "");
    assert_rejected("bad_payload", "test.Note", "sink");
    send_v1("Shutdown", "sink", "{}", "");
    assert_rejected("not_allowed", "Shutdown", "sink");
    send_v1("test.Note", "local", "{\"number\":1}", "");
    assert_rejected("unknown_target", "test.Note", "local");
    assert_int_equal(sabir_manager_stop_actor(node.manager, extra[0]), SABIR_OK);
    send_v1("test.Note", "ear", "{\"number\":1}", "");
    assert_rejected("stopped", "test.Note", "ear");
    assert_int_equal(dead(SABIR_DEAD_UNKNOWN_TARGET), 2);
    assert_int_equal(dead(SABIR_DEAD_UNKNOWN_TYPE), 2);
    assert_int_equal(dead(SABIR_DEAD_BAD_PAYLOAD), 1);
    assert_int_equal(dead(SABIR_DEAD_NOT_ALLOWED), 1);
    assert_int_equal(dead(SABIR_DEAD_STOPPED), 1);
}

static void the_first_failure_decides(void **state) {
    (void)state;
    send_v1("Shutdown", "nobody", "{}", ""); /* not_allowed comes later */
    assert_rejected("unknown_target", "Shutdown", "nobody");
    send_v1("no.such.type", "nobody", "{}", "");
    assert_rejected("unknown_target", "no.such.type", "nobody");
    send_v1("sabir.clock", "nobody", "{}", "");            /* reserved comes first, and is not answered */
    send_v1("test.Note", "nobody", "{}", ",\"re\":\"1\""); /* so is what answers */
    assert_silence();
    assert_int_equal(dead(SABIR_DEAD_RESERVED), 1);
    assert_int_equal(dead(SABIR_DEAD_LATE_REPLY), 1);
}

static void every_life_cycle_message_from_a_stranger_is_not_allowed(void **state) {
    (void)state;
    const char *types[] = {"Start", "Shutdown", "Timeout", "Continue", "Down", "LinkDown"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        send_v1(types[i], "sink", "{}", "");
        assert_rejected("not_allowed", types[i], "sink");
    }
    assert_silence(); /* and the actors live */
    assert_int_equal(atomic_load(&node.downs), 0);
}

static void a_full_mailbox_rejects_and_delays_nobody(void **state) {
    (void)state;
    send_v1("test.Note", "held", "{\"number\":1}", "");
    test_wait(&has_begun, 1);
    send_v1("test.Note", "held", "{\"number\":2}", "");
    send_v1("test.Note", "held", "{\"number\":3}", "");
    assert_rejected("mailbox_full", "test.Note", "held");
    assert_silence();
    assert_int_equal(dead(SABIR_DEAD_MAILBOX_FULL), 1);
}

static void without_a_sender_nobody_is_told(void **state) {
    (void)state;
    send_text("{\"type\":\"test.Note\",\"target\":\"nobody\",\"sender\":null,\"payload\":{}}");
    send_text("{\"type\":\"test.Note\",\"target\":\"nobody\",\"payload\":{}}");
    send_text("{\"type\":\"no.such\",\"target\":\"sink\",\"payload\":{}}");
    send_text("{\"type\":\"test.Note\",\"target\":\"sink\",\"payload\":{}}");
    assert_silence();
    assert_int_equal(dead(SABIR_DEAD_UNKNOWN_TARGET), 2);
    assert_int_equal(dead(SABIR_DEAD_UNKNOWN_TYPE), 1);
    assert_int_equal(dead(SABIR_DEAD_BAD_PAYLOAD), 1);
}

static void id_comes_back_as_re_and_trace_is_kept(void **state) {
    (void)state;
    const char *trace = "\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"";
    send_v1("test.Echo", "echo", "{}",
            ",\"id\":\"q-1\",\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"");
    const char *text = answer();
    assert_has(text, "\"re\":\"q-1\"");
    assert_has(text, trace);
    send_v1("test.Note", "nobody", "{}",
            ",\"id\":\"q-2\",\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"");
    text = answer();
    assert_has(text, "\"type\":\"Reject\"");
    assert_has(text, "\"re\":\"q-2\"");
    assert_has(text, trace);
}

/* ---- Rejects that come in ------------------------------------------------------------------------------------------------------------ */

static void a_reject_is_read_in_every_spelling(void **state) {
    (void)state;
    send_v1("Reject", "ear",
            "{\"code\":\"unknown_type\",\"reason\":\"a\\u0062\",\"message_type\":\"T\",\"target\":\"x\",\"rejected_"
            "by\":\"tcp://e:1\"}",
            "");
    test_wait(&rejects, 1);
    assert_string_equal(heard[0], "unknown_type|ab|T|x|tcp://e:1|no sender");
    send_flat("Reject", "ear", "{\"message_type\":\"T\",\"reason\":\"r\",\"rejected_by\":\"x\"}");
    test_wait(&rejects, 2);
    assert_string_equal(heard[1], "other|r|T||x|no sender");
    send_flat("Reject", "ear",
              "{\"messageType\":\"T\",\"reason\":\"r\",\"rejectedBy\":\"x\",\"more\":{\"reason\":\"inner\"}}");
    test_wait(&rejects, 3);
    assert_string_equal(heard[2], "other|r|T||x|no sender");
    send_v1("Reject", "ear", "{\"code\":\"of the future\",\"reason\":7,\"target\":null}", "");
    test_wait(&rejects, 4);
    assert_string_equal(heard[3], "other|||||no sender");
}

static void nothing_is_rejected_because_of_a_reject(void **state) {
    (void)state;
    send_v1("Reject", "nobody", "{\"code\":\"failed\"}", "");
    send_v1("Reject", "echo", "{\"code\":\"failed\"}", ""); /* it has no handler for one */
    send_flat("Reject", "nobody", "{\"reason\":\"r\"}");
    assert_silence();
    assert_int_equal(dead(SABIR_DEAD_UNKNOWN_TARGET), 2);
    assert_int_equal(dead(SABIR_DEAD_REJECT_UNHANDLED), 1);
}

/* ---- Dialect flat ------------------------------------------------------------------------------------------------------------------------ */

static void flat_is_answered_in_flat(void **state) {
    (void)state;
    send_flat("test.Echo", "echo", "{\"n\":1}");
    const char *text = answer();
    assert_has(text, "\"receiver\":\"me\",\"message_type\":\"test.Echo\",\"message\":{\"n\":1}}");
    assert_has(text, "\"sender_actor\":\"echo\"");
    send_flat("test.Note", "nobody", "null");
    text = answer();
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
    send_v1("test.Echo", "echo", "{\"n\":1}", "");
    assert_has(answer(), "\"n\":1");
    send_flat("test.Echo", "echo", "{\"n\":2}");
    while (raw_receive_frame(pull, body, sizeof body, 3000, NULL) >=
           0) { /* the connection that was pinged is given up */
    }
    send_flat("test.Echo", "echo", "{\"n\":3}");
    int fresh = raw_accept(listener, RAW_PATIENCE_MS);
    assert_int_not_equal(fresh, -1);
    assert_true(raw_shake_hands(fresh, "PULL"));
    do {
        assert_true(raw_receive_frame(fresh, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    } while (!strstr(body, "\"message\":{\"n\":3}"));
    assert_int_equal(raw_receive_frame(fresh, body, sizeof body, 1500, &pings), -1);
    assert_int_equal(pings, 0);
    close(fresh);
}

/* Hears numbers that only ever grow, until the connection ends or the last has come. Returns the last one heard. */
static int hear_numbers(int connection, int before, int last) {
    static char body[64 * 1024];
    while (before < last && raw_receive_frame(connection, body, sizeof body, RAW_PATIENCE_MS, NULL) >= 0) {
        const char *number = strstr(body, "{\"n\":");
        assert_non_null(number);
        int heard_now = atoi(number + strlen("{\"n\":"));
        assert_true(heard_now > before);
        before = heard_now;
    }
    return before;
}

/*
 * A connection is given up while mail for a slow peer is queued: what libzmq had taken may be lost with it, what was still ours goes on the
 * next one. Its time begins when the connection ends, not when that began: longer ago than mail may wait.
 */
static void queued_mail_outlives_an_exchange_of_connections(void **state) {
    (void)state;
    enum { LAST = 3000, PAD_BYTES = 8000 };
    static char payload[PAD_BYTES + 64];
    send_v1("test.Echo", "echo", "{\"n\":1}", "");
    assert_has(answer(), "{\"n\":1}");
    for (unsigned pings = 0; pings == 0;) raw_receive_frame(pull, payload, sizeof payload, 100, &pings);
    for (int n = 2; n < LAST; n++) { /* nobody reads the answers */
        snprintf(payload, sizeof payload, "{\"n\":%d,\"pad\":\"%0*d\"}", n, PAD_BYTES, 0);
        send_v1("test.Echo", "echo", payload, "");
    }
    send_flat("test.Echo", "echo", "{\"n\":3000}");
    int fresh = raw_accept(listener, RAW_PATIENCE_MS);
    assert_int_not_equal(fresh, -1);
    assert_true(raw_shake_hands(fresh, "PULL"));
    int before = hear_numbers(pull, 1, LAST);
    assert_in_range(before, 2, LAST - 2);
    assert_int_equal(hear_numbers(fresh, before, LAST), LAST);
    assert_int_equal(dead(SABIR_DEAD_LINK_DOWN), 0);
    close(fresh);
}

/* ---- seq ------------------------------------------------------------------------------------------------------------------------------------ */

static void what_was_seen_before_is_dropped(void **state) {
    (void)state;
    const char *seqs[] = {"1", "2", "2", "1", "5", "4"};
    for (size_t i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
        char more[64];
        snprintf(more, sizeof more, ",\"seq\":\"00000000000000ab:%s\"", seqs[i]);
        send_v1("test.Note", "sink", "{\"number\":1}", more);
    }
    send_v1("test.Note", "sink", "{\"number\":1}", ",\"seq\":\"00000000000000ac:1\"");
    send_v1("test.Note", "sink", "{\"number\":1}", ",\"seq\":\"nonsense\"");
    assert_silence();
    test_wait(&node.notes, 5);
    assert_int_equal(atomic_load(&node.notes), 5);
    assert_int_equal(dead(SABIR_DEAD_DUPLICATE), 3);
}

/* ---- Streams: what comes again and again is judged as what comes once ------------------------------------------------------------------- */

static void send_note(int number, const char *target) {
    char payload[64];
    snprintf(payload, sizeof payload, "{\"number\":%d}", number);
    send_v1("test.Note", target, payload, "");
}

static void a_stream_is_followed_until_its_actor_stops(void **state) {
    (void)state;
    for (int i = 1; i <= 100; i++) send_note(i, "sink");
    assert_silence();
    assert_int_equal(atomic_load(&node.notes), 100);
    assert_int_equal(atomic_load(&node.disorder), 0);
    assert_int_equal(atomic_load(&node.last), 100);
    send_note(101, "sink");
    send_note(102, "sink");
    test_wait(&node.notes, 102);
    assert_int_equal(sabir_manager_stop_actor(node.manager, node.sink), SABIR_OK);
    send_note(103, "sink");
    assert_rejected("stopped", "test.Note", "sink");
    send_note(104, "sink");
    assert_rejected("stopped", "test.Note", "sink");
    assert_silence();
    assert_int_equal(atomic_load(&node.notes), 102);
}

static void in_a_stream_each_payload_is_judged(void **state) {
    (void)state;
    const char *const wrong[] = {"{\"number\":\"1\"}", "{\"number\":1.5}", "{\"number\":99999999999999999999}", "{}"};
    const size_t count = sizeof wrong / sizeof wrong[0];
    for (size_t i = 0; i < count; i++) {
        send_note((int)(2 * i + 1), "sink");
        send_note((int)(2 * i + 2), "sink");
        send_v1("test.Note", "sink", wrong[i], "");
        assert_rejected("bad_payload", "test.Note", "sink");
    }
    send_v1("test.Note", "sink", "{\"number\":01}", ""); /* no JSON: what was known stays known */
    send_v1("test.Note", "sink", " { \"more\":[] , \"number\" : 9 } ", "");
    send_note(10, "sink");
    assert_silence();
    test_wait(&node.dead[SABIR_DEAD_BAD_PAYLOAD], count);
    test_wait(&node.notes, 2 * count + 2);
    assert_int_equal(atomic_load(&node.disorder), 0);
    assert_int_equal(dead(SABIR_DEAD_MALFORMED), 1);
}

static void two_streams_in_turns_go_each_their_way(void **state) {
    (void)state;
    for (int i = 1; i <= 30; i++) { /* runs of one, two and three */
        for (int n = 0; n <= i % 3; n++) send_note(3 * i + n, "sink");
        for (int n = 0; n <= i / 3 % 3; n++) send_v1("test.Note", "nobody", "{\"number\":1}", "");
        for (int n = 0; n <= i / 3 % 3; n++) assert_rejected("unknown_target", "test.Note", "nobody");
    }
    assert_silence();
    test_wait(&node.notes, 60);
    assert_int_equal(atomic_load(&node.notes), 60);
    assert_int_equal(atomic_load(&node.disorder), 0);
}

/* ---- Senders -------------------------------------------------------------------------------------------------------------------------------- */

static void a_reply_goes_to_the_endpoint_that_is_named_not_to_the_last_peer(void **state) {
    (void)state;
    uint16_t second_tcp_port = 0;
    int second = raw_listen("127.0.0.1", &second_tcp_port), second_pull = -1;
    unsigned first_got = 0;
    char text[512], body[1024];
    for (int i = 0; i < 100; i++) { /* two senders of one name, in turns */
        snprintf(text, sizeof text,
                 "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"me\",\"endpoint\":\"tcp://"
                 "127.0.0.1:%u\"},"
                 "\"payload\":{\"second\":1}}",
                 second_tcp_port);
        send_v1("test.Echo", "echo", "{\"first\":1}", "");
        send_text(text);
    }
    for (; first_got < 100; first_got++) assert_has(answer(), "\"first\":1");
    second_pull = raw_accept(second, RAW_PATIENCE_MS);
    assert_true(raw_shake_hands(second_pull, "PULL"));
    for (int i = 0; i < 100; i++) {
        assert_true(raw_receive_frame(second_pull, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
        assert_has(body, "\"second\":1");
    }
    close(second), close(second_pull);
}

/* RTE-4 looks at the connection that brought the very envelope, however often another one has brought the same. */
static void a_stranger_gets_no_reply_by_saying_what_a_friend_said(void **state) {
    (void)state;
    char text[512];
    int stranger = raw_connect_push_from("127.0.0.2", "127.0.0.1", node.tcp_port);
    uint32_t refused = 0;
    assert_int_not_equal(stranger, -1);
    snprintf(
        text, sizeof text,
        "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"me\",\"endpoint\":\"tcp://127.0.0.1:%u\"},"
        "\"payload\":{\"friend\":false}}",
        own);
    for (int i = 0; i < 30; i++) { /* runs of one, two and three from either */
        for (int n = 0; n <= i % 3; n++) send_v1("test.Echo", "echo", "{\"friend\":true}", "");
        for (int n = 0; n <= i % 3; n++) assert_has(answer(), "\"friend\":true");
        for (int n = 0; n <= i / 3 % 3; n++, refused++) assert_true(raw_send_text(stranger, text));
        test_wait(&node.dead[SABIR_DEAD_REFUSED], refused);
    }
    assert_silence();
    close(stranger);
}

static void a_stream_of_senders_beyond_the_cache_is_answered_all_the_same(void **state) {
    (void)state;
    char text[512];
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text,
                 "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"s%d\",\"endpoint\":\"tcp://"
                 "127.0.0.1:%u\"},"
                 "\"payload\":{}}",
                 i, own);
        send_text(text);
    }
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text, "\"target\":\"s%d\"", i);
        assert_has(answer(), text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_failure_has_its_code, begin, end),
        cmocka_unit_test_setup_teardown(the_first_failure_decides, begin, end),
        cmocka_unit_test_setup_teardown(every_life_cycle_message_from_a_stranger_is_not_allowed, begin, end),
        cmocka_unit_test_setup_teardown(a_full_mailbox_rejects_and_delays_nobody, begin, end),
        cmocka_unit_test_setup_teardown(without_a_sender_nobody_is_told, begin, end),
        cmocka_unit_test_setup_teardown(id_comes_back_as_re_and_trace_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_reject_is_read_in_every_spelling, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_rejected_because_of_a_reject, begin, end),
        cmocka_unit_test_setup_teardown(flat_is_answered_in_flat, begin, end),
        cmocka_unit_test_setup_teardown(a_peer_that_turns_out_to_speak_flat_is_not_pinged_any_more, begin, end),
        cmocka_unit_test_setup_teardown(queued_mail_outlives_an_exchange_of_connections, begin_with_short_expiry, end),
        cmocka_unit_test_setup_teardown(what_was_seen_before_is_dropped, begin, end),
        cmocka_unit_test_setup_teardown(a_stream_is_followed_until_its_actor_stops, begin, end),
        cmocka_unit_test_setup_teardown(in_a_stream_each_payload_is_judged, begin, end),
        cmocka_unit_test_setup_teardown(two_streams_in_turns_go_each_their_way, begin, end),
        cmocka_unit_test_setup_teardown(a_reply_goes_to_the_endpoint_that_is_named_not_to_the_last_peer, begin, end),
        cmocka_unit_test_setup_teardown(a_stranger_gets_no_reply_by_saying_what_a_friend_said, begin, end),
        cmocka_unit_test_setup_teardown(a_stream_of_senders_beyond_the_cache_is_answered_all_the_same, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
