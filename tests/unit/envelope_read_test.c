/*
 * Envelopes read: every clause accepted and refused, with the exact clause and place; names at their limits. (Dialect
 * `flat`: envelope_flat_test.c.)
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
#include "support/read_envelope.h"

#define V1(rest) "{\"type\":\"T\",\"target\":\"t\",\"payload\":{}" rest "}"

/* ---- v1 ---------------------------------------------------------------------------------------------------------- */

static void an_envelope_gives_its_parts(void **state) {
    (void)state;
    assert_read(
        " {\"type\": \"Ping\", \"target\": \"pong_actor\",\n \"sender\": {\"name\": \"ping_actor\", \"endpoint\": "
        "\"tcp://localhost:5001\"},\n \"payload\": {\"count\": [42]} , \"id\":\"e:1\",\"re\":\"~ !\",\"seq\":"
        "\"0123456789abCDEF:42\",\"trace\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}\r\n");
    assert_int_equal(envelope.dialect, SABIR_DIALECT_V1);
    assert_true(envelope.has_sender);
    assert_text(envelope.type, "Ping");
    assert_text(envelope.target, "pong_actor");
    assert_text(envelope.sender_name, "ping_actor");
    assert_text(envelope.sender_endpoint, "tcp://localhost:5001");
    assert_text(envelope.payload, "{\"count\": [42]}");
    assert_text(envelope.id, "e:1");
    assert_text(envelope.re, "~ !");
    assert_text(envelope.seq, "0123456789abCDEF:42");
    assert_text(envelope.trace, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

static void what_is_absent_is_null(void **state) {
    (void)state;
    static const char *const texts[] = {V1(""),
                                        V1(",\"sender\":null,\"id\":null,\"re\":null,\"trace\":null,\"seq\":null")};
    for (size_t i = 0; i < 2; i++) {
        assert_read(texts[i]);
        assert_false(envelope.has_sender);
        assert_text(envelope.sender_name, NULL);
        assert_text(envelope.sender_endpoint, NULL);
        assert_text(envelope.id, NULL);
        assert_text(envelope.re, NULL);
        assert_text(envelope.trace, NULL);
        assert_text(envelope.seq, NULL);
        assert_text(envelope.payload, "{}");
    }
}

static void keys_may_come_in_any_order(void **state) {
    (void)state;
    static const char *const members[] = {"\"type\":\"T\"", "\"target\":\"t\"", "\"payload\":{\"a\":1}",
                                          "\"sender\":{\"endpoint\":\"e\",\"name\":\"n\"}"};
    for (int order = 0; order < 256; order++) {
        int a = order & 3, b = order >> 2 & 3, c = order >> 4 & 3, d = order >> 6;
        if (((1 << a) | (1 << b) | (1 << c) | (1 << d)) != 15) continue;
        char text[200];
        (void)snprintf(text, sizeof text, "{%s,%s,%s,%s}", members[a], members[b], members[c], members[d]);
        assert_read(text);
        assert_text(envelope.type, "T");
        assert_text(envelope.target, "t");
        assert_text(envelope.payload, "{\"a\":1}");
        assert_text(envelope.sender_name, "n");
        assert_text(envelope.sender_endpoint, "e");
    }
}

static void unknown_keys_are_ignored(void **state) {
    (void)state;
    assert_read(V1(",\"extra\":{\"a\":[1,{\"type\":2}]},\"v\":2,\"Target\":3,\"TYPE\":null,\"\":true"));
    assert_text(envelope.target, "t");
    assert_read(V1(",\"sender\":{\"name\":\"n\",\"x\":[{}],\"endpoint\":\"e\",\"type\":7,\"Name\":1}"));
    assert_text(envelope.sender_name, "n");
    assert_text(envelope.type, "T");
}

static void text_that_is_not_json_breaks_env_2(void **state) {
    (void)state;
    assert_int_equal(read_bytes("", 0), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "ENV-2");
    assert_int_equal(read_bytes(V1("") "\0", sizeof V1("")), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "ENV-2");
    assert_int_equal(fault.offset_bytes, sizeof V1("") - 1);
    assert_refused("\xef\xbb\xbf" V1(""), "ENV-2", "\xef");
    assert_refused("hello", "ENV-2", "hello");
    assert_refused(V1("") " " V1(",\"x\":1"), "ENV-2", V1(",\"x\":1"));
}

static void what_is_no_object_breaks_env_2(void **state) {
    (void)state;
    static const char *const values[] = {"[]", "\"x\"", "1", "null", "true", "[{\"type\":\"T\"}]"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) assert_refused(values[i], "ENV-2", values[i]);
    assert_refused("  7 ", "ENV-2", "7");
}

static void a_missing_key_breaks_env_3(void **state) {
    (void)state;
    assert_refused(" {}", "ENV-3", "{");
    assert_refused("{\"target\":\"t\",\"payload\":{}}", "ENV-3", "{");
    assert_string_equal(fault.reason, "type is missing");
    assert_refused("{\"type\":\"T\",\"payload\":{}}", "ENV-3", "{");
    assert_string_equal(fault.reason, "target is missing");
    assert_refused("{\"type\":\"T\",\"target\":\"t\"}", "ENV-3", "{");
    assert_string_equal(fault.reason, "payload is missing");
    assert_refused("{\"Type\":\"T\",\"target\":\"t\",\"payload\":{}}", "ENV-3", "{"); /* ENV-5 */
    assert_refused("{\"type \":\"T\",\"target\":\"t\",\"payload\":{}}", "ENV-3", "{");
    assert_refused("{\"type\\u0000\":\"T\",\"target\":\"t\",\"payload\":{}}", "ENV-3", "{");
}

static void a_key_twice_breaks_env_4(void **state) {
    (void)state;
    assert_refused(V1(",\"target\" :\"t\""), "ENV-4", "\"target\" ");
    assert_refused(V1(",\"\\u0074arget\":\"u\""), "ENV-4", "\"\\u0074");
    assert_refused("{\"t\\u0079pe\":\"T\",\"target\":\"t\",\"payload\":{},\"type\":\"U\"}", "ENV-4", "\"type\"");
    assert_refused(V1(",\"sender\":null,\"sender\" :null"), "ENV-4", "\"sender\" ");
    assert_refused(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":\"e\",\"name\" :\"n\"}"), "ENV-4", "\"name\" ");
    assert_refused("{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":{\"b\":1,\"b\" :2}}}", "ENV-4", "\"b\" ");
    assert_refused(V1(",\"x\":1,\"x\" :1"), "ENV-4", "\"x\" ");
}

static void an_escaped_key_is_the_key(void **state) {
    (void)state;
    assert_read("{\"\\u0074\\u0079\\u0070\\u0065\":\"T\",\"target\":\"t\",\"\\u0070ayload\":{\"a\":1},"
                "\"sender\":{\"n\\u0061me\":\"n\",\"endpoin\\u0074\":\"e\"}}");
    assert_text(envelope.type, "T");
    assert_text(envelope.payload, "{\"a\":1}");
    assert_text(envelope.sender_name, "n");
    assert_read(V1(",\"\\u0041 key of more than fifteen bytes, with an escape\":1"));
}

static void type_and_target_obey_env_6(void **state) {
    (void)state;
    static const char *const values[] = {"1",           "true",          "null",         "[]",          "{}",
                                         "\"\"",        "\"a\\u0000\"",  "\"\\n\"",      "\"\\u001f\"", "\"\x7f\"",
                                         "\"\\u007f\"", "\"x\xc2\x80\"", "\"\xc2\x9f\"", "\"\\u0085\""};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "{\"target\":\"t\",\"payload\":{},\"type\":%s }", values[i]);
        char mark[40];
        (void)snprintf(mark, sizeof mark, "%s }", values[i]);
        assert_refused(text, "ENV-6", mark);
        (void)snprintf(text, sizeof text, "{\"type\":\"T\",\"payload\":{},\"target\":%s }", values[i]);
        assert_refused(text, "ENV-6", mark);
    }
    assert_read("{\"type\":\" \xc2\xa0\xe2\x82\xac\",\"target\":\"\\ud834\\udd1e/\\\"\\\\\",\"payload\":{}}");
    assert_text(envelope.type, " \xc2\xa0\xe2\x82\xac");
    assert_text(envelope.target, "\xf0\x9d\x84\x9e/\"\\");
}

