/*
 * Whatever crosses the ABI by layout stays where it was: callback tables, message structs, batches, and the numbers of enums and
 * errors. A program built against release 1.0 has these figures compiled into it; change them and it breaks. New members go to the
 * end, and then get a line here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sabir/sabir.h>
#include <string.h>

#define WORD sizeof(void *)
#define MEMBER_IS_AT(type, member, offset) assert_int_equal(offsetof(type, member), (offset))

static void the_callback_table_of_an_actor_stays(void **state) {
    (void)state;
    MEMBER_IS_AT(struct sabir_actor_callbacks, size_bytes, 0);
    MEMBER_IS_AT(struct sabir_actor_callbacks, on_start, WORD);
    MEMBER_IS_AT(struct sabir_actor_callbacks, on_stop, 2 * WORD);
    MEMBER_IS_AT(struct sabir_actor_callbacks, drop, 3 * WORD);
    MEMBER_IS_AT(struct sabir_actor_callbacks, on_restart, 4 * WORD);
    assert_int_equal(sizeof(struct sabir_actor_callbacks), 5 * WORD);
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT};
    assert_int_equal(callbacks.size_bytes, sizeof callbacks);
}

static void a_pulled_batch_stays(void **state) {
    (void)state;
    MEMBER_IS_AT(struct sabir_batch, size_bytes, 0);
    MEMBER_IS_AT(struct sabir_batch, item_size_bytes, WORD);
    MEMBER_IS_AT(struct sabir_batch, count, 2 * WORD);
    MEMBER_IS_AT(struct sabir_batch, items, 3 * WORD);
    MEMBER_IS_AT(struct sabir_batch, yield, 4 * WORD);
    MEMBER_IS_AT(struct sabir_batch, current, 4 * WORD + 4);
    MEMBER_IS_AT(struct sabir_batch, self, 5 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, kind, 0);
    MEMBER_IS_AT(struct sabir_pulled, has_sender, 4);
    MEMBER_IS_AT(struct sabir_pulled, type, 8);
    MEMBER_IS_AT(struct sabir_pulled, handler_data, 8 + WORD);
    MEMBER_IS_AT(struct sabir_pulled, object, 8 + 2 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, json, 8 + 3 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, json_len_bytes, 8 + 4 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, sender, 8 + 5 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, message, 8 + 6 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, value_len_bytes, 8 + 7 * WORD);
    MEMBER_IS_AT(struct sabir_pulled, value, 8 + 8 * WORD);
    assert_int_equal(sizeof(struct sabir_pulled), 8 + 8 * WORD + SABIR_PULLED_VALUE_BYTES);
}

static void the_values_of_fields_stay(void **state) {
    (void)state;
    MEMBER_IS_AT(struct sabir_string, bytes, 0);
    MEMBER_IS_AT(struct sabir_string, len_bytes, WORD);
    assert_int_equal(sizeof(struct sabir_string), 2 * WORD);
    assert_int_equal(sizeof(struct sabir_bytes), 2 * WORD);
    assert_int_equal(sizeof(struct sabir_json), 2 * WORD);
    MEMBER_IS_AT(struct sabir_list, items, 0);
    MEMBER_IS_AT(struct sabir_list, count, WORD);
    assert_int_equal(sizeof(struct sabir_list), 2 * WORD);
    MEMBER_IS_AT(struct sabir_map, keys, 0);
    MEMBER_IS_AT(struct sabir_map, values, WORD);
    MEMBER_IS_AT(struct sabir_map, count, 2 * WORD);
    assert_int_equal(sizeof(struct sabir_map), 3 * WORD);
}

static void a_row_of_a_field_table_stays(void **state) {
    (void)state;
    MEMBER_IS_AT(struct sabir_field, name, 0);
    MEMBER_IS_AT(struct sabir_field, kind, WORD);
    MEMBER_IS_AT(struct sabir_field, offset_bytes, 2 * WORD);
    MEMBER_IS_AT(struct sabir_field, size_bytes, 3 * WORD);
    assert_int_equal(sizeof(struct sabir_field), 4 * WORD);
    assert_true(SABIR_OFFSET_AUTO == SIZE_MAX);
}

static void the_built_in_messages_stay(void **state) {
    (void)state;
    MEMBER_IS_AT(struct sabir_timeout, timer_id, 0);
    MEMBER_IS_AT(struct sabir_timeout, missed, 8);
    MEMBER_IS_AT(struct sabir_linkdown, endpoint, 0);
    MEMBER_IS_AT(struct sabir_linkdown, sent, 2 * WORD);
    MEMBER_IS_AT(struct sabir_linkdown, maybe_lost, 2 * WORD + 8);
    MEMBER_IS_AT(struct sabir_reject, code, 0);
    MEMBER_IS_AT(struct sabir_reject, reason, 2 * WORD);
    MEMBER_IS_AT(struct sabir_reject, message_type, 4 * WORD);
    MEMBER_IS_AT(struct sabir_reject, target, 6 * WORD);
    MEMBER_IS_AT(struct sabir_reject, rejected_by, 8 * WORD);
}

static void the_library_s_own_tables_of_its_messages_agree_with_the_structs(void **state) {
    (void)state;
    assert_int_equal(sabir_type_size_bytes(sabir_type_timeout()), sizeof(struct sabir_timeout));
    assert_int_equal(sabir_type_size_bytes(sabir_type_linkdown()), sizeof(struct sabir_linkdown));
    assert_int_equal(sabir_type_size_bytes(sabir_type_reject()), sizeof(struct sabir_reject));
    struct sabir_field row;
    assert_int_equal(sabir_type_field_get(sabir_type_reject(), 4, &row), SABIR_OK);
    assert_string_equal(row.name, "rejected_by");
    assert_int_equal(row.offset_bytes, offsetof(struct sabir_reject, rejected_by));
}

static void the_numbers_of_enums_and_flags_stay(void **state) {
    (void)state;
    assert_int_equal(SABIR_OVERLOAD_FAIL, 0);
    assert_int_equal(SABIR_OVERLOAD_DROP_NEWEST, 1);
    assert_int_equal(SABIR_OVERLOAD_DROP_OLDEST, 2);
    assert_int_equal(SABIR_DIALECT_V1, 0);
    assert_int_equal(SABIR_DIALECT_FLAT, 1);
    assert_int_equal(SABIR_JUDGED_ENVELOPE, 0);
    assert_int_equal(SABIR_JUDGED_TEXT, 1);
    assert_int_equal(SABIR_PULLED_MESSAGE, 0);
    assert_int_equal(SABIR_PULLED_START, 1);
    assert_int_equal(SABIR_PULLED_STOP, 2);
    assert_int_equal(SABIR_PULLED_TIMER, 3);
    assert_int_equal(SABIR_JSON_END, 0);
    assert_int_equal(SABIR_JSON_KEY, 5);
    assert_int_equal(SABIR_JSON_NULL, 11);
    assert_int_equal(SABIR_FAST_ORDERED, 1);
    assert_int_equal(SABIR_WAIT_STDIN, 1);
}

/* The codes of release 1.0, by name; later releases add rows and never change one. */
static const struct {
    int code;
    const char *name;
} codes[] = {
    {0, "SABIR_OK"},           {-1, "SABIR_EINVAL"},       {-2, "SABIR_ENOMEM"},     {-3, "SABIR_EEXIST"},
    {-4, "SABIR_ENOENT"},      {-5, "SABIR_EFULL"},        {-6, "SABIR_ECLOSED"},    {-7, "SABIR_EMISMATCH"},
    {-8, "SABIR_ETIMEDOUT"},   {-9, "SABIR_EREENTRANT"},   {-10, "SABIR_EDEADLOCK"}, {-11, "SABIR_EREMOTE"},
    {-12, "SABIR_EDOWN"},      {-13, "SABIR_ETOOBIG"},     {-14, "SABIR_EREFUSED"},  {-15, "SABIR_EVALUE"},
    {-16, "SABIR_EMALFORMED"}, {-17, "SABIR_EBADPAYLOAD"}, {-18, "SABIR_ERESERVED"}, {-19, "SABIR_ESTATE"},
    {-20, "SABIR_EFORKED"},    {-21, "SABIR_EVERSION"},    {-22, "SABIR_EPERM"},     {-23, "SABIR_EUNHANDLED"},
    {-24, "SABIR_EFAILED"},    {-25, "SABIR_EBIND"},       {-26, "SABIR_EINTR"},     {-27, "SABIR_EUNSUPPORTED"},
    {-28, "SABIR_EREJECTED"},  {-29, "SABIR_EIO"},         {-30, "SABIR_EUNBOUND"},
};

