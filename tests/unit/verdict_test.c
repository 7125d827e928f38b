/*
 * The public judge: what it tells of accepted and of refused bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sabir/envelope.h>
#include <sabir/error.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "error.h"

static sabir_verdict *judge(const char *text, uint32_t judged) {
    sabir_verdict *verdict = NULL;
    assert_int_equal(sabir_verdict_new(text, strlen(text), judged, &verdict), SABIR_OK);
    assert_non_null(verdict);
    return verdict;
}

static void assert_part(const sabir_verdict *verdict, void (*get)(const sabir_verdict *, struct sabir_string *),
                        const char *expected) {
    struct sabir_string text = {"unset", 5};
    get(verdict, &text);
    assert_int_equal(text.len_bytes, expected ? strlen(expected) : 0);
    if (expected)
        assert_memory_equal(text.bytes, expected, text.len_bytes);
    else
        assert_null(text.bytes);
}

static void an_accepted_envelope_tells_its_parts(void **state) {
    (void)state;
    sabir_verdict *verdict = judge("{\"type\":\"P\\u0069ng\",\"target\":\"t\",\"sender\":{\"name\":\"n\",\"endpoint\":"
                                   "\"e\"},\"payload\":{\"a\":1},\"id\":\"i\",\"re\":\"r\"}",
                                   SABIR_JUDGED_ENVELOPE);
    assert_true(sabir_verdict_accepted(verdict));
    assert_null(sabir_verdict_clause(verdict));
    assert_null(sabir_verdict_reason(verdict));
    assert_int_equal(sabir_verdict_offset_bytes(verdict), 0);
    assert_int_equal(sabir_verdict_dialect(verdict), SABIR_DIALECT_V1);
    assert_part(verdict, sabir_verdict_type_get, "Ping");
    assert_part(verdict, sabir_verdict_target_get, "t");
    assert_part(verdict, sabir_verdict_sender_name_get, "n");
    assert_part(verdict, sabir_verdict_sender_endpoint_get, "e");
    assert_part(verdict, sabir_verdict_payload_get, "{\"a\":1}");
    assert_part(verdict, sabir_verdict_id_get, "i");
    assert_part(verdict, sabir_verdict_re_get, "r");
    sabir_verdict_free(verdict);
}

static void an_accepted_flat_envelope_says_so(void **state) {
    (void)state;
    sabir_verdict *verdict = judge("{\"receiver\":\"r\",\"message_type\":\"T\"}", SABIR_JUDGED_ENVELOPE);
    assert_true(sabir_verdict_accepted(verdict));
    assert_int_equal(sabir_verdict_dialect(verdict), SABIR_DIALECT_FLAT);
    assert_part(verdict, sabir_verdict_target_get, "r");
    assert_part(verdict, sabir_verdict_sender_name_get, NULL);
    assert_part(verdict, sabir_verdict_payload_get, "{}");
    sabir_verdict_free(verdict);
}

static void a_refused_envelope_tells_clause_reason_and_place_and_nothing_else(void **state) {
    (void)state;
    sabir_verdict *verdict = judge("{\"type\":\"T\",\"target\":\"t\",\"payload\":[]}", SABIR_JUDGED_ENVELOPE);
    assert_false(sabir_verdict_accepted(verdict));
    assert_string_equal(sabir_verdict_clause(verdict), "ENV-8");
    assert_string_equal(sabir_verdict_reason(verdict), "payload must be an object");
    assert_int_equal(sabir_verdict_offset_bytes(verdict), 35);
    assert_part(verdict, sabir_verdict_type_get, NULL);
    assert_part(verdict, sabir_verdict_target_get, NULL);
    assert_part(verdict, sabir_verdict_payload_get, NULL);
    sabir_verdict_free(verdict);
}

static void more_than_the_limit_is_refused_not_an_error(void **state) {
    (void)state;
    static char bytes[2 * 1024 * 1024 + 1];
    memset(bytes, ' ', sizeof bytes);
    sabir_verdict *verdict = NULL;
    assert_int_equal(sabir_verdict_new(bytes, sizeof bytes, SABIR_JUDGED_ENVELOPE, &verdict), SABIR_OK);
    assert_false(sabir_verdict_accepted(verdict));
    assert_string_equal(sabir_verdict_clause(verdict), "LIM-1");
    sabir_verdict_free(verdict);
    memcpy(bytes, "[]", 2);
    assert_int_equal(sabir_verdict_new(bytes, sizeof bytes, SABIR_JUDGED_TEXT, &verdict), SABIR_OK);
    assert_true(sabir_verdict_accepted(verdict)); /* the limit is the envelope's */
    sabir_verdict_free(verdict);
}

