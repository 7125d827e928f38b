/*
 * Columns are aligned as a terminal shows them, whatever the characters are.
 */
#include "table.h"

#include "alloc.h"
#include "support/stage.h"
#include "text_width.h"

static size_t width(const char *text) {
    return sb_text_width(sb_text_of(text));
}

static void a_character_takes_the_columns_that_a_terminal_gives_it(void **state) {
    (void)state;
    assert_int_equal(width(""), 0);
    assert_int_equal(width("ping"), 4);
    assert_int_equal(width("z\xC3\xA4hler"), 6);            /* zähler */
    assert_int_equal(width("e\xCC\x81"), 1);                /* e and a combining acute */
    assert_int_equal(width("\xE6\x9D\xB1\xE4\xBA\xAC"), 4); /* 東京 */
    assert_int_equal(width("\xF0\x9F\x90\x9D"), 2);         /* a bee */
    assert_int_equal(width("\xF0\x90\x80\x80"), 1);         /* the first character beyond the plane, a narrow one */
}

static void assert_prints(struct sb_table *table, const char *expected) {
    struct sb_buffer out = SB_BUFFER_INIT;
    assert_true(sb_table_print(table, &out));
    sb_buffer_append_byte(&out, '\0');
    assert_string_equal(out.bytes, expected);
    sb_buffer_free(&out);
    sb_table_free(table);
}

static void put(struct sb_table *table, const char *name, const char *count, const char *note) {
    sb_table_cell(table, sb_text_of(name), false);
    sb_table_cell(table, sb_text_of(count), count[0] >= '0' && count[0] <= '9');
    if (*note) sb_table_cell(table, sb_text_of(note), false);
    sb_table_row(table);
}

static void numbers_stand_on_the_right_and_texts_on_the_left(void **state) {
    (void)state;
    struct sb_table table;
    sb_table_init(&table);
    put(&table, "NAME", "COUNT", "NOTE");
    put(&table, "\xE6\x9D\xB1\xE4\xBA\xAC", "7", "wide");
    put(&table, "z\xC3\xA4hler", "123456", "");
    put(&table, "e\xCC\x81", "-", "none");
    assert_prints(&table, "NAME     COUNT  NOTE\n"
                          "\xE6\x9D\xB1\xE4\xBA\xAC         7  wide\n"
                          "z\xC3\xA4hler  123456\n"
                          "e\xCC\x81            -  none\n");
}

static void what_would_move_the_cursor_is_replaced(void **state) {
    (void)state;
    struct sb_table table;
    sb_table_init(&table);
    sb_table_cell(&table,
                  SB_TEXT("a\x1b[2Jb\n\xE2\x80\xAE"
                          "c\xC2\x9B\xFF"),
                  false);
    sb_table_cell(&table, SB_TEXT("end"), false);
    sb_table_row(&table);
    assert_prints(&table, "a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD\xEF\xBF\xBD"
                          "c\xEF\xBF\xBD\xEF\xBF\xBD  end\n");
}

static void columns_beyond_the_last_are_left_out(void **state) {
    (void)state;
    struct sb_table table;
    struct sb_buffer out = SB_BUFFER_INIT;
    sb_table_init(&table);
    for (int i = 0; i < SB_TABLE_COLUMNS + 3; i++) sb_table_cell(&table, SB_TEXT("x"), false);
    sb_table_row(&table);
    assert_true(sb_table_print(&table, &out));
    assert_int_equal(out.len_bytes, SB_TABLE_COLUMNS * 3 - 2 + 1);
    sb_buffer_free(&out);
    sb_table_free(&table);
}

static void without_memory_nothing_is_printed(void **state) {
    (void)state;
    for (unsigned long k = 1; k <= 2; k++) {
        struct sb_table table;
        struct sb_buffer out = SB_BUFFER_INIT;
        sb_table_init(&table);
        sb_alloc_fail_after(k);
        put(&table, "name", "1", "note");
        sb_alloc_fail_after(0);
        assert_false(sb_table_print(&table, &out));
        sb_buffer_free(&out);
        sb_table_free(&table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_takes_the_columns_that_a_terminal_gives_it),
        cmocka_unit_test(numbers_stand_on_the_right_and_texts_on_the_left),
        cmocka_unit_test(what_would_move_the_cursor_is_replaced),
        cmocka_unit_test(columns_beyond_the_last_are_left_out),
        cmocka_unit_test(without_memory_nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
