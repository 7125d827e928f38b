/*
 * The strict reader: a corpus of must-accept and must-reject documents, exact faults, duplicate keys at any size, a second opinion on random
 * mutations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sabir/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "json_reader.h"
#include "support/naive_json.h"
#include "support/random_value.h"

/* ---- documents ---------------------------------------------------------------------------------------------------------- */

/* A text in a block of exactly its size, so that a read beyond its end is seen. */
struct document {
    char name[300];
    char *bytes;
    size_t len;
};

static struct document copy_of(const char *bytes, size_t len) {
    struct document document = {.bytes = malloc(len ? len : 1), .len = len};
    assert_non_null(document.bytes);
    memcpy(document.bytes, bytes, len);
    return document;
}

static struct document document_read(const char *folder, const char *name) {
    char path[1000];
    char room[128 * 1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s cannot be opened", path);
    size_t len = fread(room, 1, sizeof room, file);
    assert_true(len < sizeof room);
    (void)fclose(file);
    struct document document = copy_of(room, len);
    (void)snprintf(document.name, sizeof document.name, "%s", name);
    return document;
}

/* Call `judge` with every document of data/json/FOLDER beside this file; returns how many there were. */
static size_t for_each_document(const char *folder, void (*judge)(const struct document *document)) {
    char path[800];
    const char *slash = strrchr(__FILE__, '/');
    (void)snprintf(path, sizeof path, "%.*s/data/json/%s", (int)(slash - __FILE__), __FILE__, folder);
    DIR *listing = opendir(path);
    if (!listing) fail_msg("%s cannot be read; tests run in the root of the repository", path);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (entry->d_name[0] == '.') continue;
        struct document document = document_read(path, entry->d_name);
        judge(&document);
        free(document.bytes);
        count++;
    }
    (void)closedir(listing);
    return count;
}

static int check(const char *bytes, size_t len, struct sb_fault *fault) {
    return sb_json_check((struct sb_text){bytes, len}, SB_JSON_MAX_DEPTH, fault);
}

static void assert_accepted(const struct document *document) {
    struct sb_fault fault = {0};
    if (check(document->bytes, document->len, &fault) != SABIR_OK)
        fail_msg("%s: %s at %zu: %s", document->name, fault.clause, fault.offset_bytes, fault.reason);
    assert_true(naive_json_accepts(document->bytes, document->len, SB_JSON_MAX_DEPTH));
}

static const char *clause_by_name(const char *name) {
    if (strstr(name, "duplicated")) return "ENV-4";
    if (strstr(name, "65_deep") || strstr(name, "_short")) return "LIM-1";
    return "ENV-2 TXT-1";
}

static void assert_refused(const struct document *document) {
    struct sb_fault fault = {0};
    if (check(document->bytes, document->len, &fault) != SABIR_EMALFORMED) fail_msg("%s is accepted", document->name);
    if (!strstr(clause_by_name(document->name), fault.clause))
        fail_msg("%s: %s, %s", document->name, fault.clause, fault.reason);
    assert_true(fault.offset_bytes <= document->len);
    assert_false(naive_json_accepts(document->bytes, document->len, SB_JSON_MAX_DEPTH));
}

static void every_must_accept_document_is_accepted(void **state) {
    (void)state;
    assert_true(for_each_document("y", assert_accepted) >= 90);
}

static void every_must_reject_document_is_refused(void **state) {
    (void)state;
    assert_true(for_each_document("n", assert_refused) >= 180);
}

