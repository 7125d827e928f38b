#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "seq.h"

static void what_is_printed_reads_back(void **state) {
    (void)state;
    uint64_t counts[] = {1, 9, 10, 99, 100, 12345678901234567890u, UINT64_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char text[64];
        uint64_t epoch, n;
        unsigned digits = sb_seq_digits(counts[i]);
        sb_seq_print_epoch(0xfeedfacecafebeef, text);
        sb_seq_print_count(counts[i], digits, text + 17);
        assert_true(sb_seq_parse((struct sb_text){text, 17 + digits}, &epoch, &n));
        assert_true(epoch == 0xfeedfacecafebeef && n == counts[i]);
    }
    char text[64];
    sb_seq_print_epoch(0xab, text);
    sb_seq_print_count(7, 1, text + 17);
    assert_memory_equal(text, "00000000000000ab:7", 18);
}

static void digits_are_counted(void **state) {
    (void)state;
    assert_int_equal(sb_seq_digits(0), 1);
    assert_int_equal(sb_seq_digits(9), 1);
    assert_int_equal(sb_seq_digits(10), 2);
    assert_int_equal(sb_seq_digits(UINT64_MAX), 20);
}

static void another_form_says_nothing(void **state) {
    (void)state;
    const char *texts[] = {"",
                           ":",
                           "00000000000000ab",
                           "00000000000000ab:",
                           "00000000000000ab:0",
                           "00000000000000ag:1",
                           "0000000000000ab:1",
                           "00000000000000ab:01",
                           "00000000000000ab:-1",
                           "00000000000000ab:1x",
                           "00000000000000ab: 1",
                           "00000000000000ab:18446744073709551616",
                           "00000000000000ab:99999999999999999999",
                           "00000000000000ab:111111111111111111111",
                           "00000000000000ab;1"};
    uint64_t epoch, n;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(sb_seq_parse(sb_text_of(texts[i]), &epoch, &n));
}

static void a_number_is_new_once_and_never_late(void **state) {
    (void)state;
    struct sb_seq_table *table = calloc(1, sizeof *table);
    assert_true(sb_seq_is_new(table, 5, 1));
    assert_false(sb_seq_is_new(table, 5, 1));
    assert_true(sb_seq_is_new(table, 5, 4)); /* gaps are allowed */
    assert_false(sb_seq_is_new(table, 5, 3));
    assert_true(sb_seq_is_new(table, 6, 1)); /* another incarnation */
    assert_true(sb_seq_is_new(table, 5, UINT64_MAX));
    assert_false(sb_seq_is_new(table, 5, UINT64_MAX));
    free(table);
}

/* Against a model that forgets nothing, with fewer epochs than the table remembers. */
static void it_agrees_with_a_naive_model(void **state) {
    (void)state;
    enum { EPOCHS = 64 };
    struct sb_seq_table *table = calloc(1, sizeof *table);
    uint64_t greatest[EPOCHS] = {0};
    unsigned seed = 20261121;
    print_message("seed %u\n", seed);
    for (int i = 0; i < 200000; i++) {
        unsigned which = (unsigned)rand_r(&seed) % EPOCHS;
        uint64_t ahead = greatest[which] + 3, back = (uint64_t)rand_r(&seed) % 6;
        uint64_t n = ahead > back ? ahead - back : 1;
        bool is_new = n > greatest[which];
        assert_int_equal(sb_seq_is_new(table, UINT64_C(0x1000001) * (which + 1), n), is_new);
        if (is_new) greatest[which] = n;
    }
    free(table);
}

static void a_flood_of_epochs_takes_bounded_room_and_keeps_the_busy_one(void **state) {
    (void)state;
    struct sb_seq_table *table = calloc(1, sizeof *table);
    assert_true(sb_seq_is_new(table, 42, 1000));
    for (uint64_t epoch = 100; epoch < 100000; epoch++) {
        sb_seq_is_new(table, epoch, 1);
        assert_false(sb_seq_is_new(table, 42, 1000)); /* heard of all the time, so it is never the quietest */
    }
    free(table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_reads_back),
        cmocka_unit_test(digits_are_counted),
        cmocka_unit_test(another_form_says_nothing),
        cmocka_unit_test(a_number_is_new_once_and_never_late),
        cmocka_unit_test(it_agrees_with_a_naive_model),
        cmocka_unit_test(a_flood_of_epochs_takes_bounded_room_and_keeps_the_busy_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
