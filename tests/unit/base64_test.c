/*
 * Base64: the vectors of RFC 4648, every length there and back, and everything that only looks like it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base64.h"
#include "support/random_value.h"

static void the_vectors_of_the_standard_hold(void **state) {
    (void)state;
    static const char *const vectors[][2] = {{"", ""},
                                             {"f", "Zg=="},
                                             {"fo", "Zm8="},
                                             {"foo", "Zm9v"},
                                             {"foob", "Zm9vYg=="},
                                             {"fooba", "Zm9vYmE="},
                                             {"foobar", "Zm9vYmFy"},
                                             {"\xfb\xff\xfe", "+//+"}};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char text[16], bytes[16];
        size_t len_bytes;
        char *end = sb_base64_encode(vectors[i][0], strlen(vectors[i][0]), text);
        assert_int_equal(end - text, sb_base64_encoded_len_bytes(strlen(vectors[i][0])));
        *end = '\0';
        assert_string_equal(text, vectors[i][1]);
        assert_true(sb_base64_decode(sb_text_of(vectors[i][1]), bytes, &len_bytes));
        assert_int_equal(len_bytes, strlen(vectors[i][0]));
        assert_memory_equal(bytes, vectors[i][0], len_bytes);
    }
}

/* In blocks of exactly the promised room, so that valgrind and the sanitizers see one byte too many. */
static void every_length_comes_back(void **state) {
    (void)state;
    struct random random = random_new();
    for (size_t len_bytes = 1; len_bytes < 200; len_bytes++) {
        char *bytes = malloc(len_bytes);
        for (size_t i = 0; i < len_bytes; i++) bytes[i] = (char)random_below(&random, 256);
        size_t text_bytes = sb_base64_encoded_len_bytes(len_bytes), back_bytes;
        char *text = malloc(text_bytes);
        assert_ptr_equal(sb_base64_encode(bytes, len_bytes, text), text + text_bytes);
        char *back = malloc(sb_base64_decoded_max_bytes(text_bytes));
        assert_true(sb_base64_decode((struct sb_text){text, text_bytes}, NULL, &back_bytes));
        assert_int_equal(back_bytes, len_bytes);
        assert_true(sb_base64_decode((struct sb_text){text, text_bytes}, back, &back_bytes));
        assert_memory_equal(back, bytes, len_bytes);
        free(back);
        free(text);
        free(bytes);
    }
}

static void what_is_not_strict_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "Z",        "Zg",       "Zg=",      "Zg===", "Zm9",  "====",    "=Zg=",    "Z===",         /* padding */
        "Zh==",     "Zm9=",     "Zm9vYh==",                                                        /* unused bits */
        "Zg==Zg==", "Zm8=Zm9v", "Zg=a",                                                            /* padding inside */
        "Zm9v\n",   "Zm 9",     " Zm9v",    "Zm9v ", "Zm-_", "Zm9\xc3", "Zm9\x80", "Zm9v\r\n\r\n", /* alphabet */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char bytes[16];
        size_t len_bytes;
        if (sb_base64_decode(sb_text_of(wrong[i]), bytes, &len_bytes)) fail_msg("\"%s\" was decoded", wrong[i]);
        if (sb_base64_decode(sb_text_of(wrong[i]), NULL, &len_bytes)) fail_msg("\"%s\" was accepted", wrong[i]);
    }
}

/* One text for one sequence of bytes: of all texts of four letters, exactly as many are accepted as there are values. */
static void every_value_has_one_spelling(void **state) {
    (void)state;
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    size_t accepted[4] = {0}, len_bytes;
    for (size_t a = 0; a < 65; a++)
        for (size_t b = 0; b < 65; b++)
            for (size_t c = 0; c < 65; c++)
                for (size_t d = 0; d < 65; d++) {
                    char text[4] = {letters[a], letters[b], letters[c], letters[d]};
                    if (sb_base64_decode((struct sb_text){text, 4}, NULL, &len_bytes)) accepted[len_bytes]++;
                }
    assert_int_equal(accepted[0], 0);
    assert_int_equal(accepted[1], 256);
    assert_int_equal(accepted[2], 256 * 256);
    assert_int_equal(accepted[3], 256 * 256 * 256);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_standard_hold),
        cmocka_unit_test(every_length_comes_back),
        cmocka_unit_test(what_is_not_strict_is_refused),
        cmocka_unit_test(every_value_has_one_spelling),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
