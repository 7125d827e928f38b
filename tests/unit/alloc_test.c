/*
 * Allocation, and failing on purpose.
 */
#include "alloc.h"

#include <stdint.h>

#include "support/stage.h"

static void blocks_are_what_was_asked_for(void **state) {
    (void)state;
    unsigned char *zero = sb_alloc_zero(10, 10);
    for (size_t i = 0; i < 100; i++) assert_int_equal(zero[i], 0);
    sb_free(zero);
    void *aligned = sb_alloc_aligned(64, 100);
    assert_int_equal((uintptr_t)aligned % 64, 0);
    sb_free(aligned);
    char *copy = sb_strndup("a\0b", 3);
    assert_memory_equal(copy, "a\0b", 4);
    sb_free(copy);
    void *nothing = sb_alloc(0);
    assert_non_null(nothing);
    sb_free(nothing);
    volatile size_t huge = SIZE_MAX / 2;
    assert_null(sb_alloc_zero(huge, 4)); /* the product overflows */
}

static void the_kth_allocation_fails_once(void **state) {
    (void)state;
    sb_alloc_fail_after(3);
    void *first = sb_alloc(1), *second = sb_alloc_zero(1, 1);
    assert_non_null(first);
    assert_non_null(second);
    assert_null(sb_strndup("x", 1));
    void *after = sb_alloc(1);
    assert_non_null(after);
    sb_alloc_fail_after(1);
    assert_null(sb_realloc(after, 2)); /* and the block is still there */
    sb_alloc_fail_after(1);
    assert_null(sb_alloc_aligned(64, 64));
    sb_free(first);
    sb_free(second);
    sb_free(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_what_was_asked_for),
        cmocka_unit_test(the_kth_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
