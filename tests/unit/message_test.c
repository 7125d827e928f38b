/*
 * Messages in their forms: struct, text, object; who owns what.
 */
#include "error.h"
#include "message.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "support/messages.h"
#include "support/stage.h"

static const char language, other_language;

static void a_value_is_copied_with_all_it_reaches(void **state) {
    (void)state;
    char text[200];
    memset(text, 'x', sizeof text);
    sabir_message *message;
    assert_ok(sabir_message_new(Words_type(), &(struct Words){{text, sizeof text}}, &message));
    memset(text, 'y', sizeof text);
    const void *value;
    assert_ok(sabir_message_value_get(message, Words_type(), &value));
    const struct Words *words = value;
    assert_int_equal(words->text.len_bytes, 200);
    for (size_t i = 0; i < 200; i++) assert_int_equal(words->text.bytes[i], 'x');
    sabir_message_free(message);
}

static void value_and_text_turn_into_each_other(void **state) {
    (void)state;
    sabir_message *message = new_number(-5);
    const char *json;
    size_t len_bytes;
    assert_ok(sabir_message_json_get(message, &json, &len_bytes));
    assert_int_equal(len_bytes, 12);
    assert_memory_equal(json, "{\"value\":-5}", 12);
    sabir_message_free(message);
    const void *value;
    assert_ok(sabir_message_new_json(Number_type(), " {\"value\" : 9223372036854775807, \"more\": []} ", 45, &message));
    assert_ok(sabir_message_value_get(message, Number_type(), &value));
    assert_true(((const struct Number *)value)->value == INT64_MAX);
    assert_ok(sabir_message_json_get(message, &json, &len_bytes));
    assert_int_equal(len_bytes, 45); /* the text stays as it came */
    assert_fails(sabir_message_value_get(message, Answer_type(), &value), SABIR_EMISMATCH,
                 "'stage.Number', not 'stage.Answer'");
    sabir_message_free(message);
}

static void open_payloads_are_texts(void **state) {
    (void)state;
    sabir_message *message;
    struct sabir_json text = {"{\"a\":[1,2.5]}", 13};
    assert_ok(sabir_message_new(Anything_type(), &text, &message));
    const void *value;
    assert_ok(sabir_message_value_get(message, Anything_type(), &value));
    const struct sabir_json *seen = value;
    assert_int_equal(seen->len_bytes, 13);
    assert_memory_equal(seen->bytes, text.bytes, 13);
    sabir_message_free(message);
    assert_ok(sabir_message_new(Anything_type(), NULL, &message));
    assert_ok(sabir_message_value_get(message, Anything_type(), &value));
    assert_memory_equal(((const struct sabir_json *)value)->bytes, "{}", 2);
    sabir_message_free(message);
}

static int new_json(const sabir_type *type, const char *json) {
    sabir_message *message;
    int code = sabir_message_new_json(type, json, strlen(json), &message);
    if (code == SABIR_OK) sabir_message_free(message);
    return code;
}

static void bad_texts_are_refused_in_words(void **state) {
    (void)state;
    assert_fails(new_json(Number_type(), "{\"value\":}"), SABIR_EMALFORMED, "ENV-2 at byte 9");
    assert_fails(new_json(Number_type(), "{\"value\":1,\"value\":2}"), SABIR_EMALFORMED, "ENV-4");
    assert_fails(new_json(Number_type(), "[]"), SABIR_EMALFORMED, "ENV-8");
    assert_fails(new_json(Number_type(), " \n 1"), SABIR_EMALFORMED, "ENV-8");
    assert_fails(new_json(Number_type(), "{}"), SABIR_EBADPAYLOAD, "value");
    assert_fails(new_json(Number_type(), "{\"value\":1.5}"), SABIR_EBADPAYLOAD, "value");
    assert_fails(new_json(Anything_type(), "{\"a\":1e999}"), SABIR_EBADPAYLOAD, NULL);
    assert_fails(new_json(Anything_type(), "{\"a\":18446744073709551616}"), SABIR_EBADPAYLOAD, NULL);
    sabir_message *message;
    assert_fails(sabir_message_new_json(Number_type(), NULL, 0, &message), SABIR_EINVAL, "text is NULL");
    size_t big = SB_ENVELOPE_MAX_BYTES + 1;
    char *text = calloc(1, big);
    assert_fails(sabir_message_new_json(Number_type(), text, big, &message), SABIR_ETOOBIG, "2097153 bytes");
    free(text);
}