/* A name of `count` times `piece`, in each of the four places. */
static int read_long_names(const char *piece, size_t count, size_t place) {
    size_t len = strlen(piece);
    char *name = malloc(len * count + 1), *text = malloc(len * count + 200);
    assert_non_null(name);
    assert_non_null(text);
    name[0] = '\0';
    for (size_t i = 0; i < count; i++) memcpy(name + i * len, piece, len + 1);
    const char *names[4] = {"T", "t", "n", "e"};
    names[place] = name;
    int text_len = sprintf(
        text, "{\"type\":\"%s\",\"target\":\"%s\",\"sender\":{\"name\":\"%s\",\"endpoint\":\"%s\"},\"payload\":{}}",
        names[0], names[1], names[2], names[3]);
    int error = read_bytes(text, (size_t)text_len);
    free(name);
    free(text);
    return error;
}

static void names_have_1_to_255_bytes_after_unescaping(void **state) {
    (void)state;
    for (size_t place = 0; place < 4; place++) {
        const char *clause = place < 2 ? "ENV-6" : "ENV-7";
        assert_int_equal(read_long_names("a", 255, place), SABIR_OK);
        assert_int_equal(read_long_names("\\u0061", 255, place), SABIR_OK);
        assert_int_equal(read_long_names("\xe2\x82\xac", 85, place), SABIR_OK);
        assert_int_equal(read_long_names("\\u20ac", 85, place), SABIR_OK);
        static const char *const pieces[] = {"a", "\\u0061", "\\u20ac", "\xe2\x82\xac"};
        static const size_t counts[] = {256, 256, 86, 86};
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(read_long_names(pieces[i], counts[i], place), SABIR_EMALFORMED);
            assert_string_equal(fault.clause, clause);
            assert_int_equal(read_long_names(pieces[i], 65536, place), SABIR_EMALFORMED);
            assert_string_equal(fault.clause, clause);
        }
    }
}

