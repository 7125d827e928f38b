/*
 * Envelopes read with a memory of the last head: each is accepted, refused and understood as without one.
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

#include "alloc.h"
#include "codec.h"
#include "envelope_head.h"

#define HEAD                                                                                                           \
    "{\"type\":\"Note\",\"target\":\"sink\",\"sender\":{\"name\":\"a\",\"endpoint\":\"tcp://"                          \
    "127.0.0.1:1\"},\"payload\":"
#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define SEQ(n) ",\"seq\":\"00000000000000ab:" #n "\"}"

static unsigned values; /* that came with their envelopes */

static void assert_same_text(struct sb_text with, struct sb_text without) {
    assert_int_equal(with.bytes == NULL, without.bytes == NULL);
    assert_true(sb_text_equal(with, without));
}

static void assert_same(const struct sb_envelope *with, const struct sb_envelope *without) {
    assert_int_equal(with->dialect, without->dialect);
    assert_int_equal(with->has_sender, without->has_sender);
    assert_same_text(with->type, without->type);
    assert_same_text(with->target, without->target);
    assert_same_text(with->sender_name, without->sender_name);
    assert_same_text(with->sender_endpoint, without->sender_endpoint);
    assert_same_text(with->payload, without->payload);
    assert_same_text(with->id, without->id);
    assert_same_text(with->re, without->re);
    assert_same_text(with->trace, without->trace);
    assert_same_text(with->seq, without->seq);
    if (!with->seq.bytes) return;
    assert_true(with->seq_epoch == without->seq_epoch && with->seq_count == without->seq_count);
}

/* A value that came with the envelope is what its payload says, read token by token: no plain text begins with a blank. */
static void assert_same_value(const struct sb_envelope *envelope) {
    void *block;
    if (!envelope->value) return;
    const sabir_type *type = sb_type_find(envelope->type);
    assert_non_null(type);
    struct sb_buffer spaced = SB_BUFFER_INIT, here = SB_BUFFER_INIT, there = SB_BUFFER_INIT;
    sb_buffer_append_byte(&spaced, ' ');
    sb_buffer_append(&spaced, envelope->payload.bytes, envelope->payload.len_bytes);
    assert_int_equal(sb_decode(type, (struct sb_text){spaced.bytes, spaced.len_bytes}, &block), SABIR_OK);
    assert_int_equal(sb_encode(type, block, &there), SABIR_OK);
    sb_free(block);
    block = malloc(sb_plain_block_bytes(type, &envelope->room));
    sb_plain_move(type, envelope->value, &envelope->room, block);
    assert_int_equal(sb_encode(type, block, &here), SABIR_OK);
    assert_int_equal(here.len_bytes, there.len_bytes);
    assert_memory_equal(here.bytes, there.bytes, here.len_bytes);
    values++;
    free(block);
    sb_buffer_free(&spaced), sb_buffer_free(&here), sb_buffer_free(&there);
}

/* Read with the memory and without; returns the code. The text lies in a block of its length, so that a sanitizer sees its end. */
static int read_both_ways(struct sb_envelope_head *head, const char *text, size_t len_bytes) {
    static struct sb_envelope with, without;
    struct sb_fault fault = {NULL, NULL, 0}, expected = {NULL, NULL, 0};
    char *block = malloc(len_bytes ? len_bytes : 1);
    memcpy(block, text, len_bytes);
    memset(&with, 0xa5, sizeof with); /* whatever lay there before */
    int code = sb_envelope_read_next(head, block, len_bytes, &with, &fault);
    assert_int_equal(code, sb_envelope_read(block, len_bytes, &without, &expected));
    if (code == SABIR_OK) {
        assert_same(&with, &without);
        assert_same_value(&with);
    } else {
        assert_string_equal(fault.clause, expected.clause);
        assert_string_equal(fault.reason, expected.reason);
        assert_int_equal(fault.offset_bytes, expected.offset_bytes);
    }
    free(block);
    return code;
}

static int read_text(struct sb_envelope_head *head, const char *text) {
    return read_both_ways(head, text, strlen(text));
}