#define REAL_FIELDS(F) F(SABIR_DOUBLE, real)
SABIR_MESSAGE_NAMED(Real, "message_test.Real", REAL_FIELDS);

static void bad_values_are_refused_before_anything_is_sent(void **state) {
    (void)state;
    sabir_message *message;
    assert_fails(sabir_message_new(Real_type(), &(struct Real){NAN}, &message), SABIR_EVALUE, "real");
    assert_fails(sabir_message_new(Real_type(), &(struct Real){-INFINITY}, &message), SABIR_EVALUE, "real");
    assert_fails(sabir_message_new(Words_type(), &(struct Words){{"\xed\xa0\x80", 3}}, &message), SABIR_EVALUE, "text");
    assert_fails(sabir_message_new(NULL, NULL, &message), SABIR_EINVAL, "the message's type is NULL");
    assert_fails(sabir_message_new(Number_type(), NULL, NULL), SABIR_EINVAL, "last argument");
    assert_fails(sabir_message_new(sabir_type_timeout(), NULL, &message), SABIR_ERESERVED, "'Timeout'");
    assert_fails(sabir_message_new(sabir_type_start(), NULL, &message), SABIR_ERESERVED, "'Start'");
    assert_ok(sabir_message_new(Number_type(), NULL, &message)); /* all zero */
    sabir_message_free(message);
    sabir_message_free(NULL);
}

static int drops;

static void drop(void *object) {
    (void)object;
    drops++;
}

/* What a macro of <sabir/type.h> gives for a table that is refused is NULL: the words of the refusal come with it. */
static void a_type_that_was_refused_is_explained_where_it_is_used(void **state) {
    (void)state;
    sabir_message *message;
    const sabir_type *type = NULL;
    const struct sabir_field rows[] = {{"count", "INT65", SABIR_OFFSET_AUTO, 0}};
    sabir_actor *actor;
    assert_fails(sabir_type_register("message.Refused", rows, 1, 0, &type), SABIR_EINVAL, "INT65");
    assert_null(type);
    assert_fails(sabir_message_new(type, NULL, &message), SABIR_EINVAL, "field \"count\"");
    assert_non_null(strstr(sb_error_detail(), "INT65"));
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    assert_fails(sabir_actor_on(actor, type, NULL), SABIR_EINVAL, "message.Refused");
    sabir_actor_free(actor);
}

static void an_object_is_dropped_exactly_once(void **state) {
    (void)state;
    int object = 0;
    drops = 0;
    sabir_message *message;
    assert_ok(sabir_message_new_object(Number_type(), &language, &object, drop, &message));
    assert_ptr_equal(sabir_message_object_get(message, &language), &object);
    assert_null(sabir_message_object_get(message, &other_language));
    assert_null(sabir_message_object_get(message, NULL));
    const void *value;
    const char *json;
    size_t len_bytes;
    assert_fails(sabir_message_value_get(message, Number_type(), &value), SABIR_EMISMATCH, "object");
    assert_fails(sabir_message_json_get(message, &json, &len_bytes), SABIR_EMISMATCH, "object");
    sabir_message_free(message);
    assert_int_equal(drops, 1);
    assert_ok(sabir_message_new_object(Number_type(), &language, &object, drop, &message));
    assert_ptr_equal(sabir_message_object_take(message, &language), &object);
    sabir_message_free(message);
    assert_int_equal(drops, 1); /* moved out: not ours any more */
    assert_fails(sabir_message_new_object(NULL, &language, &object, drop, &message), SABIR_EINVAL, NULL);
    assert_fails(sabir_message_new_object(Number_type(), NULL, &object, drop, &message), SABIR_EINVAL, "language");
    assert_int_equal(drops, 3); /* also when the call fails */
}

