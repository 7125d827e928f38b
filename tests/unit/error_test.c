/*
 * Errors: one table, and words that belong to a thread.
 */
#include "error.h"

#include <string.h>

#include "support/stage.h"

static void every_code_has_a_name_and_a_text(void **state) {
    (void)state;
    assert_string_equal(sabir_error_name(SABIR_OK), "SABIR_OK");
    assert_string_equal(sabir_error_name(SABIR_EFULL), "SABIR_EFULL");
    assert_string_equal(sabir_error_text(SABIR_EFULL), "the mailbox holds its capacity");
    int last = 0, expected = 0;
#define IN_ORDER(value, name, text)                                                                                    \
    last = value;                                                                                                      \
    assert_int_equal(--expected, value);                                                                               \
    assert_string_equal(sabir_error_name(value), #name);
    SABIR_ERRORS(IN_ORDER)
#undef IN_ORDER
    assert_null(sabir_error_name(last - 1));
    assert_null(sabir_error_text(1));
}

static void words_are_copied_and_cut_between_characters(void **state) {
    (void)state;
    char buffer[8];
    assert_int_equal(sb_error(SABIR_EINVAL, "%s", "caf\xc3\xa9 noir"), SABIR_EINVAL);
    assert_int_equal(sabir_error_detail_copy(NULL, 0), 10);
    assert_int_equal(sabir_error_detail_copy(buffer, 5), 10);
    assert_string_equal(buffer, "caf"); /* four bytes would end inside the é */
    assert_int_equal(sabir_error_detail_copy(buffer, 6), 10);
    assert_string_equal(buffer, "caf\xc3\xa9");
    sabir_error_detail_set(NULL);
    assert_int_equal(sabir_error_detail_copy(buffer, sizeof buffer), 0);
    assert_string_equal(buffer, "");
}

static void long_words_are_cut_to_a_thousand_bytes(void **state) {
    (void)state;
    char words[3000];
    for (size_t i = 0; i + 1 < sizeof words; i += 2) memcpy(words + i, "\xc3\xa9", 2);
    words[sizeof words - 2] = '\0';
    sabir_error_detail_set(words);
    assert_int_equal(strlen(sb_error_detail()), 1022);
    sb_error(SABIR_EINVAL, "again: %s", sb_error_detail()); /* a detail may quote itself */
    assert_memory_equal(sb_error_detail(), "again: \xc3\xa9", 9);
}

static void check_empty(void *argument) {
    *(bool *)argument = sb_error_detail()[0] == '\0';
    sabir_error_detail_set("another thread's");
}

static void each_thread_has_its_own(void **state) {
    (void)state;
    bool was_empty = false;
    struct stage_thread thread;
    sabir_error_detail_set("mine");
    stage_thread_start(&thread, check_empty, &was_empty);
    stage_thread_join(&thread);
    assert_true(was_empty);
    assert_string_equal(sb_error_detail(), "mine");
    sb_error_clear();
    assert_string_equal(sb_error_detail(), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_name_and_a_text),
        cmocka_unit_test(words_are_copied_and_cut_between_characters),
        cmocka_unit_test(long_words_are_cut_to_a_thousand_bytes),
        cmocka_unit_test(each_thread_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