static void a_head_is_remembered_and_used(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    struct sb_envelope envelope;
    struct sb_fault fault;
    assert_int_equal(read_text(&head, HEAD "{\"n\":1}" SEQ(1)), SABIR_OK);
    assert_int_equal(head.len_bytes, strlen(HEAD));
    const char *next = HEAD "{\"n\":[2,{\"n\":3}]}" SEQ(18446744073709551615);
    assert_int_equal(sb_envelope_read_next(&head, next, strlen(next), &envelope, &fault), SABIR_OK);
    assert_ptr_equal(envelope.type.bytes, head.type.bytes); /* not read again */
    assert_true(envelope.seq_epoch == 0xab && envelope.seq_count == UINT64_MAX);
    assert_int_equal(read_text(&head, next), SABIR_OK);
}

static void what_is_wrong_is_refused_behind_a_known_head_too(void **state) {
    (void)state;
    static const char *const wrong[] = {
        HEAD "{\"n\":1,\"n\":2}" SEQ(2), /* ENV-4 */
        HEAD "{\"n\":1}"
             ",\"type\":\"Other\"" SEQ(2),
        HEAD "{\"n\":1}"
             ",\"seq\":\"00000000000000ab:2\"" SEQ(3),
        HEAD "[]" SEQ(2),
        HEAD "1" SEQ(2),
        HEAD "{\"n\":01}" SEQ(2),
        HEAD "{\"n\":\"\xff\"}" SEQ(2),
        HEAD "{\"n\":1}",
        HEAD "{\"n\":1}}}",
        HEAD "{\"n\":1}" SEQ(2) "}",
        HEAD "{\"n\":1" SEQ(2),
        HEAD "{\"n\":1},\"seq\":\"00000000000000ab:2\"",
        HEAD "{\"n\":1},\"seq\":\"",
        HEAD "{\"n\":1},",
        HEAD,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct sb_envelope_head head = {0};
        assert_int_equal(read_text(&head, HEAD "{\"n\":1}" SEQ(1)), SABIR_OK);
        assert_int_equal(read_text(&head, wrong[i]), SABIR_EMALFORMED);
        assert_int_equal(read_text(&head, HEAD "{\"n\":2}" SEQ(2)), SABIR_OK);
    }
}

/* A duplicate of a key that the remembered head has, in both orders. */
static void a_key_of_the_head_may_not_come_again(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    const char *early = "{\"seq\":null,\"type\":\"T\",\"target\":\"t\",\"payload\":{}}";
    const char *twice = "{\"seq\":null,\"type\":\"T\",\"target\":\"t\",\"payload\":{}" SEQ(1);
    assert_int_equal(read_text(&head, early), SABIR_OK);
    assert_int_equal(read_text(&head, twice), SABIR_EMALFORMED);
    assert_int_equal(read_text(&head, early), SABIR_OK);
    const char *valid = "{\"seq\":\"00000000000000ab:7\",\"type\":\"T\",\"target\":\"t\",\"payload\":{}}";
    assert_int_equal(read_text(&head, valid), SABIR_OK);
    assert_int_equal(head.len_bytes, 0); /* its seq would be taken for that of all that follow */
    assert_int_equal(read_text(&head, valid), SABIR_OK);
}

static void depth_counts_from_the_top(void **state) {
    (void)state;
    for (int levels = 60; levels < 66; levels++) {
        struct sb_envelope_head head = {0};
        char text[1024] = HEAD "{\"n\":";
        for (int i = 0; i < levels; i++) strcat(text, "[");
        for (int i = 0; i < levels; i++) strcat(text, "]");
        strcat(text, "}" SEQ(2));
        assert_int_equal(read_text(&head, HEAD "{}" SEQ(1)), SABIR_OK);
        assert_int_equal(read_text(&head, text), levels + 2 <= SB_ENVELOPE_MAX_DEPTH ? SABIR_OK : SABIR_EMALFORMED);
    }
}

