/*
 * The table of asks against a naive model, and that finding one looks at a few entries however many there are.
 */
#include "ask_table.h"

#include <stdio.h>
#include <string.h>

#include "support/random_value.h"
#include "support/stage.h"

#include "alloc.h"

#define COUNT 20000
#define STEPS 60000

static struct sb_ask_entry entries[COUNT];
static const char *const endpoints[] = {"tcp://127.0.0.1:1", "tcp://127.0.0.1:2", "tcp://127.0.0.1:3"};

static void add(struct sb_ask_table *table, size_t i, const char *endpoint) {
    entries[i] = (struct sb_ask_entry){.asker = SB_ASK_OUTSIDE, .endpoint = endpoint};
    sb_ask_table_add(table, &entries[i]);
}

static struct sb_ask_entry *take(struct sb_ask_table *table, const char *id, const char *asker) {
    return sb_ask_table_take(table, sb_text_of(id), sb_text_of(asker));
}

static void each_is_taken_out_once_by_its_id_and_asker(void **state) {
    (void)state;
    struct sb_ask_table table;
    sb_ask_table_init(&table, NULL);
    add(&table, 0, endpoints[0]);
    add(&table, 1, endpoints[0]);
    assert_string_not_equal(entries[0].id, entries[1].id);
    assert_null(take(&table, entries[0].id, "somebody else"));
    assert_ptr_equal(take(&table, entries[0].id, SB_ASK_OUTSIDE), &entries[0]);
    assert_null(take(&table, entries[0].id, SB_ASK_OUTSIDE));
    assert_false(sb_ask_table_remove(&table, &entries[0]));
    assert_true(sb_ask_table_remove(&table, &entries[1]));
    assert_null(take(&table, entries[1].id, SB_ASK_OUTSIDE));
    sb_ask_table_free(&table);
}

static void ids_of_any_other_form_or_epoch_are_nobodys(void **state) {
    (void)state;
    struct sb_ask_table table;
    sb_ask_table_init(&table, NULL);
    add(&table, 0, endpoints[0]);
    assert_string_equal(entries[0].id + 16, "-1");
    const char *const others[] = {"",
                                  "1",
                                  "-1",
                                  "0123456789abcdef-",
                                  "0123456789abcdef-0",
                                  "0123456789abcdef-00000000000000001",
                                  "0123456789abcdef-g",
                                  "0123456789abcdef_1"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) assert_null(take(&table, others[i], SB_ASK_OUTSIDE));
    char changed[sizeof entries[0].id];
    memcpy(changed, entries[0].id, sizeof changed);
    changed[3] = changed[3] == '0' ? '1' : '0'; /* another table's epoch, of another process or an earlier one */
    assert_null(take(&table, changed, SB_ASK_OUTSIDE));
    memcpy(changed, entries[0].id, sizeof changed);
    strcpy(changed + 17, "01"); /* the same number in other words */
    assert_null(take(&table, changed, SB_ASK_OUTSIDE));
    assert_true(sb_ask_table_remove(&table, &entries[0]));
    sb_ask_table_free(&table);
}

static void random_steps_agree_with_the_model(void **state) {
    (void)state;
    static bool is_in[COUNT];
    struct random random = random_new();
    struct sb_ask_table table;
    size_t count = 0;
    sb_ask_table_init(&table, NULL);
    for (int step = 0; step < STEPS; step++) {
        size_t i = random_below(&random, COUNT);
        bool is_kept = is_in[i] && random_below(&random, 4) == 0;
        if (!is_in[i]) {
            add(&table, i, endpoints[i % 3]);
        } else if (is_kept) {
            assert_null(take(&table, entries[i].id, ""));
        } else if (step % 2) {
            assert_ptr_equal(take(&table, entries[i].id, SB_ASK_OUTSIDE), &entries[i]);
        } else {
            assert_true(sb_ask_table_remove(&table, &entries[i]));
        }
        if (!is_kept) is_in[i] = !is_in[i];
        if (!is_kept) count = is_in[i] ? count + 1 : count - 1;
        assert_int_equal(table.count, count);
    }
    for (size_t which = 0; which < 4; which++) { /* by endpoint, then whoever is left: nobody */
        struct sb_ask_entry *entry = sb_ask_table_take_all(&table, which < 3 ? endpoints[which] : NULL);
        for (; entry; entry = entry->next) {
            size_t i = (size_t)(entry - entries);
            assert_true(is_in[i]);
            assert_int_equal(i % 3, which);
            is_in[i] = false;
            count--;
        }
    }
    assert_int_equal(count, 0);
    assert_int_equal(table.count, 0);
    sb_ask_table_free(&table);
}

/* The longest bucket is what the slowest search looks at. */
static size_t longest_bucket(const struct sb_ask_table *table) {
    size_t longest = 0;
    for (size_t i = 0; i < table->bucket_count; i++) {
        size_t length = 0;
        for (const struct sb_ask_entry *entry = table->buckets[i]; entry; entry = entry->next) length++;
        if (length > longest) longest = length;
    }
    return longest;
}

static void a_search_looks_at_one_entry_however_many_wait(void **state) {
    (void)state;
    struct sb_ask_table table;
    sb_ask_table_init(&table, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        add(&table, i, endpoints[0]);
        if (i % 1000 == 0) assert_int_equal(longest_bucket(&table), 1);
    }
    assert_int_equal(longest_bucket(&table), 1);
    assert_non_null(sb_ask_table_take_all(&table, NULL));
    sb_ask_table_free(&table);
}

static void without_memory_it_gets_slower_and_goes_on(void **state) {
    (void)state;
    struct sb_ask_table table;
    sb_ask_table_init(&table, NULL);
    for (size_t i = 0; i < SB_ASK_FIRST_BUCKETS; i++) add(&table, i, endpoints[0]);
    for (size_t i = SB_ASK_FIRST_BUCKETS; i < 100; i++) {
        sb_alloc_fail_after(1);
        add(&table, i, endpoints[0]);
    }
    sb_alloc_fail_after(0);
    assert_int_equal(table.bucket_count, SB_ASK_FIRST_BUCKETS);
    for (size_t i = 0; i < 100; i++) assert_ptr_equal(take(&table, entries[i].id, SB_ASK_OUTSIDE), &entries[i]);
    assert_int_equal(table.count, 0);
    sb_ask_table_free(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_taken_out_once_by_its_id_and_asker),
        cmocka_unit_test(ids_of_any_other_form_or_epoch_are_nobodys),
        cmocka_unit_test(random_steps_agree_with_the_model),
        cmocka_unit_test(a_search_looks_at_one_entry_however_many_wait),
        cmocka_unit_test(without_memory_it_gets_slower_and_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
