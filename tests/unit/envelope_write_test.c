/*
 * Envelopes written: the exact bytes of both dialects, the length known before, and random envelopes that the reader
 * gives back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sabir/error.h>
#include <sabir/manager.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "support/random_value.h"

/* Write into a block of exactly the announced length. */
static char *written(const struct sb_envelope *envelope, size_t *len) {
    *len = sb_envelope_len_bytes(envelope);
    char *bytes = malloc(*len);
    assert_non_null(bytes);
    assert_ptr_equal(sb_envelope_write(envelope, bytes), bytes + *len);
    return bytes;
}

static void assert_written(const struct sb_envelope *envelope, const char *expected) {
    size_t len;
    char *bytes = written(envelope, &len);
    if (!sb_text_equal((struct sb_text){bytes, len}, sb_text_of(expected))) fail_msg("%.*s", (int)len, bytes);
    free(bytes);
}

static struct sb_envelope ping(uint32_t dialect) {
    return (struct sb_envelope){
        .dialect = dialect, .type = SB_TEXT("Ping"), .target = SB_TEXT("pong"), .payload = SB_TEXT("{\"count\":42}")};
}

static void give_sender(struct sb_envelope *envelope) {
    envelope->has_sender = true;
    envelope->sender_name = SB_TEXT("ping");
    envelope->sender_endpoint = SB_TEXT("tcp://127.0.0.1:5001");
}

static void v1_writes_four_keys_always_and_the_others_with_a_value(void **state) {
    (void)state;
    struct sb_envelope envelope = ping(SABIR_DIALECT_V1);
    assert_written(&envelope, "{\"type\":\"Ping\",\"target\":\"pong\",\"sender\":null,\"payload\":{\"count\":42}}");
    give_sender(&envelope);
    assert_written(
        &envelope,
        "{\"type\":\"Ping\",\"target\":\"pong\",\"sender\":{\"name\":\"ping\",\"endpoint\":\"tcp://127.0.0.1:5001\"},"
        "\"payload\":{\"count\":42}}");
    envelope.id = SB_TEXT("i");
    envelope.re = SB_TEXT("r\"");
    envelope.trace = SB_TEXT("t");
    envelope.seq = SB_TEXT("s");
    envelope.has_sender = false; /* then the texts of the sender mean nothing */
    assert_written(&envelope, "{\"type\":\"Ping\",\"target\":\"pong\",\"sender\":null,\"payload\":{\"count\":42},"
                              "\"id\":\"i\",\"re\":\"r\\\"\","
                              "\"trace\":\"t\",\"seq\":\"s\"}");
}

static void flat_writes_its_five_keys_always_and_no_others(void **state) {
    (void)state;
    struct sb_envelope envelope = ping(SABIR_DIALECT_FLAT);
    envelope.trace = SB_TEXT("t");
    envelope.seq = SB_TEXT("s");
    assert_written(&envelope, "{\"sender_actor\":null,\"sender_endpoint\":null,\"receiver\":\"pong\",\"message_type\":"
                              "\"Ping\",\"message\":{\"count\":42}}");
    give_sender(&envelope);
    assert_written(&envelope, "{\"sender_actor\":\"ping\",\"sender_endpoint\":\"tcp://"
                              "127.0.0.1:5001\",\"receiver\":\"pong\",\"message_type\":\"Ping\","
                              "\"message\":{\"count\":42}}");
}

static void names_are_escaped_where_they_must_be(void **state) {
    (void)state;
    struct sb_envelope envelope = ping(SABIR_DIALECT_V1);
    envelope.type = SB_TEXT("a\"b\\c/d");
    envelope.target = SB_TEXT("\xe2\x82\xac");
    assert_written(
        &envelope,
        "{\"type\":\"a\\\"b\\\\c/d\",\"target\":\"\xe2\x82\xac\",\"sender\":null,\"payload\":{\"count\":42}}");
}

/* ---- random envelopes -------------------------------------------------------------------------------------------- */