static void any_text_can_be_judged(void **state) {
    (void)state;
    sabir_verdict *verdict = judge(" [1, \"x\"] ", SABIR_JUDGED_TEXT);
    assert_true(sabir_verdict_accepted(verdict));
    assert_part(verdict, sabir_verdict_type_get, NULL);
    sabir_verdict_free(verdict);
    verdict = judge("{\"a\":1,\"a\":2}", SABIR_JUDGED_TEXT);
    assert_false(sabir_verdict_accepted(verdict));
    assert_string_equal(sabir_verdict_clause(verdict), "ENV-4");
    assert_int_equal(sabir_verdict_offset_bytes(verdict), 7);
    sabir_verdict_free(verdict);
    assert_int_equal(sabir_verdict_new(NULL, 0, SABIR_JUDGED_TEXT, &verdict), SABIR_OK);
    assert_string_equal(sabir_verdict_clause(verdict), "ENV-2");
    sabir_verdict_free(verdict);
}

static void wrong_arguments_are_told(void **state) {
    (void)state;
    sabir_verdict *verdict = NULL;
    assert_int_equal(sabir_verdict_new(NULL, 1, SABIR_JUDGED_TEXT, &verdict), SABIR_EINVAL);
    assert_non_null(strstr(sb_error_detail(), "bytes is NULL"));
    assert_int_equal(sabir_verdict_new("", 0, SABIR_JUDGED_TEXT, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_verdict_new("", 0, 2, &verdict), SABIR_EINVAL);
    assert_non_null(strstr(sb_error_detail(), "judged is 2"));
    assert_null(verdict);
    struct sabir_string text = {"unset", 5};
    sabir_verdict_type_get(NULL, &text);
    assert_null(text.bytes);
    sabir_verdict_type_get(NULL, NULL);
    assert_false(sabir_verdict_accepted(NULL));
    assert_null(sabir_verdict_clause(NULL));
    assert_null(sabir_verdict_reason(NULL));
    assert_int_equal(sabir_verdict_offset_bytes(NULL), 0);
    assert_int_equal(sabir_verdict_dialect(NULL), SABIR_DIALECT_V1);
    sabir_verdict_free(NULL);
}

static void without_memory_there_is_no_verdict(void **state) {
    (void)state;
    char text[2000] = "{\"k\":0";
    for (int i = 0; i < 40; i++) (void)sprintf(text + strlen(text), ",\"k%d\":0", i);
    strcat(text, "}");
    for (unsigned long countdown = 1; countdown <= 3; countdown++) { /* the verdict, the list of keys, their table */
        sabir_verdict *verdict = NULL;
        sb_alloc_fail_after(countdown);
        assert_int_equal(sabir_verdict_new(text, strlen(text), SABIR_JUDGED_TEXT, &verdict), SABIR_ENOMEM);
        sb_alloc_fail_after(0);
        assert_null(verdict);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_envelope_tells_its_parts),
        cmocka_unit_test(an_accepted_flat_envelope_says_so),
        cmocka_unit_test(a_refused_envelope_tells_clause_reason_and_place_and_nothing_else),
        cmocka_unit_test(more_than_the_limit_is_refused_not_an_error),
        cmocka_unit_test(any_text_can_be_judged),
        cmocka_unit_test(wrong_arguments_are_told),
        cmocka_unit_test(without_memory_there_is_no_verdict),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
