/*
 * The growing buffer: it holds what was appended, and says when memory ran out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "buffer.h"
#include "support/random_value.h"

static void a_new_buffer_is_empty_and_owns_nothing(void **state) {
    (void)state;
    struct sb_buffer buffer = SB_BUFFER_INIT;
    sb_buffer_append(&buffer, NULL, 0);
    assert_null(buffer.bytes);
    assert_int_equal(buffer.len_bytes, 0);
    sb_buffer_free(&buffer);
}

static void it_holds_what_was_appended(void **state) {
    (void)state;
    enum { TOTAL = 100000 };
    struct random random = random_new();
    struct sb_buffer buffer = SB_BUFFER_INIT;
    char *model = malloc(TOTAL + 300);
    assert_non_null(model);
    size_t len = 0;
    while (len < TOTAL) {
        size_t more = random_below(&random, 300);
        for (size_t i = 0; i < more; i++) model[len + i] = (char)random_next(&random);
        size_t way = random_below(&random, 3);
        if (way == 0) {
            sb_buffer_append(&buffer, model + len, more);
        } else if (way == 1) {
            for (size_t i = 0; i < more; i++) sb_buffer_append_byte(&buffer, model[len + i]);
        } else {
            char *to = sb_buffer_reserve(&buffer, more);
            assert_non_null(to);
            memcpy(to, model + len, more);
            buffer.len_bytes += more;
        }
        len += more;
    }
    assert_false(buffer.failed);
    assert_int_equal(buffer.len_bytes, len);
    assert_memory_equal(buffer.bytes, model, len);
    assert_true(buffer.capacity_bytes <= 4 * len); /* it doubles, it does not run away */
    free(model);
    sb_buffer_free(&buffer);
}

static void clearing_keeps_the_memory(void **state) {
    (void)state;
    struct sb_buffer buffer = SB_BUFFER_INIT;
    sb_buffer_append(&buffer, "abc", 3);
    const char *bytes = buffer.bytes;
    sb_buffer_clear(&buffer);
    assert_int_equal(buffer.len_bytes, 0);
    sb_buffer_append(&buffer, "de", 2);
    assert_ptr_equal(buffer.bytes, bytes);
    assert_memory_equal(buffer.bytes, "de", 2);
    sb_buffer_free(&buffer);
    assert_null(buffer.bytes);
}

static void without_memory_it_is_marked_and_stays_as_it_was(void **state) {
    (void)state;
    struct sb_buffer buffer = SB_BUFFER_INIT;
    sb_buffer_append(&buffer, "abc", 3);
    char more[1000] = {0};
    sb_alloc_fail_after(1);
    sb_buffer_append(&buffer, more, sizeof more);
    sb_alloc_fail_after(0);
    assert_true(buffer.failed);
    assert_int_equal(buffer.len_bytes, 3);
    sb_buffer_append_byte(&buffer, 'd'); /* nothing is put behind a gap */
    assert_null(sb_buffer_reserve(&buffer, 1));
    assert_int_equal(buffer.len_bytes, 3);
    sb_buffer_clear(&buffer);
    sb_buffer_append(&buffer, more, sizeof more);
    assert_false(buffer.failed);
    assert_int_equal(buffer.len_bytes, sizeof more);
    sb_buffer_free(&buffer);
}

static void a_length_beyond_memory_is_refused(void **state) {
    (void)state;
    struct sb_buffer buffer = SB_BUFFER_INIT;
    sb_buffer_append(&buffer, "abc", 3);
    assert_null(sb_buffer_reserve(&buffer, SIZE_MAX - 1)); /* the sum would begin anew at 0 */
    assert_true(buffer.failed);
    sb_buffer_free(&buffer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buffer_is_empty_and_owns_nothing),
        cmocka_unit_test(it_holds_what_was_appended),
        cmocka_unit_test(clearing_keeps_the_memory),
        cmocka_unit_test(without_memory_it_is_marked_and_stays_as_it_was),
        cmocka_unit_test(a_length_beyond_memory_is_refused),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