static void what_does_not_fit_is_not_remembered(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    char long_key[SB_ENVELOPE_HEAD_MAX_BYTES + 1];
    char text[2 * SB_ENVELOPE_HEAD_MAX_BYTES];
    memset(long_key, 'k', sizeof long_key - 1);
    long_key[sizeof long_key - 1] = '\0';
    (void)snprintf(text, sizeof text, "{\"%s\":1,\"type\":\"T\",\"target\":\"t\",\"payload\":{}}", long_key);
    const char *const texts[] = {
        text,
        "{\"type\":\"\\u0054\",\"target\":\"t\",\"payload\":{}}", /* unescaped elsewhere */
        "{\"type\":\"T\",\"target\":\"t\",\"id\":\"i\",\"payload\":{}}",
        "{\"type\":\"T\",\"target\":\"t\",\"payload\":{},\"re\":\"i\"}",
        "{\"type\":\"T\",\"payload\":{},\"target\":\"t\"}",
        "{\"message_type\":\"T\",\"receiver\":\"t\",\"message\":null}",
        "{\"message_type\":\"T\",\"receiver\":\"t\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(read_text(&head, HEAD "{}" SEQ(1)), SABIR_OK);
        assert_int_equal(read_text(&head, texts[i]), SABIR_OK);
        assert_int_equal(head.len_bytes, 0);
        assert_int_equal(read_text(&head, texts[i]), SABIR_OK);
    }
}