static void without_memory_nothing_is_lost(void **state) {
    (void)state;
    char text[200] = {0};
    struct Words words = {{text, sizeof text}};
    sabir_message_free(new_number(1)); /* the pool is there */
    int code = SABIR_ENOMEM;
    for (unsigned long k = 1; code == SABIR_ENOMEM; k++) {
        sabir_message *message = NULL;
        sb_alloc_fail_after(k);
        code = sabir_message_new(Words_type(), &words, &message);
        const char *json;
        size_t len_bytes;
        if (code == SABIR_OK) code = sabir_message_json_get(message, &json, &len_bytes);
        if (code == SABIR_OK && !sb_message_meta_make(message)) code = SABIR_ENOMEM;
        sb_alloc_fail_after(0);
        sabir_message_free(message);
        assert_true(k < 50);
    }
    assert_int_equal(code, SABIR_OK);
}

#define READ_FIELDS(F) F(SABIR_STRING, text) F(SABIR_LIST(SABIR_INT64), numbers)
SABIR_MESSAGE(Read, READ_FIELDS);

/* Into the node where it fits, else into a block of the message's own. */
static void what_was_read_in_passing_becomes_the_messages_own(void **state) {
    (void)state;
    static const char *const texts[] = {"{\"text\":\"a text of forty characters, it just fits\",\"numbers\":[1]}",
                                        "{\"text\":\"a text of forty-one characters is too big\",\"numbers\":[1]}"};
    for (size_t i = 0; i < 2; i++) {
        int code = SABIR_ENOMEM;
        unsigned long k = 0;
        while (code == SABIR_ENOMEM) {
            char text[80];
            _Alignas(8) char desk[256];
            struct sb_plain_room room;
            sabir_message *message = NULL;
            const void *value;
            snprintf(text, sizeof text, "%s", texts[i]);
            size_t read = sb_plain_read(Read_type(), sb_text_of(text), desk, sizeof desk, &room);
            assert_int_equal(read, strlen(text));
            sb_alloc_fail_after(++k);
            code = sb_message_new_wire_value(Read_type(), desk, &room, &message);
            sb_alloc_fail_after(0);
            assert_true((message != NULL) == (code == SABIR_OK));
            if (code != SABIR_OK) continue;
            memset(text, 'x', sizeof text);
            memset(desk, 'x', sizeof desk);
            assert_int_equal(message->value_is_block, i == 1);
            assert_ok(sabir_message_value_get(message, Read_type(), &value));
            const struct Read *got = value;
            assert_int_equal(got->text.len_bytes, 40 + i);
            assert_memory_equal(got->text.bytes, texts[i] + strlen("{\"text\":\""), 40 + i);
            assert_true(got->numbers.count == 1 && *(const int64_t *)got->numbers.items == 1);
            sabir_message_free(message);
        }
        assert_int_equal(k, i + 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_copied_with_all_it_reaches),
        cmocka_unit_test(value_and_text_turn_into_each_other),
        cmocka_unit_test(open_payloads_are_texts),
        cmocka_unit_test(bad_texts_are_refused_in_words),
        cmocka_unit_test(bad_values_are_refused_before_anything_is_sent),
        cmocka_unit_test(a_type_that_was_refused_is_explained_where_it_is_used),
        cmocka_unit_test(an_object_is_dropped_exactly_once),
        cmocka_unit_test(without_memory_nothing_is_lost),
        cmocka_unit_test(what_was_read_in_passing_becomes_the_messages_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
