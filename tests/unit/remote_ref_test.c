#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "manager.h"
#include "message.h"
#include "node_inner.h"
#include "remote_ref.h"
#include "support/test_node.h"

#define OTHER_FIELDS(F) F(SABIR_INT64, number)
SABIR_MESSAGE(Other, OTHER_FIELDS);

static struct test_node node;
static sabir_ref *v1, *flat;

/* A node that is not started: what is sent stays in the queue, where its bytes can be looked at. */
static int begin(void **state) {
    (void)state;
    test_node_make(&node, NULL);
    assert_int_equal(sabir_manager_remote(node.manager, "there", "tcp://127.0.0.1:9", SABIR_DIALECT_V1, &v1), SABIR_OK);
    assert_int_equal(sabir_manager_remote(node.manager, "there", "tcp://127.0.0.1:8", SABIR_DIALECT_FLAT, &flat),
                     SABIR_OK);
    return 0;
}

static int end(void **state) {
    (void)state;
    test_node_stop(&node);
    assert_int_equal(test_send_note(v1, 1, NULL), SABIR_ECLOSED); /* refs outlive their node */
    sabir_ref_release(v1);
    sabir_ref_release(flat);
    return 0;
}

/* What was sent last, without its seq; the queue is empty afterwards. */
static const char *sent_to(sabir_ref *ref) {
    static char text[4096];
    struct sb_peer *peer = ((struct sb_remote_ref *)(void *)ref)->peer;
    sb_mutex_lock(&peer->lock);
    struct sb_letter *letter = sb_peer_take_locked(peer, INT64_MAX);
    sb_mutex_unlock(&peer->lock);
    assert_non_null(letter);
    assert_null(letter->next);
    size_t len_bytes = sb_packet_len_bytes(&letter->packet);
    assert_true(len_bytes < sizeof text);
    memcpy(text, sb_packet_bytes(&letter->packet), len_bytes);
    text[len_bytes] = '\0';
    char *seq = strstr(text, ",\"seq\":\"");
    if (seq) memcpy(seq, "}", 2);
    sb_packet_free(&letter->packet);
    sb_free(letter);
    return text;
}

static const char *expected(const char *format) {
    static char text[1024];
    snprintf(text, sizeof text, format, sabir_manager_endpoint(node.manager));
    return text;
}

static sabir_message *note(void) {
    struct TestNote value = {7};
    sabir_message *message;
    assert_int_equal(sabir_message_new(TestNote_type(), &value, &message), SABIR_OK);
    return message;
}

static void the_sender_is_its_name_and_the_advertised_endpoint(void **state) {
    (void)state;
    assert_int_equal(test_send_note(v1, 7, node.sink), SABIR_OK);
    assert_string_equal(
        sent_to(v1), expected("{\"type\":\"test.Note\",\"target\":\"there\",\"sender\":{\"name\":\"sink\",\"endpoint\":"
                              "\"%s\"},\"payload\":{\"number\":7}}"));
    assert_int_equal(test_send_note(flat, 7, node.sink), SABIR_OK);
    assert_string_equal(sent_to(flat),
                        expected("{\"sender_actor\":\"sink\",\"sender_endpoint\":\"%s\",\"receiver\":\"there\","
                                 "\"message_type\":\"test.Note\",\"message\":{\"number\":7}}"));
}

static void no_sender_is_null(void **state) {
    (void)state;
    assert_int_equal(test_send_note(v1, 7, NULL), SABIR_OK);
    assert_string_equal(sent_to(v1),
                        "{\"type\":\"test.Note\",\"target\":\"there\",\"sender\":null,\"payload\":{\"number\":7}}");
    assert_int_equal(test_send_note(flat, 7, NULL), SABIR_OK);
    assert_string_equal(sent_to(flat), "{\"sender_actor\":null,\"sender_endpoint\":null,\"receiver\":\"there\","
                                       "\"message_type\":\"test.Note\",\"message\":{\"number\":7}}");
}