static void every_text_may_be_escaped_and_long_at_once(void **state) {
    (void)state;
    char text[6 * 1300 + 300], name[6 * 255 + 1], id[6 * 64 + 1];
    for (size_t i = 0; i < 255; i++) memcpy(name + 6 * i, "\\u0061", 7);
    for (size_t i = 0; i < 64; i++) memcpy(id + 6 * i, "\\u0062", 7);
    (void)snprintf(text, sizeof text,
                   "{\"type\":\"%s\",\"target\":\"%s\",\"sender\":{\"name\":\"%s\",\"endpoint\":\"%s\"},\"payload\":{},"
                   "\"id\":\"%s\",\"re\":\"%s\","
                   "\"trace\":\"\\u0030\\u0030-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\",\"seq\":"
                   "\"\\u0030123456789abcdef:18446744073709551615\"}",
                   name, name, name, name, id, id);
    assert_read(text);
    const struct sb_text names[] = {envelope.type, envelope.target, envelope.sender_name, envelope.sender_endpoint};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(names[i].len_bytes, 255);
        for (size_t k = 0; k < 255; k++) assert_int_equal(names[i].bytes[k], 'a');
    }
    assert_int_equal(envelope.id.len_bytes, 64);
    assert_int_equal(envelope.re.bytes[63], 'b');
    assert_text(envelope.trace, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assert_text(envelope.seq, "0123456789abcdef:18446744073709551615");
}

static void a_sender_is_whole_or_there_is_none(void **state) {
    (void)state;
    static const char *const no_objects[] = {"1 ", "\"n\" ", "[] ", "true ", "false "};
    for (size_t i = 0; i < sizeof no_objects / sizeof no_objects[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "{\"type\":\"T\",\"target\":\"t\",\"payload\":{},\"sender\":%s}",
                       no_objects[i]);
        assert_refused(text, "ENV-7", no_objects[i]);
    }
    assert_refused(V1(",\"sender\":{ }"), "ENV-7", "{ }");
    assert_refused(V1(",\"sender\":{\"name\":\"n\"}"), "ENV-7", "{\"name");
    assert_refused(V1(",\"sender\":{\"endpoint\":\"e\"}"), "ENV-7", "{\"endpoint");
    assert_refused(V1(",\"sender\":{\"name\":null,\"endpoint\":\"e\"}"), "ENV-7", "null");
    assert_refused(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":null}"), "ENV-7", "null");
    assert_refused(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":5001}"), "ENV-7", "5001");
    assert_refused(V1(",\"sender\":{\"name\":\"\",\"endpoint\":\"e\"}"), "ENV-7", "\"\"");
    assert_refused(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":\"\"}"), "ENV-7", "\"\"");
    assert_refused(V1(",\"sender\":{\"name\":\"\\n\",\"endpoint\":\"e\"}"), "ENV-7", "\"\\n\"");
    assert_refused(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":\"a\x7f\"}"), "ENV-7", "\"a\x7f");
    assert_read(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":\"no endpoint at all\"}")); /* END-2 */
    assert_text(envelope.sender_endpoint, "no endpoint at all");
}

