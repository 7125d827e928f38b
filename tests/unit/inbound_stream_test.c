/*
 * Streams that come to a running node: what comes again and again is judged as what comes once, and goes to nobody else.
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
#include "support/stranger.h"
#include "thread.h"

static struct test_node node;

static int begin_with(void (*prepare)(sabir_config *config)) {
    test_node_make(&node, prepare);
    assert_int_equal(sabir_manager_start(node.manager), SABIR_OK);
    return stranger_begin(&node) ? 0 : -1;
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
    test_node_stop(&node);
    stranger_end();
    return 0;
}

/* ---- Streams -------------------------------------------------------------------------------------------------------------------- */

static void send_note(int number, const char *target) {
    char payload[64];
    snprintf(payload, sizeof payload, "{\"number\":%d}", number);
    stranger_send_v1("test.Note", target, payload, "");
}

static void a_stream_is_followed_until_its_actor_stops(void **state) {
    (void)state;
    for (int i = 1; i <= 100; i++) send_note(i, "sink");
    assert_silence();
    test_wait(&node.notes, 100); /* the sink has a thread of its own */
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
        stranger_send_v1("test.Note", "sink", wrong[i], "");
        assert_rejected("bad_payload", "test.Note", "sink");
    }
    stranger_send_v1("test.Note", "sink", "{\"number\":01}", ""); /* no JSON: what was known stays known */
    stranger_send_v1("test.Note", "sink", " { \"more\":[] , \"number\" : 9 } ", "");
    send_note(10, "sink");
    assert_silence();
    test_wait(&node.dead[SABIR_DEAD_BAD_PAYLOAD], count);
    test_wait(&node.notes, 2 * count + 2);
    assert_int_equal(atomic_load(&node.disorder), 0);
    assert_int_equal(stranger_dead(SABIR_DEAD_MALFORMED), 1);
}

#define LINE_FIELDS(F) F(SABIR_INT64, number) F(SABIR_STRING, name)
SABIR_MESSAGE(StreamLine, LINE_FIELDS);
#define LINES_FIELDS(F) F(SABIR_INT64, number) F(SABIR_LIST(SABIR_STRUCT(StreamLine)), lines)
SABIR_MESSAGE_NAMED(StreamLines, "test.StreamLines", LINES_FIELDS);

struct reader {
    _Atomic uint32_t right;
    _Atomic uint32_t wrong;
};

/* Message n has n lines, each with its number and n letters. */
static int on_lines(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct reader *reader = self;
    const struct StreamLines *message = value;
    const struct StreamLine *lines = message->lines.items;
    bool is_right = message->lines.count == (size_t)message->number;
    for (size_t i = 0; i < message->lines.count; i++) {
        const struct sabir_string *name = &lines[i].name;
        is_right = is_right && lines[i].number == (int64_t)i && name->len_bytes == (size_t)message->number;
        for (size_t k = 0; is_right && k < name->len_bytes; k++)
            is_right = name->bytes[k] == 'a' + (char)(message->number % 26);
    }
    _Atomic uint32_t *word = is_right ? &reader->right : &reader->wrong;
    atomic_fetch_add(word, 1);
    sb_unpark_all(word);
    return SABIR_OK;
}

static void send_lines(int number, const char *blank) {
    static char payload[8192];
    char name[64];
    memset(name, 'a' + number % 26, sizeof name);
    int len = snprintf(payload, sizeof payload, "{%s\"number\":%d,\"lines\":[", blank, number);
    for (int i = 0; i < number; i++)
        len += snprintf(payload + len, sizeof payload - (size_t)len, "%s{\"number\":%d,\"name\":\"%.*s\"}",
                        i ? "," : "", i, number, name);
    snprintf(payload + len, sizeof payload - (size_t)len, "]}");
    stranger_send_v1("test.StreamLines", "reader", payload, "");
}

/* What is read in passing is the message's own: it outlives the frames that come behind it. */
static void a_stream_of_lists_arrives_as_it_was_sent(void **state) {
    (void)state;
    struct reader reader = {0};
    sabir_actor *actor;
    sabir_ref *ref;
    assert_int_equal(sabir_actor_new(NULL, &reader, &actor), SABIR_OK);
    assert_int_equal(sabir_actor_on(actor, StreamLines_type(), on_lines), SABIR_OK);
    assert_int_equal(sabir_manager_manage(node.manager, "reader", actor, &ref), SABIR_OK);
    for (int number = 0; number < 60; number++) send_lines(number, "");
    for (int number = 0; number < 20; number++) {
        send_lines(number, number % 3 ? "" : " ");
        if (number % 5 == 0) {
            stranger_send_v1("test.StreamLines", "reader", "{\"number\":1,\"lines\":[{\"number\":1}]}", "");
            assert_rejected("bad_payload", "test.StreamLines", "reader");
        }
    }
    stranger_send_v1("test.StreamLines", "reader", "{\"number\":1,\"lines\":[{\"number\":01,\"name\":\"\"}]}", "");
    test_wait(&reader.right, 80);
    assert_silence();
    assert_int_equal(atomic_load(&reader.wrong), 0);
    assert_int_equal(stranger_dead(SABIR_DEAD_MALFORMED), 1);
    sabir_ref_release(ref);
}