/* A thread keeps the head that it wrote last: it may serve nobody else. */
static void a_head_is_that_of_its_target_type_and_sender(void **state) {
    (void)state;
    static const char *const names[] = {"one", "two"};
    sabir_ref *to[2] = {NULL, NULL};
    uint32_t random = 1;
    for (int i = 0; i < 500; i++) { /* each of the eight ways behind each other one; now and then the refs are others */
        for (int which = 0; i % 50 == 0 && which < 2; which++) {
            sabir_ref_release(to[which]);
            assert_int_equal(sabir_manager_remote(node.manager, names[(which + i / 50) & 1], "tcp://127.0.0.1:9",
                                                  SABIR_DIALECT_V1, &to[which]),
                             SABIR_OK);
        }
        random = random * 1664525 + 1013904223;
        bool is_note = random >> 29 & 1, has_sender = random >> 30 & 1;
        sabir_ref *ref = to[random >> 31];
        struct TestNote value = {i}; /* Other has the same fields */
        sabir_message *message;
        assert_int_equal(sabir_message_new(is_note ? TestNote_type() : Other_type(), &value, &message), SABIR_OK);
        assert_int_equal(sabir_ref_send(ref, message, has_sender ? node.sink : NULL), SABIR_OK);
        char text[512];
        snprintf(text, sizeof text, "{\"type\":\"%s\",\"target\":\"%s\",\"sender\":%s%s%s,\"payload\":{\"number\":%d}}",
                 is_note ? "test.Note" : "Other", sabir_ref_name(ref),
                 has_sender ? "{\"name\":\"sink\",\"endpoint\":\"" : "null",
                 has_sender ? sabir_manager_endpoint(node.manager) : "", has_sender ? "\"}" : "", i);
        assert_string_equal(sent_to(ref), text);
    }
    sabir_ref_release(to[0]);
    sabir_ref_release(to[1]);
}

static void a_text_that_was_given_goes_as_it_is(void **state) {
    (void)state;
    const char *json = "{ \"number\" : 7 }";
    sabir_message *message;
    assert_int_equal(sabir_message_new_json(TestNote_type(), json, strlen(json), &message), SABIR_OK);
    assert_int_equal(sabir_ref_send(v1, message, NULL), SABIR_OK);
    assert_non_null(strstr(sent_to(v1), "\"payload\":{ \"number\" : 7 }"));
}

static void id_re_and_trace_go_with_a_v1_envelope(void **state) {
    (void)state;
    sabir_message *message = note();
    struct sb_meta *meta = sb_message_meta_make(message);
    strcpy(meta->id, "i-1");
    strcpy(meta->re, "r-1");
    strcpy(meta->trace, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    assert_int_equal(sabir_ref_send(v1, message, NULL), SABIR_OK);
    assert_string_equal(sent_to(v1),
                        "{\"type\":\"test.Note\",\"target\":\"there\",\"sender\":null,\"payload\":{\"number\":7},"
                        "\"id\":\"i-1\",\"re\":\"r-1\",\"trace\":"
                        "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}");
}

static void flat_has_no_ids_and_says_so_but_answers_all_the_same(void **state) {
    (void)state;
    sabir_message *message = note();
    strcpy(sb_message_meta_make(message)->id, "i-1");
    assert_int_equal(sabir_ref_send(flat, message, NULL), SABIR_EUNSUPPORTED);
    strcpy(sb_message_meta_make(message)->id, "");
    strcpy(sb_message_meta_make(message)->re, "r-1");
    assert_int_equal(sabir_ref_send(flat, message, NULL), SABIR_OK);
    assert_null(strstr(sent_to(flat), "r-1"));
}

static void a_flat_reject_has_exactly_three_fields(void **state) {
    (void)state;
    struct sabir_reject reject = {SABIR_STR("unknown_target"), SABIR_STR("no \"such\" actor"), SABIR_STR("Ping"),
                                  SABIR_STR("nobody"), SABIR_STR("tcp://127.0.0.1:1")};
    sabir_message *message;
    assert_int_equal(sabir_message_new(sabir_type_reject(), &reject, &message), SABIR_OK);
    assert_int_equal(sabir_ref_send(flat, message, NULL), SABIR_OK);
    assert_string_equal(sent_to(flat), "{\"sender_actor\":null,\"sender_endpoint\":null,\"receiver\":\"there\","
                                       "\"message_type\":\"Reject\",\"message\":{\"message_type\":\"Ping\",\"reason\":"
                                       "\"no \\\"such\\\" actor\",\"rejected_by\":\"nobody\"}}");
    assert_int_equal(sabir_message_new(sabir_type_reject(), &reject, &message), SABIR_OK);
    assert_int_equal(sabir_ref_send(v1, message, NULL), SABIR_OK);
    assert_string_equal(sent_to(v1),
                        "{\"type\":\"Reject\",\"target\":\"there\",\"sender\":null,\"payload\":{\"code\":"
                        "\"unknown_target\",\"reason\":\"no \\\"such\\\" actor\",\"message_type\":\"Ping\","
                        "\"target\":\"nobody\",\"rejected_by\":\"tcp://127.0.0.1:1\"}}");
}

static void rejects_beyond_the_rate_are_dropped_and_counted(void **state) {
    (void)state;
    unsigned sent = 0;
    for (int i = 0; i < 1000; i++) {
        sabir_message *message;
        assert_int_equal(sabir_message_new(sabir_type_reject(), NULL, &message), SABIR_OK);
        if (sabir_ref_send(v1, message, NULL) == SABIR_OK)
            sent++;
        else
            sabir_message_free(message);
    }
    assert_in_range(sent, 100, 400);
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_REJECT_LIMIT]), 1000 - sent);
}

