/*
 * The dialect of the older family, read: its parts, what it calls absent, and what it refuses, with the exact clause
 * and place.
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

#include "support/read_envelope.h"

#define V1(rest) "{\"type\":\"T\",\"target\":\"t\",\"payload\":{}" rest "}"
#define FLAT(rest) "{\"receiver\":\"r\",\"message_type\":\"T\"" rest "}"

static void a_flat_envelope_gives_its_parts(void **state) {
    (void)state;
    assert_read("{\"sender_actor\": \"ping\", \"sender_endpoint\": \"tcp://localhost:5002\", \"receiver\": \"pong\", "
                "\"message_type\": \"Ping\", \"message\": {\"count\": 1}}");
    assert_int_equal(envelope.dialect, SABIR_DIALECT_FLAT);
    assert_true(envelope.has_sender);
    assert_text(envelope.type, "Ping");
    assert_text(envelope.target, "pong");
    assert_text(envelope.sender_name, "ping");
    assert_text(envelope.sender_endpoint, "tcp://localhost:5002");
    assert_text(envelope.payload, "{\"count\": 1}");
    assert_text(envelope.id, NULL);
    assert_text(envelope.trace, NULL);
}

static void a_flat_sender_that_is_not_whole_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        FLAT(""),
        FLAT(",\"sender_actor\":null,\"sender_endpoint\":null"),
        FLAT(",\"sender_actor\":\"\",\"sender_endpoint\":\"\""),
        FLAT(",\"sender_actor\":\"a\""),
        FLAT(",\"sender_endpoint\":\"e\""),
        FLAT(",\"sender_actor\":\"a\",\"sender_endpoint\":null"),
        FLAT(",\"sender_actor\":null,\"sender_endpoint\":\"e\""),
        FLAT(",\"sender_actor\":\"a\",\"sender_endpoint\":\"\""),
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_read(texts[i]);
        assert_false(envelope.has_sender);
        assert_text(envelope.sender_name, NULL);
        assert_text(envelope.sender_endpoint, NULL);
    }
}

static void a_flat_message_without_fields_is_empty(void **state) {
    (void)state;
    assert_read(FLAT(""));
    assert_text(envelope.payload, "{}");
    assert_read(FLAT(",\"message\":null"));
    assert_text(envelope.payload, "{}");
    assert_read(FLAT(",\"message\":{\"a\":null}"));
    assert_text(envelope.payload, "{\"a\":null}");
}

static void flat_knows_nothing_of_v1s_keys(void **state) {
    (void)state;
    assert_read(FLAT(
        ",\"type\":1,\"payload\":2,\"sender\":{\"name\":3},\"id\":\"x\",\"re\":[],\"seq\":\"0123456789abcdef:1\""));
    assert_text(envelope.type, "T");
    assert_text(envelope.id, NULL);
    assert_text(envelope.re, NULL);
    assert_text(envelope.seq, NULL);
    assert_read(V1(",\"message\":1,\"message_type\":2,\"sender_actor\":3,\"sender_endpoint\":[]"));
    assert_int_equal(envelope.dialect, SABIR_DIALECT_V1);
}

static void target_and_receiver_together_break_dia_1(void **state) {
    (void)state;
    assert_refused(V1(",\"receiver\":\"t\""), "DIA-1", "\"receiver\"");
    assert_refused(V1(",\"receiver\":null"), "DIA-1", "\"receiver\"");
    assert_refused(FLAT(",\"target\":null"), "DIA-1", "\"target\"");
    assert_refused("{\"\\u0072eceiver\":\"r\",\"message_type\":\"T\",\"targe\\u0074\":\"t\"}", "DIA-1", "\"targe");
}

static void flat_shapes_obey_dia_5_and_env_6(void **state) {
    (void)state;
    assert_refused(" {\"receiver\":\"r\"}", "DIA-5", "{");
    assert_string_equal(fault.reason, "message_type is missing");
    assert_refused("{\"receiver\":\"\",\"message_type\":\"T\"}", "ENV-6", "\"\"");
    assert_refused("{\"receiver\":null,\"message_type\":\"T\"}", "ENV-6", "null");
    assert_refused("{\"receiver\":\"a\\u0000b\",\"message_type\":\"T\"}", "ENV-6", "\"a\\u");
    assert_refused("{\"receiver\":\"r\",\"message_type\":7}", "ENV-6", "7");
    assert_refused("{\"receiver\":\"r\",\"message_type\":\"\"}", "ENV-6", "\"\"");
    assert_refused(FLAT(",\"sender_actor\":5"), "DIA-5", "5");
    assert_refused(FLAT(",\"sender_actor\":{}"), "DIA-5", "{}");
    assert_refused(FLAT(",\"sender_actor\":\"\\n\""), "DIA-5", "\"\\n");
    assert_refused(FLAT(",\"sender_endpoint\":false,\"sender_actor\":null"), "DIA-5", "false");
    assert_refused(FLAT(",\"sender_endpoint\":\"\\u0000\""), "DIA-5", "\"\\u0000");
    assert_refused(FLAT(",\"message\":[]"), "DIA-5", "[]");
    assert_refused(FLAT(",\"message\":\"x\""), "DIA-5", "\"x\"");
    assert_refused(FLAT(",\"message\":1"), "DIA-5", "1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flat_envelope_gives_its_parts),
        cmocka_unit_test(a_flat_sender_that_is_not_whole_is_none),
        cmocka_unit_test(a_flat_message_without_fields_is_empty),
        cmocka_unit_test(flat_knows_nothing_of_v1s_keys),
        cmocka_unit_test(target_and_receiver_together_break_dia_1),
        cmocka_unit_test(flat_shapes_obey_dia_5_and_env_6),
    };
    return cmocka_run_group_tests_name("envelope_flat", tests, NULL, end_reading);
}