static void two_streams_in_turns_go_each_their_way(void **state) {
    (void)state;
    for (int i = 1; i <= 30; i++) { /* runs of one, two and three */
        for (int n = 0; n <= i % 3; n++) send_note(3 * i + n, "sink");
        for (int n = 0; n <= i / 3 % 3; n++) stranger_send_v1("test.Note", "nobody", "{\"number\":1}", "");
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
        stranger_send_v1("test.Echo", "echo", "{\"first\":1}", "");
        stranger_send(text);
    }
    for (; first_got < 100; first_got++) assert_has(stranger_answer(), "\"first\":1");
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
    int impostor = raw_connect_push_from("127.0.0.2", "127.0.0.1", node.tcp_port);
    uint32_t refused = 0;
    assert_int_not_equal(impostor, -1);
    snprintf(
        text, sizeof text,
        "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"me\",\"endpoint\":\"tcp://127.0.0.1:%u\"},"
        "\"payload\":{\"friend\":false}}",
        stranger.tcp_port);
    for (int i = 0; i < 30; i++) { /* runs of one, two and three from either */
        for (int n = 0; n <= i % 3; n++) stranger_send_v1("test.Echo", "echo", "{\"friend\":true}", "");
        for (int n = 0; n <= i % 3; n++) assert_has(stranger_answer(), "\"friend\":true");
        for (int n = 0; n <= i / 3 % 3; n++, refused++) assert_true(raw_send_text(impostor, text));
        test_wait(&node.dead[SABIR_DEAD_REFUSED], refused);
    }
    assert_silence();
    close(impostor);
}

static void a_stream_of_senders_beyond_the_cache_is_answered_all_the_same(void **state) {
    (void)state;
    char text[512];
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text,
                 "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"s%d\",\"endpoint\":\"tcp://"
                 "127.0.0.1:%u\"},"
                 "\"payload\":{}}",
                 i, stranger.tcp_port);
        stranger_send(text);
    }
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text, "\"target\":\"s%d\"", i);
        assert_has(stranger_answer(), text);
    }
}

/* ---- Connections ---------------------------------------------------------------------------------------------------------------- */

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
    stranger_send_v1("test.Echo", "echo", "{\"n\":1}", "");
    assert_has(stranger_answer(), "{\"n\":1}");
    for (unsigned pings = 0; pings == 0;) raw_receive_frame(stranger.pull, payload, sizeof payload, 100, &pings);
    for (int n = 2; n < LAST; n++) { /* nobody reads the answers */
        snprintf(payload, sizeof payload, "{\"n\":%d,\"pad\":\"%0*d\"}", n, PAD_BYTES, 0);
        stranger_send_v1("test.Echo", "echo", payload, "");
    }
    stranger_send_flat("test.Echo", "echo", "{\"n\":3000}");
    int fresh = raw_accept(stranger.listener, RAW_PATIENCE_MS);
    assert_int_not_equal(fresh, -1);
    assert_true(raw_shake_hands(fresh, "PULL"));
    int before = hear_numbers(stranger.pull, 1, LAST);
    assert_in_range(before, 2, LAST - 2);
    assert_int_equal(hear_numbers(fresh, before, LAST), LAST);
    assert_int_equal(stranger_dead(SABIR_DEAD_LINK_DOWN), 0);
    close(fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_stream_is_followed_until_its_actor_stops, begin, end),
        cmocka_unit_test_setup_teardown(in_a_stream_each_payload_is_judged, begin, end),
        cmocka_unit_test_setup_teardown(a_stream_of_lists_arrives_as_it_was_sent, begin, end),
        cmocka_unit_test_setup_teardown(two_streams_in_turns_go_each_their_way, begin, end),
        cmocka_unit_test_setup_teardown(a_reply_goes_to_the_endpoint_that_is_named_not_to_the_last_peer, begin, end),
        cmocka_unit_test_setup_teardown(a_stranger_gets_no_reply_by_saying_what_a_friend_said, begin, end),
        cmocka_unit_test_setup_teardown(a_stream_of_senders_beyond_the_cache_is_answered_all_the_same, begin, end),
        cmocka_unit_test_setup_teardown(queued_mail_outlives_an_exchange_of_connections, begin_with_short_expiry, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
