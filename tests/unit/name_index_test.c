/*
 * The index of names: what was put in is found, all of it and nothing else, however it grew and whatever hashes are equal.
 */
#include "name_index.h"

#include <stdio.h>
#include <string.h>

#include "support/stage.h"

#define COUNT 5000u
#define FIRST 8

/* How many places of that hash there are, and whether `number` is among them. */
static size_t found(const struct sb_name_index *index, uint32_t hash, uint32_t number, bool *has_it) {
    size_t at = hash, count = 0;
    *has_it = false;
    for (uint32_t next; (next = sb_name_index_next(index, hash, &at)) != 0; count++) *has_it |= next == number;
    return count;
}

static uint32_t hash_of(uint32_t number) {
    char name[32];
    snprintf(name, sizeof name, "actor-%u", (unsigned)number);
    return sb_name_hash((struct sb_text){name, strlen(name)});
}

static void an_empty_one_has_nothing(void **state) {
    (void)state;
    struct sb_name_index index = {0};
    size_t at = 7;
    assert_int_equal(sb_name_index_next(&index, 7, &at), 0);
    sb_name_index_free(&index);
}

static void what_was_put_in_is_found_however_it_grew(void **state) {
    (void)state;
    struct sb_name_index index = {0};
    uint32_t room = 0;
    bool has_it;
    for (uint32_t number = 1; number <= COUNT; number++) {
        if (number > room) assert_true(sb_name_index_grow(&index, room = room ? room * 2 : FIRST));
        sb_name_index_add(&index, hash_of(number), number);
    }
    for (uint32_t number = 1; number <= COUNT; number++) {
        assert_true(found(&index, hash_of(number), number, &has_it) < 3); /* of 32 bits hardly two are equal */
        assert_true(has_it);
    }
    for (uint32_t number = COUNT + 1; number <= 2 * COUNT; number++) {
        assert_true(found(&index, hash_of(number), number, &has_it) < 2);
        assert_false(has_it);
    }
    sb_name_index_free(&index);
}

static void equal_hashes_are_all_shown_also_at_the_end_of_the_table(void **state) {
    (void)state;
    struct sb_name_index index = {0};
    bool has_it;
    assert_true(sb_name_index_grow(&index, FIRST));
    for (uint32_t number = 1; number <= FIRST; number++) sb_name_index_add(&index, UINT32_MAX, number);
    for (uint32_t number = 1; number <= FIRST; number++) {
        assert_int_equal(found(&index, UINT32_MAX, number, &has_it), FIRST);
        assert_true(has_it);
    }
    assert_int_equal(found(&index, UINT32_MAX / 2, 1, &has_it), 0); /* the same place, another hash */
    sb_name_index_free(&index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_has_nothing),
        cmocka_unit_test(what_was_put_in_is_found_however_it_grew),
        cmocka_unit_test(equal_hashes_are_all_shown_also_at_the_end_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