static uint64_t next_random(uint64_t *random) { /* xorshift */
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Frames put together from few pieces, so that heads come again, then cut, doubled and changed in one byte. */
static void any_run_of_frames_reads_as_without_a_memory(void **state) {
    (void)state;
    static const char *const heads[] = {HEAD, "{\"type\":\"T\",\"target\":\"t\",\"payload\":",
                                        "{\"target\":\"t\",\"type\":\"T\",\"sender\":null,\"payload\":",
                                        "{\"seq\":null,\"type\":\"T\",\"target\":\"t\",\"payload\":",
                                        "{\"sender_actor\":\"a\",\"sender_endpoint\":\"e\",\"receiver\":\"r\","
                                        "\"message_type\":\"T\",\"message\":"};
    static const char *const payloads[] = {"{}", "{\"a\":1}", "{\"a\":\"\\u00e9}\",\"b\":[{}]}", "{\"a\":1,\"a\":1}",
                                           "null"};
    static const char *const tails[] = {"}",
                                        SEQ(1),
                                        SEQ(0),
                                        ",\"seq\":\"ffffffff000000ab:1\"}",
                                        ",\"seq\":\"ffffffff000000ag:1\"}",
                                        ",\"id\":\"i\"" SEQ(2),
                                        ",\"x\":{}}",
                                        " }",
                                        ",\"seq\":null}"};
    static const char bytes[] = "{}[]\",:\\ 0a\x80";
    struct sb_envelope_head head = {0};
    uint64_t random = 1;
    int accepted = 0;
    for (int i = 0; i < 200000; i++) {
        char text[512];
        uint64_t draw = next_random(&random);
        int len = snprintf(text, sizeof text, "%s%s%s", heads[draw % COUNT(heads)],
                           payloads[draw / COUNT(heads) % COUNT(payloads)], tails[draw / 25 % COUNT(tails)]);
        uint64_t change = next_random(&random);
        size_t at = change % (unsigned)len;
        if (draw / (25 * COUNT(tails)) % 4 == 0) text[at] = bytes[(change >> 32) % (sizeof bytes - 1)];
        if (draw / (25 * COUNT(tails)) % 4 == 1 && change >> 60 == 0) len = (int)at;
        if (read_both_ways(&head, text, (size_t)len) == SABIR_OK) accepted++;
    }
    assert_in_range(accepted, 20000, 180000);
}

/* The types of the frames above: from now on their payloads may be read at once. */
#define NOTE_FIELDS(F) F(SABIR_INT64, n)
SABIR_MESSAGE(Note, NOTE_FIELDS);
#define T_FIELDS(F) F(SABIR_INT32, a)
SABIR_MESSAGE(T, T_FIELDS);

static void a_known_payload_becomes_a_value_at_once(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    struct sb_envelope envelope;
    struct sb_fault fault;
    assert_non_null(Note_type());
    assert_non_null(T_type());
    assert_int_equal(read_text(&head, HEAD "{\"n\":1}" SEQ(1)), SABIR_OK);
    const char *next = HEAD "{\"n\":-42}" SEQ(2);
    assert_int_equal(sb_envelope_read_next(&head, next, strlen(next), &envelope, &fault), SABIR_OK);
    assert_int_equal(((const struct Note *)envelope.value)->n, -42);
    assert_true(envelope.has_known_head);
    assert_true(sb_text_equal(envelope.payload, SB_TEXT("{\"n\":-42}")));
    const char *other = HEAD "{ \"n\":-42}" SEQ(3);
    assert_int_equal(sb_envelope_read_next(&head, other, strlen(other), &envelope, &fault), SABIR_OK);
    assert_null(envelope.value);
}

/* Of a type whose struct has no room in the memory itself. */
#define WIDE_FIELDS(F)                                                                                                 \
    F(SABIR_INT64, a)                                                                                                  \
    F(SABIR_INT64, b)                                                                                                  \
    F(SABIR_INT64, c)                                                                                                  \
    F(SABIR_INT64, d) F(SABIR_INT64, e) F(SABIR_INT64, f) F(SABIR_INT64, g) F(SABIR_INT64, h) F(SABIR_INT64, i)
SABIR_MESSAGE(Wide, WIDE_FIELDS);

#define WIDE                                                                                                           \
    "{\"type\":\"Wide\",\"target\":\"t\",\"payload\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":"  \
    "8,\"i\":9}}"

#define LINE_FIELDS(F) F(SABIR_INT64, n) F(SABIR_STRING, s)
SABIR_MESSAGE(Line, LINE_FIELDS);
#define LINES_FIELDS(F) F(SABIR_STRING, title) F(SABIR_LIST(SABIR_STRUCT(Line)), lines)
SABIR_MESSAGE(Lines, LINES_FIELDS);

#define LINES_HEAD "{\"type\":\"Lines\",\"target\":\"t\",\"payload\":"
#define LINES LINES_HEAD "{\"title\":\"\xc3\xa9\",\"lines\":[{\"n\":1,\"s\":\"one\"},{\"n\":2,\"s\":\"\"}]}}"

static void read_next(struct sb_envelope_head *head, const char *text, struct sb_envelope *envelope) {
    struct sb_fault fault;
    assert_int_equal(sb_envelope_read_next(head, text, strlen(text), envelope, &fault), SABIR_OK);
}

static void what_has_lists_and_strings_becomes_a_value_at_once_too(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    struct sb_envelope envelope;
    assert_true(Wide_type()->size_bytes > SB_ENVELOPE_VALUE_BYTES);
    assert_non_null(Lines_type());
    read_next(&head, WIDE, &envelope);
    assert_null(envelope.value);
    read_next(&head, WIDE, &envelope);
    assert_int_equal(((const struct Wide *)envelope.value)->i, 9);
    read_next(&head, LINES, &envelope);
    assert_null(envelope.value);
    unsigned before = values;
    assert_int_equal(read_text(&head, LINES), SABIR_OK);
    assert_int_equal(read_text(&head, LINES_HEAD "{\"title\":\"\",\"lines\":[]}}"), SABIR_OK);
    assert_int_equal(values, before + 2);
    sb_envelope_head_free(&head);
}

static void what_is_wrong_in_a_list_is_refused_and_never_a_value(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "{\"title\":\"\",\"lines\":[{\"n\":1,\"s\":\"a\",\"n\":2}]}}",
        "{\"title\":\"\",\"lines\":[{\"n\":1,\"s\":\"\xff\"}]}}",
        "{\"title\":\"\",\"lines\":[{\"n\":01,\"s\":\"\"}]}}",
        "{\"title\":\"\",\"lines\":[{\"n\":1,\"s\":\"\x01\"}]}}",
        "{\"title\":\"\",\"lines\":[{\"n\":1,\"s\":\"\"},]}}",
        "{\"title\":\"\",\"lines\":[{\"n\":1,\"s\":\"\"}}}",
        "{\"title\":\"\",\"title\":\"\",\"lines\":[]}}",
        "{\"title\":\"\",\"lines\":[]},\"payload\":{}}",
    };
    struct sb_envelope_head head = {0};
    assert_int_equal(read_text(&head, LINES), SABIR_OK);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char text[256];
        snprintf(text, sizeof text, "%s%s", LINES_HEAD, wrong[i]);
        assert_int_equal(read_text(&head, text), SABIR_EMALFORMED);
        assert_int_equal(read_text(&head, LINES), SABIR_OK);
    }
    for (size_t len_bytes = 1; len_bytes < strlen(LINES); len_bytes++)
        assert_int_equal(read_both_ways(&head, LINES, len_bytes), SABIR_EMALFORMED);
    sb_envelope_head_free(&head);
}

