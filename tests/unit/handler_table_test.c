/*
 * Equal tables become one, unequal ones do not, and the last user frees.
 */
#include "handler_table.h"

#include "support/stage.h"

static int first(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    return SABIR_OK;
}

static int second(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    return SABIR_EIO;
}

static struct sb_handler *table_with(sabir_handler handler, size_t places) {
    struct sb_handler *table = sb_handler_table_new(places);
    assert_non_null(table);
    table[1] = (struct sb_handler){.type = Number_type(), .handle = handler};
    return table;
}

static void equal_tables_become_one(void **state) {
    (void)state;
    struct sb_handler *one = sb_handler_table_share(table_with(first, 8));
    struct sb_handler *same = sb_handler_table_share(table_with(first, 8));
    struct sb_handler *other = sb_handler_table_share(table_with(second, 8));
    struct sb_handler *larger = sb_handler_table_share(table_with(first, 16));
    assert_ptr_equal(one, same);
    assert_ptr_not_equal(one, other);
    assert_ptr_not_equal(one, larger);
    assert_true(other[1].handle == second);
    sb_handler_table_release(one);
    assert_true(same[1].handle == first); /* its other user is still there */
    assert_ptr_equal(sb_handler_table_share(table_with(first, 8)), same);
    sb_handler_table_release(same);
    sb_handler_table_release(same);
    sb_handler_table_release(other);
    sb_handler_table_release(larger);
    sb_handler_table_release(table_with(first, 8)); /* never shared */
    assert_null(sb_handler_table_share(NULL));
    sb_handler_table_release(NULL);
}

static void of_many_kinds_each_keeps_its_own(void **state) {
    (void)state;
    enum { KINDS = 40 };
    struct sb_handler *tables[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        struct sb_handler *table = table_with(first, 8);
        table[1].user_data = &tables[i];
        tables[i] = sb_handler_table_share(table);
    }
    for (size_t i = 0; i < KINDS; i++) assert_ptr_equal(tables[i][1].user_data, &tables[i]);
    for (size_t i = 0; i < KINDS; i++) sb_handler_table_release(tables[(i * 7) % KINDS]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_tables_become_one),
        cmocka_unit_test(of_many_kinds_each_keeps_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