static void a_payload_is_an_object(void **state) {
    (void)state;
    static const char *const values[] = {"[] ", "\"x\" ", "1 ", "1.5 ", "null ", "true ", "false "};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "{\"type\":\"T\",\"target\":\"t\",\"payload\":%s}", values[i]);
        assert_refused(text, "ENV-8", values[i]);
    }
}

static void id_and_re_obey_env_9(void **state) {
    (void)state;
    static const char *const keys[] = {"id", "re"};
    static const char *const values[] = {
        "1",        "true",
        "[]",       "{}",
        "\"\"",     "\"a\\u0000\"",
        "\"\\t\"",  "\"\xc3\xa9\"",
        "\"\x7f\"", "\"12345678901234567890123456789012345678901234567890123456789012345\""};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            char text[300], mark[100];
            (void)snprintf(text, sizeof text, "{\"type\":\"T\",\"target\":\"t\",\"payload\":{ },\"%s\":%s }", keys[k],
                           values[i]);
            (void)snprintf(mark, sizeof mark, ":%s }", values[i]);
            const char *place = strstr(text, mark);
            assert_non_null(place);
            assert_refused(text, "ENV-9", place + 1);
        }
    }
    assert_read(V1(",\"id\":\"1234567890123456789012345678901234567890123456789012345678901234\",\"re\":\" ~\""));
    assert_int_equal(envelope.id.len_bytes, 64);
}

static void a_trace_or_seq_that_is_not_valid_is_ignored(void **state) {
    (void)state;
#define PARENT "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
    static const char *const traces[] = {
        "1",
        "[]",
        "\"\"",
        "\"x\"",
        "\"00-" PARENT "-0\"",
        "\"00-" PARENT "-01x\"",
        "\"ff-" PARENT "-01\"",
        "\"0g-" PARENT "-01\"",
        "\"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"",
        "\"00-00000000000000000000000000000000-b7ad6b7169203331-01\"",
        "\"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01\"",
        "\"00_" PARENT "-01\"",
    };
    for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++) {
        char text[300];
        (void)snprintf(text, sizeof text, "{\"type\":\"T\",\"target\":\"t\",\"payload\":{},\"trace\":%s}", traces[i]);
        assert_read(text);
        assert_text(envelope.trace, NULL);
    }
    assert_read(V1(",\"trace\":\"cc-" PARENT "-00\""));
    assert_text(envelope.trace, "cc-" PARENT "-00");
    static const char *const seqs[] = {"1",
                                       "\"\"",
                                       "\"0123456789abcdef\"",
                                       "\"0123456789abcdef:\"",
                                       "\"0123456789abcdef:0\"",
                                       "\"0123456789abcdef:01\"",
                                       "\"0123456789abcdeg:1\"",
                                       "\"0123456789abcdef:1x\"",
                                       "\"0123456789abcdef:-1\"",
                                       "\"0123456789abcdef:18446744073709551616\"",
                                       "\"0123456789abcdef:184467440737095516150\"",
                                       "\"0123456789abcde:11\""};
    for (size_t i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
        char text[300];
        (void)snprintf(text, sizeof text, "{\"type\":\"T\",\"target\":\"t\",\"payload\":{},\"seq\":%s}", seqs[i]);
        assert_read(text);
        assert_text(envelope.seq, NULL);
    }
}

/* ---- order of checks, limits ------------------------------------------------------------------------------------- */

static void text_is_judged_before_shape(void **state) {
    (void)state;
    assert_refused("{\"type\":1,\"target\":2,\"payload\":[1,]}", "ENV-2", "]}");
    assert_refused("{\"type\":1,\"type\":2}", "ENV-4", "\"type\":2");
    assert_refused("{\"type\":\"\\ud800\"}", "TXT-1", "\\ud800");
}