static void who_takes_the_text_gets_no_value(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    struct sb_envelope envelope;
    read_next(&head, LINES, &envelope);
    head.takes_text = true;
    read_next(&head, LINES, &envelope);
    assert_true(envelope.has_known_head && !envelope.value && !head.desk);
    read_next(&head, WIDE, &envelope); /* another head, perhaps another taker */
    assert_false(head.takes_text);
}

static void without_memory_for_a_desk_there_is_the_text(void **state) {
    (void)state;
    struct sb_envelope_head head = {0};
    struct sb_envelope envelope;
    read_next(&head, LINES, &envelope);
    sb_alloc_fail_after(1);
    read_next(&head, LINES, &envelope);
    assert_int_equal(sb_alloc_fail_left(), 0);
    assert_true(envelope.has_known_head && !envelope.value && envelope.payload.len_bytes > 0);
    read_next(&head, LINES, &envelope);
    assert_non_null(envelope.value);
    sb_envelope_head_free(&head);
}

static void a_large_desk_is_given_back(void **state) {
    (void)state;
    enum { LONG_BYTES = 300000 };
    struct sb_envelope_head head = {0};
    struct sb_envelope envelope;
    char *text = malloc(LONG_BYTES + 100);
    snprintf(text, LONG_BYTES + 100, "%s{\"title\":\"%0*d\",\"lines\":[]}}", LINES_HEAD, LONG_BYTES, 0);
    read_next(&head, LINES, &envelope);
    read_next(&head, text, &envelope);
    assert_non_null(envelope.value);
    assert_true(head.desk_bytes > 1000000);
    read_next(&head, LINES, &envelope);
    assert_non_null(envelope.value);
    assert_true(head.desk_bytes <= 4096);
    sb_envelope_head_free(&head);
    assert_true(!head.desk && head.desk_bytes == 0);
    free(text);
}

static void some_values_came_at_once(void **state) {
    (void)state;
    assert_true(values > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_remembered_and_used),
        cmocka_unit_test(what_is_wrong_is_refused_behind_a_known_head_too),
        cmocka_unit_test(a_key_of_the_head_may_not_come_again),
        cmocka_unit_test(depth_counts_from_the_top),
        cmocka_unit_test(what_does_not_fit_is_not_remembered),
        cmocka_unit_test(any_run_of_frames_reads_as_without_a_memory),
        cmocka_unit_test(a_known_payload_becomes_a_value_at_once),
        cmocka_unit_test(what_has_lists_and_strings_becomes_a_value_at_once_too),
        cmocka_unit_test(what_is_wrong_in_a_list_is_refused_and_never_a_value),
        cmocka_unit_test(who_takes_the_text_gets_no_value),
        cmocka_unit_test(without_memory_for_a_desk_there_is_the_text),
        cmocka_unit_test(a_large_desk_is_given_back),
        cmocka_unit_test(what_is_wrong_is_refused_behind_a_known_head_too),
        cmocka_unit_test(a_key_of_the_head_may_not_come_again),
        cmocka_unit_test(depth_counts_from_the_top),
        cmocka_unit_test(any_run_of_frames_reads_as_without_a_memory),
        cmocka_unit_test(some_values_came_at_once),
    };
    return cmocka_run_group_tests_name("envelope_head", tests, NULL, NULL);
}