static void an_envelope_over_the_limit_is_refused_before_anything_is_sent(void **state) {
    (void)state;
    size_t len_bytes = (size_t)2 * 1024 * 1024 - 20;
    char *json = malloc(len_bytes + 1);
    memset(json, ' ', len_bytes);
    memcpy(json, "{\"number\":7", 11);
    json[len_bytes - 1] = '}';
    sabir_message *message;
    assert_int_equal(sabir_message_new_json(TestNote_type(), json, len_bytes, &message), SABIR_OK);
    assert_int_equal(sabir_ref_send(v1, message, NULL), SABIR_ETOOBIG);
    sabir_message_free(message);
    json[len_bytes - 1000] = '}';
    assert_int_equal(sabir_message_new_json(TestNote_type(), json, len_bytes - 999, &message), SABIR_OK);
    assert_int_equal(sabir_ref_send(v1, message, NULL), SABIR_OK);
    free(json);
}

static void an_actor_of_another_node_is_no_sender(void **state) {
    (void)state;
    assert_int_equal(test_send_note(v1, 7, flat), SABIR_EINVAL);
}

static int object_language;

static void an_object_of_one_language_does_not_travel(void **state) {
    (void)state;
    sabir_message *message;
    assert_int_equal(sabir_message_new_object(TestNote_type(), &object_language, &node, NULL, &message), SABIR_OK);
    assert_int_equal(sabir_ref_send(v1, message, NULL), SABIR_EMISMATCH);
    sabir_message_free(message);
}

static void a_node_that_is_not_bound_sends_without_a_sender_only(void **state) {
    (void)state;
    sabir_manager *unbound;
    sabir_actor *actor;
    sabir_ref *ref, *self;
    assert_int_equal(sabir_manager_new(NULL, &unbound), SABIR_OK);
    assert_int_equal(sabir_actor_new(NULL, NULL, &actor), SABIR_OK);
    assert_int_equal(sabir_manager_manage(unbound, "me", actor, &self), SABIR_OK);
    assert_int_equal(sabir_manager_remote(unbound, "there", "tcp://127.0.0.1:9", SABIR_DIALECT_V1, &ref), SABIR_OK);
    assert_int_equal(test_send_note(ref, 7, self), SABIR_EUNBOUND);
    assert_int_equal(test_send_note(ref, 7, NULL), SABIR_OK);
    sabir_ref_release(self);
    sabir_ref_release(ref);
    sabir_manager_free(unbound);
}