/* Cut anywhere, a document is no document: only a number can end early, and what ends in white space. */
static void assert_prefixes_refused(const struct document *document) {
    if (!document->len || (document->bytes[0] != '[' && document->bytes[0] != '{' && document->bytes[0] != '"')) return;
    size_t end = document->len;
    while (strchr(" \t\r\n", document->bytes[end - 1])) end--;
    if (end > 2000) end = 2000;
    for (size_t len = 0; len < end; len++) {
        struct document cut = copy_of(document->bytes, len);
        struct sb_fault fault = {0};
        if (check(cut.bytes, len, &fault) != SABIR_EMALFORMED)
            fail_msg("%s: cut at %zu it is accepted", document->name, len);
        bool is_cut_character = strcmp(fault.clause, "TXT-1") == 0; /* it is no character any more */
        assert_true(is_cut_character || strcmp(fault.clause, "ENV-2") == 0);
        assert_true(is_cut_character ? fault.offset_bytes + 12 > len : fault.offset_bytes == len);
        free(cut.bytes);
    }
}

static void a_document_that_is_cut_is_refused_at_its_end(void **state) {
    (void)state;
    (void)for_each_document("y", assert_prefixes_refused);
}

/* What JSONTestSuite leaves to the implementation (its i_ files) is decided here. */
static void what_json_leaves_open_is_decided(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *clause; /* NULL: accepted */
        size_t offset;
    } open[] = {
#define OPEN(text, clause, offset) {text, sizeof(text) - 1, clause, offset}
        OPEN("[123.456e-789]", NULL, 0),
        OPEN("[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999969999999006]", NULL,
             0),
        OPEN("[-1e+9999]", NULL, 0),
        OPEN("[1.5e+9999]", NULL, 0),
        OPEN("[-123123e100000]", NULL, 0),
        OPEN("[123123e100000]", NULL, 0),
        OPEN("[123e-10000000]", NULL, 0),
        OPEN("[-123123123123123123123123123123]", NULL, 0),
        OPEN("[100000000000000000000]", NULL, 0),
        OPEN("[-237462374673276894279832749832423479823246327846]", NULL, 0),
        OPEN("{\"\\uDFAA\":0}", "TXT-1", 2),
        OPEN("[\"\\uDADA\"]", "TXT-1", 2),
        OPEN("[\"\\uD888\\u1234\"]", "TXT-1", 2),
        OPEN("[\"\\uD800\\n\"]", "TXT-1", 2),
        OPEN("[\"\\uDd1ea\"]", "TXT-1", 2),
        OPEN("[\"\\uD800\\uD800\\n\"]", "TXT-1", 2),
        OPEN("[\"\\ud800\"]", "TXT-1", 2),
        OPEN("[\"\\ud800abc\"]", "TXT-1", 2),
        OPEN("[\"\\uDd1e\\uD834\"]", "TXT-1", 2),
        OPEN("[\"\\uDFAA\"]", "TXT-1", 2),
        OPEN("[\"\xe6\x97\xa5\xd1\x88\xfa\"]", "TXT-1", 7),
        OPEN("[\"\xed\xa0\x80\"]", "TXT-1", 2),
        OPEN("[\"\xff\"]", "TXT-1", 2),
        OPEN("[\"\xe9\"]", "TXT-1", 2),
        OPEN("[\"\x81\"]", "TXT-1", 2),
        OPEN("[\"\xf4\xbf\xbf\xbf\"]", "TXT-1", 2),
        OPEN("[\"\xc0\xaf\"]", "TXT-1", 2),
        OPEN("[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", "TXT-1", 2),
        OPEN("[\"\xfc\x80\x80\x80\x80\x80\"]", "TXT-1", 2),
        OPEN("[\"\xe0\xff\"]", "TXT-1", 2),
        OPEN("[\"\xf0\x80\x80\x80\"]", "TXT-1", 2),
        OPEN("[\"\xe0\x80\x80\"]", "TXT-1", 2),
        OPEN("[\"\xf4\x90\x80\x80\"]", "TXT-1", 2),
        OPEN("\xff\xfe[\0\"\0\xe9\0\"\0]\0", "ENV-2", 0),
        OPEN("\0[\0\"\0\xe9\0\"\0]", "ENV-2", 0),
        OPEN("[\0\"\0\xe9\0\"\0]\0", "ENV-2", 1),
        OPEN("\xef\xbb\xbf{}", "ENV-2", 0),
#undef OPEN
    };
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        struct sb_fault fault = {0};
        int error = check(open[i].text, open[i].len, &fault);
        assert_int_equal(error, open[i].clause ? SABIR_EMALFORMED : SABIR_OK);
        assert_true(naive_json_accepts(open[i].text, open[i].len, SB_JSON_MAX_DEPTH) == !open[i].clause);
        if (!open[i].clause) continue;
        assert_string_equal(fault.clause, open[i].clause);
        assert_int_equal(fault.offset_bytes, open[i].offset);
    }
}