static void payload_text_obeys_txt_1(void **state) {
    (void)state;
    assert_refused(V1(",\"x\":\"\xff\""), "TXT-1", "\xff");
    assert_refused("{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":\"\\udc00\"}}", "TXT-1", "\\udc00");
    assert_refused("{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":\"\x01\"}}", "TXT-1", "\x01");
    assert_read("{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":\"a\\u0000b\"}}");
    assert_text(envelope.payload, "{\"a\":\"a\\u0000b\"}");
}

static int read_nested(size_t arrays) {
    char text[500] = "{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":";
    for (size_t i = 0; i < arrays; i++) strcat(text, "[");
    for (size_t i = 0; i < arrays; i++) strcat(text, "]");
    strcat(text, "}}");
    return read_bytes(text, strlen(text));
}

static void sixty_four_levels_are_the_limit(void **state) {
    (void)state;
    assert_int_equal(read_nested(62), SABIR_OK); /* the envelope is level 1, the payload 2 */
    assert_int_equal(read_nested(63), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "LIM-1");
    assert_int_equal(fault.offset_bytes, strlen("{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":") + 62);
}

static void two_mebibytes_are_the_limit(void **state) {
    (void)state;
    static const char head[] = "{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":\"";
    char *text = malloc(SB_ENVELOPE_MAX_BYTES + 1);
    assert_non_null(text);
    memset(text, 'x', SB_ENVELOPE_MAX_BYTES + 1);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + SB_ENVELOPE_MAX_BYTES - 3, "\"}}", 3);
    assert_int_equal(read_bytes(text, SB_ENVELOPE_MAX_BYTES), SABIR_OK);
    text[SB_ENVELOPE_MAX_BYTES] = ' ';
    assert_int_equal(read_bytes(text, SB_ENVELOPE_MAX_BYTES + 1), SABIR_ETOOBIG);
    assert_string_equal(fault.clause, "LIM-1");
    assert_int_equal(fault.offset_bytes, SB_ENVELOPE_MAX_BYTES);
    free(text);
}

static void only_large_objects_take_memory(void **state) {
    (void)state;
    sb_alloc_fail_after(1);
    int error = read_bytes(V1(",\"sender\":{\"name\":\"n\",\"endpoint\":\"e\"},\"id\":\"\\u0061\""),
                           sizeof V1(",\"sender\":{\"name\":\"n\",\"endpoint\":\"e\"},\"id\":\"\\u0061\"") - 1);
    assert_int_equal(error, SABIR_OK);
    char text[1000] = "{\"type\":\"T\",\"target\":\"t\",\"payload\":{\"a\":0";
    for (int i = 0; i < 40; i++) (void)sprintf(text + strlen(text), ",\"k%d\":0", i);
    strcat(text, "}}");
    error = read_bytes(text, strlen(text));
    assert_int_equal(error, SABIR_ENOMEM);
    sb_alloc_fail_after(0);
    assert_int_equal(read_bytes(text, strlen(text)), SABIR_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_envelope_gives_its_parts),
        cmocka_unit_test(what_is_absent_is_null),
        cmocka_unit_test(keys_may_come_in_any_order),
        cmocka_unit_test(unknown_keys_are_ignored),
        cmocka_unit_test(text_that_is_not_json_breaks_env_2),
        cmocka_unit_test(what_is_no_object_breaks_env_2),
        cmocka_unit_test(a_missing_key_breaks_env_3),
        cmocka_unit_test(a_key_twice_breaks_env_4),
        cmocka_unit_test(an_escaped_key_is_the_key),
        cmocka_unit_test(type_and_target_obey_env_6),
        cmocka_unit_test(names_have_1_to_255_bytes_after_unescaping),
        cmocka_unit_test(every_text_may_be_escaped_and_long_at_once),
        cmocka_unit_test(a_sender_is_whole_or_there_is_none),
        cmocka_unit_test(a_payload_is_an_object),
        cmocka_unit_test(id_and_re_obey_env_9),
        cmocka_unit_test(a_trace_or_seq_that_is_not_valid_is_ignored),
        cmocka_unit_test(text_is_judged_before_shape),
        cmocka_unit_test(payload_text_obeys_txt_1),
        cmocka_unit_test(sixty_four_levels_are_the_limit),
        cmocka_unit_test(two_mebibytes_are_the_limit),
        cmocka_unit_test(only_large_objects_take_memory),
    };
    return cmocka_run_group_tests_name("envelope_read", tests, NULL, end_reading);
}
