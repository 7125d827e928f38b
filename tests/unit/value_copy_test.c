/*
 * Deep copies: equal, independent of the original, in one block of exactly the announced length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec.h"
#include "error.h"
#include "support/messages.h"
#include "support/random_value.h"
#include "type.h"

/* A block of exactly the announced length, so that valgrind and the sanitizers see one byte too many. */
static void *copy_of(const sabir_type *type, const void *value, size_t *len_bytes) {
    *len_bytes = sb_value_len_bytes(type, value);
    void *copy = malloc(*len_bytes);
    sb_value_copy(type, value, copy);
    return copy;
}

static void a_flat_struct_is_its_bytes(void **state) {
    (void)state;
    const struct Point point = {1, -2};
    size_t len_bytes;
    struct Point *copy = copy_of(Point_type(), &point, &len_bytes);
    assert_int_equal(len_bytes, sizeof point);
    assert_memory_equal(copy, &point, sizeof point);
    free(copy);
    free(copy_of(Increment_type(), &(struct Increment){0}, &len_bytes));
    assert_int_equal(len_bytes, 1);
}

static void nothing_points_to_the_original(void **state) {
    (void)state;
    char text[] = "text", key[] = "key", word[] = "word";
    int64_t numbers[] = {1, 2};
    const struct sabir_string keys[] = {SABIR_STR(key)}, words[] = {SABIR_STR(word), {NULL, 0}};
    const struct sabir_list lists[] = {{words, 2}};
    struct Everything value = {.text = SABIR_STR(text),
                               .numbers = {numbers, 2},
                               .words = {keys, lists, 1},
                               .maybe_text = {true, SABIR_STR(text)}};
    size_t len_bytes;
    struct Everything *copy = copy_of(Everything_type(), &value, &len_bytes);
    memset(text, '-', 4);
    memset(key, '-', 3);
    memset(word, '-', 4);
    numbers[0] = 9;
    const struct sabir_list *list = copy->words.values;
    const struct sabir_string *copied = list->items;
    assert_memory_equal(copy->text.bytes, "text", 4);
    assert_memory_equal(copy->maybe_text.value.bytes, "text", 4);
    assert_memory_equal(copy->words.keys[0].bytes, "key", 3);
    assert_memory_equal(copied[0].bytes, "word", 4);
    assert_null(copied[1].bytes);
    assert_int_equal(((const int64_t *)copy->numbers.items)[0], 1);
    const char *begin = (const char *)copy, *end = begin + len_bytes;
    assert_in_range((uintptr_t)copied[0].bytes, (uintptr_t)begin, (uintptr_t)end - 4);
    free(copy);
}

/* Whoever sets present to false need not clear the value: it may point anywhere. */
static void an_absent_value_is_not_followed(void **state) {
    (void)state;
    struct Everything value = {.maybe_text = {false, {(const char *)(uintptr_t)1, SIZE_MAX}}};
    size_t len_bytes;
    struct Everything *copy = copy_of(Everything_type(), &value, &len_bytes);
    assert_int_equal(len_bytes, sizeof value);
    assert_false(copy->maybe_text.present);
    assert_null(copy->maybe_text.value.bytes);
    assert_int_equal(copy->maybe_text.value.len_bytes, 0);
    free(copy);
}

/* An empty text or list may come with any address; the copy has none. */
static void what_is_empty_has_no_address(void **state) {
    (void)state;
    const struct Everything value = {.text = {(const char *)(uintptr_t)1, 0},
                                     .numbers = {(const void *)(uintptr_t)1, 0},
                                     .words = {(const void *)(uintptr_t)1, (const void *)(uintptr_t)1, 0}};
    size_t len_bytes;
    struct Everything *copy = copy_of(Everything_type(), &value, &len_bytes);
    assert_int_equal(len_bytes, sizeof value);
    assert_null(copy->text.bytes);
    assert_null(copy->numbers.items);
    assert_null(copy->words.keys);
    assert_null(copy->words.values);
    free(copy);
}

static void an_open_payload_is_copied_with_its_text(void **state) {
    (void)state;
    char text[] = "{\"a\":1}";
    size_t len_bytes;
    struct sabir_json *copy = copy_of(Anything_type(), &(struct sabir_json){text, 7}, &len_bytes);
    memset(text, '-', 7);
    assert_int_equal(len_bytes, sizeof *copy + 7);
    assert_int_equal(copy->len_bytes, 7);
    assert_memory_equal(copy->bytes, "{\"a\":1}", 7);
    free(copy);
}

static void items_are_aligned_wherever_they_come(void **state) {
    (void)state;
    const int64_t numbers[] = {1, 2, 3};
    for (size_t len_bytes = 0; len_bytes < 17; len_bytes++) {
        struct Everything value = {.text = {"0123456789abcdef", len_bytes}, .numbers = {numbers, 3}};
        size_t whole_bytes;
        struct Everything *copy = copy_of(Everything_type(), &value, &whole_bytes);
        assert_int_equal((uintptr_t)copy->numbers.items % _Alignof(int64_t), 0);
        assert_memory_equal(copy->numbers.items, numbers, sizeof numbers);
        free(copy);
    }
}

static void copies_of_random_values_are_equal(void **state) {
    (void)state;
    struct random random = random_new();
    assert_non_null(Point_type());
    for (unsigned number = 0; number < 300; number++) {
        char kind_text[128], name[32];
        const struct sabir_field row = {"v", kind_text, SABIR_OFFSET_AUTO, 0};
        const sabir_type *type;
        size_t len_bytes;
        random_kind(&random, 6, kind_text, sizeof kind_text);
        snprintf(name, sizeof name, "copy.Random%u", number);
        if (sabir_type_register(name, &row, 1, 0, &type) != SABIR_OK) fail_msg("%s", sb_error_detail());
        void *value = calloc(1, type->size_bytes);
        random_value(&random, type->fields[0].kind, value);
        void *copy = copy_of(type, value, &len_bytes);
        void *copy_of_copy = copy_of(type, copy, &len_bytes);
        assert_true(value_equal(type->fields[0].kind, value, copy));
        random_value_free(type->fields[0].kind, value);
        free(value);
        assert_int_equal(len_bytes, sb_value_len_bytes(type, copy));
        assert_true(value_equal(type->fields[0].kind, copy, copy_of_copy));
        free(copy);
        free(copy_of_copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flat_struct_is_its_bytes),
        cmocka_unit_test(nothing_points_to_the_original),
        cmocka_unit_test(an_absent_value_is_not_followed),
        cmocka_unit_test(what_is_empty_has_no_address),
        cmocka_unit_test(an_open_payload_is_copied_with_its_text),
        cmocka_unit_test(items_are_aligned_wherever_they_come),
        cmocka_unit_test(copies_of_random_values_are_equal),
    };
    return cmocka_run_group_tests_name("value_copy", tests, NULL, NULL);
}