static void a_fault_has_clause_reason_and_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *clause;
        size_t offset;
        const char *reason; /* part of it */
    } faults[] = {
        {"", "ENV-2", 0, "no text"},
        {"  ", "ENV-2", 2, "the text ends where a value is expected"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "ENV-4", 13, "this key already"},
        {"{\"a\":{\"b\":1,\"\\u0062\":2}}", "ENV-4", 12, "this key already"},
        {"[1,2", "ENV-2", 4, "ends before"},
        {"[1 2]", "ENV-2", 3, "a comma or ] must follow"},
        {"{\"a\":1 \"b\":2}", "ENV-2", 7, "a comma or } must follow"},
        {"{\"a\" 1}", "ENV-2", 5, "a colon must follow"},
        {"{a:1}", "ENV-2", 1, "a key in double quotes"},
        {"{\"a\":1,}", "ENV-2", 7, "a key in double quotes"},
        {"[1,]", "ENV-2", 3, "a value is missing"},
        {"{\"a\":}", "ENV-2", 5, "a value is missing"},
        {"['a']", "ENV-2", 1, "double quotes"},
        {"[01]", "ENV-2", 1, "needless 0"},
        {"[-]", "ENV-2", 2, "minus sign"},
        {"[1.]", "ENV-2", 3, "decimal point"},
        {"[1e+]", "ENV-2", 4, "exponent"},
        {"[+1]", "ENV-2", 1, "no JSON value"},
        {"[NaN]", "ENV-2", 1, "no JSON value"},
        {"[nan]", "ENV-2", 1, "true, false and null"},
        {"[tru", "ENV-2", 4, "ends before"},
        {"[\"\\x\"]", "ENV-2", 2, "no such escape"},
        {"[\"\\u12g4\"]", "ENV-2", 6, "four hexadecimal"},
        {"[\"\\u12", "ENV-2", 6, "ends before"},
        {"[\"a\nb\"]", "TXT-1", 3, "control character"},
        {"[\"0123456789abcdef\x1f\"]", "TXT-1", 18, "control character"},
        {"[\"a\xff\"]", "TXT-1", 3, "not UTF-8"},
        {"[\"\\ud800x\"]", "TXT-1", 2, "surrogate"},
        {"[\"abc", "ENV-2", 5, "inside a string"},
        {"{} {}", "ENV-2", 3, "more behind"},
        {"1 x", "ENV-2", 2, "more behind"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct document document = copy_of(faults[i].text, strlen(faults[i].text));
        struct sb_fault fault = {0};
        assert_int_equal(check(document.bytes, document.len, &fault), SABIR_EMALFORMED);
        if (strcmp(fault.clause, faults[i].clause) != 0 || fault.offset_bytes != faults[i].offset ||
            !strstr(fault.reason, faults[i].reason))
            fail_msg("%s: %s at %zu: %s", faults[i].text, fault.clause, fault.offset_bytes, fault.reason);
        free(document.bytes);
    }
}

/* ---- depth -------------------------------------------------------------------------------------------------------------- */

static char *repeated(const char *piece, size_t times, size_t *len) {
    size_t piece_len = strlen(piece);
    char *text = malloc(piece_len * times + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++) memcpy(text + i * piece_len, piece, piece_len);
    *len = piece_len * times;
    return text;
}

