/*
 * What may stand in an envelope's fields, asked by those who write one. (What the reader makes of them:
 * envelope_read_test.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "envelope.h"
#include "utf8.h"

static void a_name_holds_no_code_point_of_category_cc(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        char name[24] = "some letters before ";
        char *end = sb_utf8_encode(code, name + (code % 20));
        bool is_control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
        if (sb_name_is_valid((struct sb_text){name, (size_t)(end - name)}) == is_control) fail_msg("U+%04X", code);
    }
}

static void a_name_has_1_to_255_bytes_of_utf8(void **state) {
    (void)state;
    char name[256];
    memset(name, 'a', sizeof name);
    assert_false(sb_name_is_valid((struct sb_text){NULL, 0}));
    assert_false(sb_name_is_valid((struct sb_text){name, 0}));
    assert_true(sb_name_is_valid((struct sb_text){name, 1}));
    assert_true(sb_name_is_valid((struct sb_text){name, 255}));
    assert_false(sb_name_is_valid((struct sb_text){name, 256}));
    assert_false(sb_name_is_valid(SB_TEXT("a\xff")));
    assert_false(sb_name_is_valid(SB_TEXT("a\xc2")));
    assert_false(sb_name_is_valid(SB_TEXT("\xed\xa0\x80")));
}

static void an_id_is_printable_ascii(void **state) {
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char id[11] = "0123456789";
        id[byte % 10] = (char)byte;
        assert_true(sb_id_is_valid((struct sb_text){id, 10}) == (byte >= 0x20 && byte <= 0x7E));
    }
    char id[65];
    memset(id, 'a', sizeof id);
    assert_false(sb_id_is_valid((struct sb_text){NULL, 0}));
    assert_true(sb_id_is_valid((struct sb_text){id, 64}));
    assert_false(sb_id_is_valid((struct sb_text){id, 65}));
}

static void names_of_the_protocol_begin_with_its_own(void **state) {
    (void)state;
    assert_true(sb_name_is_reserved(SB_TEXT("sabir.")));
    assert_true(sb_name_is_reserved(SB_TEXT("sabir.ask")));
    assert_false(sb_name_is_reserved(SB_TEXT("sabir")));
    assert_false(sb_name_is_reserved(SB_TEXT("Sabir.ask")));
    assert_false(sb_name_is_reserved(SB_TEXT("my.sabir.ask")));
    assert_false(sb_name_is_reserved((struct sb_text){NULL, 0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_holds_no_code_point_of_category_cc),
        cmocka_unit_test(a_name_has_1_to_255_bytes_of_utf8),
        cmocka_unit_test(an_id_is_printable_ascii),
        cmocka_unit_test(names_of_the_protocol_begin_with_its_own),
    };
    return cmocka_run_group_tests_name("envelope_field", tests, NULL, NULL);
}
