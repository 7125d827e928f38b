/*
 * The core's lines: one line each, harmless to a terminal.
 */
#include "log.h"

#include <string.h>

#include "support/stage.h"

static char last[8192];

static void keep(void *user_data, const char *line) {
    (*(int *)user_data)++;
    strncpy(last, line, sizeof last - 1);
}

static void a_line_is_one_line_whatever_it_quotes(void **state) {
    (void)state;
    int count = 0;
    sabir_log_set(keep, &count);
    sb_log("peer '%s' says %d", "a\nb\x1b[2J\x7f\xc3\xa9", 5);
    assert_string_equal(last, "peer 'a\\x0ab\\x1b[2J\\x7f\xc3\xa9' says 5");
    char flood[5000];
    memset(flood, '\n', sizeof flood - 1);
    flood[sizeof flood - 1] = '\0';
    sb_log("%s", flood);
    assert_int_equal(count, 2);
    assert_true(strlen(last) < 4096 && !strchr(last, '\n'));
    sabir_log_set(NULL, NULL);
    sb_log("%s", "this line goes to standard error");
    assert_int_equal(count, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_is_one_line_whatever_it_quotes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