static void a_hundred_thousand_levels_end_at_the_limit(void **state) {
    (void)state;
    static const struct {
        const char *piece;
        size_t offset;
    } bombs[] = {{"[", 64}, {"[{\"\":", 5 * 32}, {"{\"a\":", 5 * 64}};
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        size_t len;
        char *text = repeated(bombs[i].piece, 100000, &len);
        struct sb_fault fault = {0};
        assert_int_equal(check(text, len, &fault), SABIR_EMALFORMED);
        assert_string_equal(fault.clause, "LIM-1");
        assert_int_equal(fault.offset_bytes, bombs[i].offset);
        free(text);
    }
}

static void the_depth_limit_is_the_callers(void **state) {
    (void)state;
    struct sb_fault fault;
    assert_int_equal(sb_json_check(SB_TEXT("1"), 0, &fault), SABIR_OK);
    assert_int_equal(sb_json_check(SB_TEXT("[]"), 0, &fault), SABIR_EMALFORMED);
    assert_int_equal(sb_json_check(SB_TEXT("[[],{}]"), 2, &fault), SABIR_OK);
    assert_int_equal(sb_json_check(SB_TEXT("[[],{\"a\":[]}]"), 2, &fault), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "LIM-1");
    assert_int_equal(fault.offset_bytes, 9);
    size_t len;
    char *text = repeated("[", 65, &len);
    assert_int_equal(sb_json_check((struct sb_text){text, len}, 1000, &fault), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "LIM-1"); /* not more than the bits of one word */
    free(text);
}

/* ---- keys --------------------------------------------------------------------------------------------------------------- */

/* {"k0":0,"k1":0,...} with `count` keys and, unless it is SIZE_MAX, the key `again` once more at the end. */
static char *object_of(size_t count, size_t again, const char *format, size_t *len, size_t *last_key) {
    char *text = malloc(count * 32 + 64);
    assert_non_null(text);
    char *at = text;
    *at++ = '{';
    for (size_t i = 0; i < count + (again != SIZE_MAX); i++) {
        if (i > 0) *at++ = ',';
        *last_key = (size_t)(at - text);
        at += sprintf(at, i == count ? format : "\"k%zu\":0", i == count ? again : i);
    }
    *at++ = '}';
    *len = (size_t)(at - text);
    return text;
}

static void duplicates_are_found_in_objects_of_any_size(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 2, 15, 16, 17, 18, 31, 32, 33, 34, 64, 65, 1000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const size_t places[] = {SIZE_MAX, 0, sizes[i] / 2, sizes[i] - 1};
        for (size_t k = 0; k < 8; k++) {
            size_t len, last_key;
            const char *format = k < 4 ? "\"k%zu\":0" : "\"\\u006b%zu\":0";
            char *text = object_of(sizes[i], places[k % 4], format, &len, &last_key);
            struct sb_fault fault = {0};
            int error = check(text, len, &fault);
            assert_int_equal(error, k % 4 == 0 ? SABIR_OK : SABIR_EMALFORMED);
            if (error) assert_string_equal(fault.clause, "ENV-4");
            if (error) assert_int_equal(fault.offset_bytes, last_key);
            free(text);
        }
    }
}

static void keys_of_inner_objects_are_their_own(void **state) {
    (void)state;
    char text[8000];
    char *at = text;
    for (int i = 0; i < 60; i++) at += sprintf(at, "{\"a\":1,\"b\":2,\"x%d\":3,\"c\":", i);
    at += sprintf(at, "null");
    for (int i = 0; i < 60; i++) at += sprintf(at, ",\"d\":4}");
    struct sb_fault fault = {0};
    assert_int_equal(check(text, (size_t)(at - text), &fault), SABIR_OK);
    at[-7] = ',';
    memcpy(at - 7, ",\"b\":4}", 7); /* the outermost object's b once more, after everything within was forgotten */
    assert_int_equal(check(text, (size_t)(at - text), &fault), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "ENV-4");
    assert_int_equal(fault.offset_bytes, (size_t)(at - text) - 6);
}

