/*
 * Encoding, decoding and copying together, for random types and values: what was encoded comes back, and the check agrees with the result.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "codec.h"
#include "error.h"
#include "json_reader.h"
#include "support/messages.h"
#include "support/random_value.h"
#include "type.h"

/* In memory of exactly its length, so that a read beyond it is found. */
static struct sb_text exact(const struct sb_buffer *json) {
    char *copy = malloc(json->len_bytes);
    memcpy(copy, json->bytes, json->len_bytes);
    return (struct sb_text){copy, json->len_bytes};
}

static const sabir_type *random_type(struct random *random, unsigned number) {
    char names[8][24], kinds[8][128], name[32];
    struct sabir_field rows[8];
    const sabir_type *type;
    size_t count = random_below(random, 9);
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "%c%zu", (char)('a' + random_below(random, 26)), i);
        random_kind(random, 5, kinds[i], sizeof kinds[i]);
        rows[i] = (struct sabir_field){names[i], kinds[i], SABIR_OFFSET_AUTO, 0};
    }
    snprintf(name, sizeof name, "decode.Random%u", number);
    if (sabir_type_register(name, rows, count, 0, &type) != SABIR_OK) fail_msg("%s", sb_error_detail());
    return type;
}

static void assert_comes_back(struct random *random, const sabir_type *type, struct sb_buffer *json) {
    const struct sb_kind whole = {.code = SB_KIND_STRUCT, .type = type};
    struct sb_fault fault;
    void *value = calloc(1, type->size_bytes), *back = NULL, *copy;
    random_value(random, &whole, value);
    sb_buffer_clear(json);
    if (sb_encode(type, value, json) != SABIR_OK) fail_msg("sb_encode: %s", sb_error_detail());
    struct sb_text text = exact(json);
    if (sb_json_check(text, 63, &fault)) fail_msg("%.*s: %s", (int)text.len_bytes, text.bytes, fault.reason);
    if (sb_check(type, text)) fail_msg("sb_check: %s", sb_error_detail());
    if (sb_decode(type, text, &back)) fail_msg("sb_decode: %s", sb_error_detail());
    if (!value_equal(&whole, value, back)) fail_msg("another value came back: %.*s", (int)text.len_bytes, text.bytes);
    free((void *)(uintptr_t)text.bytes);
    copy = aligned_alloc(16, (sb_value_len_bytes(type, back) + 15) / 16 * 16);
    sb_value_copy(type, back, copy);
    sb_free(back);
    assert_true(value_equal(&whole, value, copy));
    free(copy);
    random_value_free(&whole, value);
    free(value);
}

static void random_values_of_random_types_come_back(void **state) {
    (void)state;
    struct random random = random_new();
    struct sb_buffer json = SB_BUFFER_INIT;
    assert_non_null(Point_type());
    for (unsigned number = 0; number < 150; number++) {
        const sabir_type *type = random_type(&random, number);
        for (int i = 0; i < 20; i++) assert_comes_back(&random, type, &json);
    }
    sb_buffer_free(&json);
}

/* One token of `json` replaced by another. */
static void damage(struct random *random, const struct sb_buffer *json, struct sb_buffer *damaged) {
    static const char *const others[] = {"null",
                                         "1",
                                         "-0",
                                         "1.5",
                                         "1e400",
                                         "\"x\"",
                                         "\"AA==\"",
                                         "true",
                                         "[]",
                                         "{}",
                                         "[1]",
                                         "9223372036854775808",
                                         "18446744073709551616",
                                         "{\"x\":1,\"y\":2}",
                                         "\"\\u0041\"",
                                         "9007199254740993"};
    struct sb_json_reader reader;
    struct sb_json_token token;
    struct sb_text old = {json->bytes, 0}, text = {json->bytes, json->len_bytes};
    size_t values = 0;
    sb_json_reader_init(&reader, text, 63, SB_JSON_STRICT);
    while (sb_json_reader_next(&reader, &token) == SABIR_OK && token.event != SABIR_JSON_END) {
        bool is_scalar = token.event >= SABIR_JSON_STRING;
        if (is_scalar && random_below(random, ++values) == 0) sb_json_reader_rest(&reader, &token, &old);
    }
    sb_json_reader_free(&reader);
    const char *other = others[random_below(random, sizeof others / sizeof others[0])];
    sb_buffer_clear(damaged);
    sb_buffer_append(damaged, json->bytes, (size_t)(old.bytes - json->bytes));
    if (old.len_bytes > 0) sb_buffer_append(damaged, other, strlen(other));
    sb_buffer_append(damaged, old.bytes + old.len_bytes,
                     json->len_bytes - old.len_bytes - (size_t)(old.bytes - json->bytes));
}

static void the_check_agrees_with_the_result(void **state) {
    (void)state;
    struct random random = random_new();
    struct sb_buffer json = SB_BUFFER_INIT, damaged = SB_BUFFER_INIT;
    size_t accepted = 0, refused = 0;
    assert_non_null(Point_type());
    for (unsigned number = 1000; number < 1100; number++) {
        const sabir_type *type = random_type(&random, number);
        for (int i = 0; i < 30; i++) {
            assert_comes_back(&random, type, &json);
            damage(&random, &json, &damaged);
            struct sb_text text = {damaged.bytes, damaged.len_bytes};
            char words[1024] = "";
            void *block = NULL;
            int checked = sb_check(type, text);
            if (checked) snprintf(words, sizeof words, "%s", sb_error_detail());
            int decoded = sb_decode(type, text, &block);
            if (checked != decoded)
                fail_msg("check %d, decode %d: %.*s", checked, decoded, (int)text.len_bytes, text.bytes);
            if (decoded) assert_string_equal(words, sb_error_detail());
            if (!decoded) sb_free(block);
            *(decoded ? &refused : &accepted) += 1;
        }
    }
    assert_true(accepted > 100 && refused > 100); /* both sides were seen */
    sb_buffer_free(&damaged);
    sb_buffer_free(&json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_values_of_random_types_come_back),
        cmocka_unit_test(the_check_agrees_with_the_result),
    };
    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
