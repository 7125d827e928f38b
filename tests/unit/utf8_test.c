/*
 * UTF-8, exhaustively: every scalar value, and every sequence of up to three bytes, against a decoder that encodes
 * anew and compares.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "utf8.h"

/* Decode by the bits alone; the code point is the character's only if encoding it gives the same bytes. */
static size_t naive_len(const char *bytes, size_t left) {
    unsigned lead = (unsigned char)bytes[0];
    size_t len = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (len == 0 || len > left) return 0;
    uint32_t code = len == 1 ? lead : lead & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)bytes[i] & 0xC0) != 0x80) return 0;
        code = code << 6 | ((unsigned char)bytes[i] & 0x3F);
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    char again[4];
    return sb_utf8_encode(code, again) == again + len && memcmp(again, bytes, len) == 0 ? len : 0;
}

static void every_scalar_value_is_one_sequence(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        char bytes[4];
        size_t len = (size_t)(sb_utf8_encode(code, bytes) - bytes);
        assert_int_equal(len, code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
        assert_int_equal(sb_utf8_sequence_len_bytes(bytes, bytes + len), len);
        for (size_t cut = 1; cut < len; cut++) assert_int_equal(sb_utf8_sequence_len_bytes(bytes, bytes + cut), 0);
    }
}

static void every_three_bytes_are_judged_as_the_naive_decoder_does(void **state) {
    (void)state;
    for (uint32_t word = 0; word < 1u << 24; word++) {
        char bytes[3] = {(char)(word >> 16), (char)(word >> 8), (char)word};
        size_t left = 1 + word % 3;
        if (sb_utf8_sequence_len_bytes(bytes, bytes + left) != naive_len(bytes, left))
            fail_msg("%06x, %zu of it", word, left);
    }
}

static void every_four_bytes_behind_a_lead_of_four_are_judged_as_the_naive_decoder_does(void **state) {
    (void)state;
    for (uint32_t word = 0; word < 1u << 21; word++) {
        /* the second byte and the lead run through all; the last two through what differs in their upper bits */
        char bytes[4] = {(char)(0xF0 | word >> 18), (char)(word >> 10), (char)((word >> 5 & 31) << 3),
                         (char)((word & 31) << 3)};
        if (sb_utf8_sequence_len_bytes(bytes, bytes + 4) != naive_len(bytes, 4)) fail_msg("%06x", word);
    }
}

static void a_text_is_valid_up_to_its_first_fault(void **state) {
    (void)state;
    assert_true(sb_utf8_is_valid((struct sb_text){NULL, 0}));
    assert_true(
        sb_utf8_is_valid(SB_TEXT("plain ascii of more than eight bytes, then \xe2\x82\xac and \xf0\x9d\x84\x9e.")));
    for (size_t at = 0; at < 40; at++) {
        char text[40];
        memset(text, 'a', sizeof text);
        text[at] = (char)0xFF;
        assert_int_equal(sb_utf8_valid_len_bytes((struct sb_text){text, sizeof text}), at);
    }
    assert_int_equal(sb_utf8_valid_len_bytes(SB_TEXT("abc\xe2\x82")), 3);
    assert_int_equal(sb_utf8_valid_len_bytes(SB_TEXT("\xed\xa0\x80")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_is_one_sequence),
        cmocka_unit_test(every_three_bytes_are_judged_as_the_naive_decoder_does),
        cmocka_unit_test(every_four_bytes_behind_a_lead_of_four_are_judged_as_the_naive_decoder_does),
        cmocka_unit_test(a_text_is_valid_up_to_its_first_fault),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