static struct random random_source;

/* A text of 1 to `max` bytes; `pieces` are NUL-terminated. */
static struct sb_text random_text(char *room, size_t max, const char *const *pieces, size_t piece_count) {
    size_t len = 0, wanted = 1 + random_below(&random_source, random_below(&random_source, 4) ? 20 : max);
    while (len < wanted) {
        const char *piece = pieces[random_below(&random_source, piece_count)];
        if (len + strlen(piece) > max) break;
        memcpy(room + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return (struct sb_text){room, len};
}

static struct sb_text random_name(char *room) {
    static const char *const pieces[] = {"a",     "Z",     "0",        " ",        "\"",           "\\",
                                         "/",     "u0041", "\xc2\xa0", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9d\x84\x9e",
                                         "sabir."};
    return random_text(room, SB_NAME_MAX_BYTES, pieces, sizeof pieces / sizeof pieces[0]);
}

static struct sb_text random_id(char *room) {
    static const char *const pieces[] = {"a", "Z", "0", " ", "\"", "\\", "~", ":"};
    return random_text(room, SB_ID_MAX_BYTES, pieces, sizeof pieces / sizeof pieces[0]);
}

static void assert_equal(const struct sb_envelope *a, const struct sb_envelope *b) {
    assert_int_equal(a->dialect, b->dialect);
    assert_true(a->has_sender == b->has_sender);
    assert_true(sb_text_equal(a->type, b->type));
    assert_true(sb_text_equal(a->target, b->target));
    assert_true(sb_text_equal(a->sender_name, b->sender_name));
    assert_true(sb_text_equal(a->sender_endpoint, b->sender_endpoint));
    assert_true(sb_text_equal(a->payload, b->payload));
    assert_true(sb_text_equal(a->id, b->id));
    assert_true(sb_text_equal(a->re, b->re));
    assert_true(sb_text_equal(a->trace, b->trace));
    assert_true(sb_text_equal(a->seq, b->seq));
}

static void random_envelopes_come_back(void **state) {
    (void)state;
    static const char *const payloads[] = {"{}", "{ }", "{\"a\":[1,2.5,{\"b\":\"\\u0000\"}]}"};
    random_source = random_new();
    for (int i = 0; i < 20000; i++) {
        char rooms[6][SB_NAME_MAX_BYTES];
        struct sb_envelope sent = {.dialect = i % 2 ? SABIR_DIALECT_FLAT : SABIR_DIALECT_V1,
                                   .type = random_name(rooms[0]),
                                   .target = random_name(rooms[1])};
        sent.payload = sb_text_of(payloads[random_below(&random_source, 3)]);
        sent.has_sender = random_below(&random_source, 2) == 0;
        if (sent.has_sender) {
            sent.sender_name = random_name(rooms[2]);
            sent.sender_endpoint = random_name(rooms[3]);
        }
        if (sent.dialect == SABIR_DIALECT_V1) {
            if (random_below(&random_source, 2)) sent.id = random_id(rooms[4]);
            if (random_below(&random_source, 2)) sent.re = random_id(rooms[5]);
            if (random_below(&random_source, 2))
                sent.trace = SB_TEXT("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            if (random_below(&random_source, 2)) sent.seq = SB_TEXT("0123456789abcdef:7");
        }
        size_t len;
        char *bytes = written(&sent, &len);
        struct sb_envelope received;
        struct sb_fault fault;
        if (sb_envelope_read(bytes, len, &received, &fault) != SABIR_OK)
            fail_msg("%.*s: %s", (int)len, bytes, fault.reason);
        assert_equal(&sent, &received);
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v1_writes_four_keys_always_and_the_others_with_a_value),
        cmocka_unit_test(flat_writes_its_five_keys_always_and_no_others),
        cmocka_unit_test(names_are_escaped_where_they_must_be),
        cmocka_unit_test(random_envelopes_come_back),
    };
    return cmocka_run_group_tests_name("envelope_write", tests, NULL, NULL);
}