static void a_ref_is_made_of_a_proper_name_and_endpoint_only(void **state) {
    (void)state;
    sabir_ref *ref;
    const char *endpoints[] = {"",
                               "foo",
                               "tcp://127.0.0.1",
                               "tcp://127.0.0.1:0",
                               "tcp://*:1",
                               "tcp://127.1:5",
                               "TCP://127.0.0.1:1",
                               "inproc://x",
                               "tcp://127.0.0.1:1/",
                               "tcp://127.0.0.1:1;127.0.0.2:1"};
    for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++)
        assert_int_equal(sabir_manager_remote(node.manager, "x", endpoints[i], SABIR_DIALECT_V1, &ref), SABIR_EINVAL);
    assert_int_equal(sabir_manager_remote(node.manager, "", "tcp://127.0.0.1:1", SABIR_DIALECT_V1, &ref), SABIR_EINVAL);
    assert_int_equal(sabir_manager_remote(node.manager, "a\nb", "tcp://127.0.0.1:1", SABIR_DIALECT_V1, &ref),
                     SABIR_EINVAL);
    assert_int_equal(sabir_manager_remote(node.manager, "sabir.x", "tcp://127.0.0.1:1", SABIR_DIALECT_V1, &ref),
                     SABIR_ERESERVED);
    assert_int_equal(sabir_manager_remote(node.manager, "x", "tcp://127.0.0.1:1", 7, &ref), SABIR_EINVAL);
    assert_int_equal(sabir_manager_remote(node.manager, "x", "tcp://localhost:9", SABIR_DIALECT_V1, &ref), SABIR_OK);
    assert_string_equal(sabir_ref_endpoint(ref), "tcp://127.0.0.1:9"); /* END-3 */
    sabir_ref_release(ref);
}

static void an_endpoint_that_is_none_refuses_and_is_counted(void **state) {
    (void)state;
    struct sb_remote_ref_spec spec = {
        .name = SB_TEXT("s"), .received = SB_TEXT("tcp://*:1"), .dialect = SABIR_DIALECT_V1};
    sabir_ref *ref;
    assert_int_equal(sb_remote_ref_new(node.manager->node, &spec, &ref), SABIR_OK);
    assert_string_equal(sabir_ref_endpoint(ref), "tcp://*:1");
    assert_int_equal(test_send_note(ref, 7, NULL), SABIR_EREFUSED);
    assert_int_equal(atomic_load(&node.dead[SABIR_DEAD_REFUSED]), 1);
    sabir_ref_release(ref);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_sender_is_its_name_and_the_advertised_endpoint, begin, end),
        cmocka_unit_test_setup_teardown(no_sender_is_null, begin, end),
        cmocka_unit_test_setup_teardown(a_head_is_that_of_its_target_type_and_sender, begin, end),
        cmocka_unit_test_setup_teardown(a_text_that_was_given_goes_as_it_is, begin, end),
        cmocka_unit_test_setup_teardown(id_re_and_trace_go_with_a_v1_envelope, begin, end),
        cmocka_unit_test_setup_teardown(flat_has_no_ids_and_says_so_but_answers_all_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_flat_reject_has_exactly_three_fields, begin, end),
        cmocka_unit_test_setup_teardown(rejects_beyond_the_rate_are_dropped_and_counted, begin, end),
        cmocka_unit_test_setup_teardown(an_envelope_over_the_limit_is_refused_before_anything_is_sent, begin, end),
        cmocka_unit_test_setup_teardown(an_actor_of_another_node_is_no_sender, begin, end),
        cmocka_unit_test_setup_teardown(an_object_of_one_language_does_not_travel, begin, end),
        cmocka_unit_test_setup_teardown(a_node_that_is_not_bound_sends_without_a_sender_only, begin, end),
        cmocka_unit_test_setup_teardown(a_ref_is_made_of_a_proper_name_and_endpoint_only, begin, end),
        cmocka_unit_test_setup_teardown(an_endpoint_that_is_none_refuses_and_is_counted, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
