/*
 * The strict reader and a corpus of documents: those that must be accepted, those that must be refused, those that
 * JSON leaves open, and random mutants of them all, on which a naive reader gives a second opinion.
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

#include "json_reader.h"
#include "support/naive_json.h"
#include "support/random_value.h"

/* ---- documents --------------------------------------------------------------------------------------------------- */

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

/* ---- a second opinion -------------------------------------------------------------------------------------------- */

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
        cmocka_unit_test(mutants_of_the_corpus_are_judged_as_the_naive_reader_does),
        cmocka_unit_test(a_trusting_reader_sees_the_same_tokens),
    };
    return cmocka_run_group_tests_name("json_corpus", tests, NULL, NULL);
}
