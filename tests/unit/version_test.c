/*
 * The number and the text of the version agree.
 */
#include <sabir/version.h>
#include <stdio.h>

#include "support/stage.h"

static void number_and_text_agree(void **state) {
    (void)state;
    char text[32];
    uint32_t version = sabir_version();
    snprintf(text, sizeof text, "%u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
    assert_string_equal(sabir_version_text(), text);
    assert_int_equal(version / 1000000, SABIR_VERSION_MAJOR);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(number_and_text_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