static void an_error_code_is_never_reused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_non_null(sabir_error_name(codes[i].code));
        assert_string_equal(sabir_error_name(codes[i].code), codes[i].name);
    }
}

static void every_error_of_the_table_stands_in_this_test(void **state) {
    (void)state;
    size_t known = sizeof codes / sizeof codes[0];
#define COUNT(value, name, text) +1
    assert_int_equal(known, 1 SABIR_ERRORS(COUNT));
#undef COUNT
}

/* The reasons of dead letters go by number in callbacks and by name in reports. */
static void a_reason_of_a_dead_letter_is_never_reused(void **state) {
    (void)state;
    static const char *const names[] = {
        "unknown_target", "stopped",   "mailbox_full", "unknown_type",     "bad_payload", "not_allowed",
        "failed",         "malformed", "reserved",     "too_big",          "late_reply",  "duplicate",
        "refused",        "link_down", "peer_full",    "reject_unhandled", "reject_limit"};
    assert_int_equal(SABIR_DEAD_REASON_COUNT, sizeof names / sizeof names[0]);
    for (uint32_t reason = 0; reason < SABIR_DEAD_REASON_COUNT; reason++)
        assert_string_equal(sabir_dead_reason_name(reason), names[reason]);
}

static void the_version_that_runs_is_the_one_of_the_headers(void **state) {
    (void)state;
    assert_int_equal(sabir_version(), SABIR_VERSION_MAJOR * 1000000 + SABIR_VERSION_MINOR * 1000 + SABIR_VERSION_PATCH);
    assert_string_equal(sabir_version_text(), "1.0.0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_callback_table_of_an_actor_stays),
        cmocka_unit_test(a_pulled_batch_stays),
        cmocka_unit_test(the_values_of_fields_stay),
        cmocka_unit_test(a_row_of_a_field_table_stays),
        cmocka_unit_test(the_built_in_messages_stay),
        cmocka_unit_test(the_library_s_own_tables_of_its_messages_agree_with_the_structs),
        cmocka_unit_test(the_numbers_of_enums_and_flags_stay),
        cmocka_unit_test(an_error_code_is_never_reused),
        cmocka_unit_test(every_error_of_the_table_stands_in_this_test),
        cmocka_unit_test(a_reason_of_a_dead_letter_is_never_reused),
        cmocka_unit_test(the_version_that_runs_is_the_one_of_the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