static void ordinary_text_takes_no_memory(void **state) {
    (void)state;
    static const char text[] =
        "{\"a\":{\"b\":[1,2,{\"c\":\"\\u0041\",\"d\":null}]},\"e\":\"x\",\"f\":1,\"g\":2,\"h\":3,\"i\":4,\"j\":5}";
    struct sb_fault fault;
    sb_alloc_fail_after(1);
    int error = check(text, sizeof text - 1, &fault);
    sb_alloc_fail_after(0);
    assert_int_equal(error, SABIR_OK);
}

static void without_memory_a_large_object_is_no_fault_of_the_text(void **state) {
    (void)state;
    size_t len, last_key;
    char *text = object_of(200, SIZE_MAX, "", &len, &last_key);
    unsigned long countdown = 0;
    int error;
    do {
        struct sb_json_reader reader;
        struct sb_json_token token;
        sb_json_reader_init(&reader, (struct sb_text){text, len}, SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
        sb_alloc_fail_after(++countdown);
        do error = sb_json_reader_next(&reader, &token);
        while (!error && token.event != SABIR_JSON_END);
        sb_alloc_fail_after(0);
        assert_true(error == SABIR_OK || error == SABIR_ENOMEM);
        assert_int_equal(sb_json_reader_next(&reader, &token), error);
        sb_json_reader_free(&reader);
    } while (error);
    assert_true(countdown > 4); /* the list and the table, and both once more as they grow */
    free(text);
}

/* ---- tokens ------------------------------------------------------------------------------------------------------------- */

static void assert_next(struct sb_json_reader *reader, uint32_t event, const char *raw, size_t offset) {
    struct sb_json_token token;
    assert_int_equal(sb_json_reader_next(reader, &token), SABIR_OK);
    assert_int_equal(token.event, event);
    assert_int_equal(token.offset_bytes, offset);
    assert_true(sb_text_equal(token.raw, sb_text_of(raw)));
    assert_true(token.has_escapes == (strchr(raw, '\\') != NULL));
}

static void tokens_come_in_order_with_their_places(void **state) {
    (void)state;
    static const char text[] = " {\"a\" : [1, -2.5e3,true] ,\"b\\n\":{\"\":null},\"c\":\"x\\u0041\",\"d\":false} ";
    for (int trust = SB_JSON_STRICT; trust <= SB_JSON_TRUSTED; trust++) {
        struct sb_json_reader reader;
        sb_json_reader_init(&reader, SB_TEXT(text), SB_JSON_MAX_DEPTH, (enum sb_json_trust)trust);
        assert_next(&reader, SABIR_JSON_OBJECT_BEGIN, "{", 1);
        assert_next(&reader, SABIR_JSON_KEY, "a", 2);
        assert_next(&reader, SABIR_JSON_ARRAY_BEGIN, "[", 8);
        assert_next(&reader, SABIR_JSON_INTEGER, "1", 9);
        assert_next(&reader, SABIR_JSON_DOUBLE, "-2.5e3", 12);
        assert_next(&reader, SABIR_JSON_TRUE, "true", 19);
        assert_next(&reader, SABIR_JSON_ARRAY_END, "]", 23);
        assert_next(&reader, SABIR_JSON_KEY, "b\\n", 26);
        assert_next(&reader, SABIR_JSON_OBJECT_BEGIN, "{", 32);
        assert_next(&reader, SABIR_JSON_KEY, "", 33);
        assert_next(&reader, SABIR_JSON_NULL, "null", 36);
        assert_next(&reader, SABIR_JSON_OBJECT_END, "}", 40);
        assert_next(&reader, SABIR_JSON_KEY, "c", 42);
        assert_next(&reader, SABIR_JSON_STRING, "x\\u0041", 46);
        assert_next(&reader, SABIR_JSON_KEY, "d", 56);
        assert_next(&reader, SABIR_JSON_FALSE, "false", 60);
        assert_next(&reader, SABIR_JSON_OBJECT_END, "}", 65);
        assert_next(&reader, SABIR_JSON_END, "", 67);
        assert_next(&reader, SABIR_JSON_END, "", 67);
        sb_json_reader_free(&reader);
    }
}

static void a_fault_comes_again_at_every_later_call(void **state) {
    (void)state;
    struct sb_json_reader reader;
    struct sb_json_token token;
    sb_json_reader_init(&reader, SB_TEXT("[1,?]"), SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    assert_next(&reader, SABIR_JSON_ARRAY_BEGIN, "[", 0);
    assert_next(&reader, SABIR_JSON_INTEGER, "1", 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_EMALFORMED);
        assert_int_equal(reader.fault.offset_bytes, 3);
    }
    sb_json_reader_free(&reader);
}

static void the_rest_of_a_value_is_the_value_as_it_stands(void **state) {
    (void)state;
    struct sb_json_reader reader;
    struct sb_json_token token;
    struct sb_text value;
    sb_json_reader_init(&reader, SB_TEXT("[ {\"a\": [1, {}]} ,\"x\\\"\", [], -1.50 , true]"), SB_JSON_MAX_DEPTH,
                        SB_JSON_STRICT);
    static const char *const values[] = {"{\"a\": [1, {}]}", "\"x\\\"\"", "[]", "-1.50", "true"};
    assert_next(&reader, SABIR_JSON_ARRAY_BEGIN, "[", 0);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
        assert_int_equal(sb_json_reader_rest(&reader, &token, &value), SABIR_OK);
        assert_true(sb_text_equal(value, sb_text_of(values[i])));
    }
    assert_next(&reader, SABIR_JSON_ARRAY_END, "]", 41);
    sb_json_reader_free(&reader);

    sb_json_reader_init(&reader, SB_TEXT("[1,}"), SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
    assert_int_equal(sb_json_reader_rest(&reader, &token, &value), SABIR_EMALFORMED);
    assert_int_equal(reader.fault.offset_bytes, 3);
    sb_json_reader_free(&reader);
}

static void a_token_is_compared_after_unescaping(void **state) {
    (void)state;
    struct sb_json_reader reader;
    struct sb_json_token token;
    sb_json_reader_init(&reader, SB_TEXT("\"\\u0074arget\\u0000\\ud834\\udd1e\""), SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
    assert_true(sb_json_token_is(&token, SB_TEXT("target\0\xf0\x9d\x84\x9e")));
    assert_false(sb_json_token_is(&token, SB_TEXT("target\0\xf0\x9d\x84")));
    assert_false(sb_json_token_is(&token, SB_TEXT("target\0\xf0\x9d\x84\x9ex")));
    assert_false(sb_json_token_is(&token, SB_TEXT("Target\0\xf0\x9d\x84\x9e")));
    assert_false(sb_json_token_is(&token, SB_TEXT("")));
    sb_json_reader_free(&reader);
}

/* ---- a second opinion --------------------------------------------------------------------------------------------------- */

static struct random mutations;

/* Change, insert, remove or double some bytes, mostly to ones that mean something in JSON. */
static size_t mutate(char *bytes, size_t len, size_t capacity) {
    static const char spice[] = "{}[]\",:\\/ \n\t\r0123456789.eE+-tfnul\x01\x7f\x80\xc2\xe0\xed\xf0\xff"
                                "D8dcAabu";
    for (size_t changes = 1 + random_below(&mutations, 3); changes > 0; changes--) {
        size_t at = random_below(&mutations, len + 1);
        char byte = random_below(&mutations, 8) ? spice[random_below(&mutations, sizeof spice - 1)]
                                                : (char)random_next(&mutations);
        size_t way = random_below(&mutations, 3);
        if (way == 0 && at < len) {
            bytes[at] = byte;
        } else if (way == 1 && at < len) {
            memmove(bytes + at, bytes + at + 1, --len - at);
        } else if (len < capacity) {
            memmove(bytes + at + 1, bytes + at, len++ - at);
            bytes[at] = byte;
        }
    }
    return len;
}

static size_t agreed_on_acceptance;

static void assert_opinions_agree(const struct document *document) {
    char room[600];
    if (document->len > 500) return;
    for (int i = 0; i < 400; i++) {
        memcpy(room, document->bytes, document->len);
        size_t len = mutate(room, document->len, sizeof room);
        struct document mutant = copy_of(room, len);
        bool accepted = check(mutant.bytes, len, NULL) == SABIR_OK;
        if (accepted != naive_json_accepts(mutant.bytes, len, SB_JSON_MAX_DEPTH))
            fail_msg("%s: the reader says %d of: %.*s", document->name, accepted, (int)len, mutant.bytes);
        agreed_on_acceptance += accepted;
        free(mutant.bytes);
    }
}

static void mutants_of_the_corpus_are_judged_as_the_naive_reader_does(void **state) {
    (void)state;
    mutations = random_new();
    agreed_on_acceptance = 0;
    (void)for_each_document("y", assert_opinions_agree);
    (void)for_each_document("n", assert_opinions_agree);
    assert_true(agreed_on_acceptance > 1000); /* both verdicts were exercised */
}

/* What strict reading accepts, trusting reading splits into the same tokens. */
static void assert_same_tokens(const struct document *document) {
    struct sb_text text = {document->bytes, document->len};
    struct sb_json_reader strict, trusting;
    struct sb_json_token a, b;
    sb_json_reader_init(&strict, text, SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    sb_json_reader_init(&trusting, text, SB_JSON_MAX_DEPTH, SB_JSON_TRUSTED);
    do {
        assert_int_equal(sb_json_reader_next(&strict, &a), SABIR_OK);
        assert_int_equal(sb_json_reader_next(&trusting, &b), SABIR_OK);
        assert_int_equal(a.event, b.event);
        assert_int_equal(a.offset_bytes, b.offset_bytes);
        assert_int_equal(a.has_escapes, b.has_escapes);
        assert_ptr_equal(a.raw.bytes, b.raw.bytes);
        assert_int_equal(a.raw.len_bytes, b.raw.len_bytes);
    } while (a.event != SABIR_JSON_END);
    sb_json_reader_free(&strict);
    sb_json_reader_free(&trusting);
}

static void a_trusting_reader_sees_the_same_tokens(void **state) {
    (void)state;
    (void)for_each_document("y", assert_same_tokens);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_must_accept_document_is_accepted),
        cmocka_unit_test(every_must_reject_document_is_refused),
        cmocka_unit_test(a_document_that_is_cut_is_refused_at_its_end),
        cmocka_unit_test(what_json_leaves_open_is_decided),
        cmocka_unit_test(a_fault_has_clause_reason_and_place),
        cmocka_unit_test(a_hundred_thousand_levels_end_at_the_limit),
        cmocka_unit_test(the_depth_limit_is_the_callers),
        cmocka_unit_test(duplicates_are_found_in_objects_of_any_size),
        cmocka_unit_test(keys_of_inner_objects_are_their_own),
        cmocka_unit_test(ordinary_text_takes_no_memory),
        cmocka_unit_test(without_memory_a_large_object_is_no_fault_of_the_text),
        cmocka_unit_test(tokens_come_in_order_with_their_places),
        cmocka_unit_test(a_fault_comes_again_at_every_later_call),
        cmocka_unit_test(the_rest_of_a_value_is_the_value_as_it_stands),
        cmocka_unit_test(a_token_is_compared_after_unescaping),
        cmocka_unit_test(mutants_of_the_corpus_are_judged_as_the_naive_reader_does),
        cmocka_unit_test(a_trusting_reader_sees_the_same_tokens),
    };
    return cmocka_run_group_tests_name("json_reader", tests, NULL, NULL);
}
