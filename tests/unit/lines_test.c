/*
 * Lines out of a pipe: the same lines however the bytes come, and bounded memory for those that do not end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "runner/lines.h"

struct seen {
    char text[1 << 16]; /* each line, and how much of it was cut, in brackets */
    size_t len_bytes;
};

static void note(void *owner, const char *bytes, size_t len_bytes, size_t cut_bytes) {
    struct seen *seen = owner;
    assert_int_equal(bytes[len_bytes], '\0');
    int len = snprintf(seen->text + seen->len_bytes, sizeof seen->text - seen->len_bytes, "<%.*s>%zu", (int)len_bytes,
                       bytes, cut_bytes);
    seen->len_bytes += (size_t)len;
}

struct stage {
    struct seen seen;
    struct run_lines lines;
    int out;
    int in;
};

static struct stage *open_stage(void) {
    struct stage *stage = calloc(1, sizeof *stage);
    int ends[2];
    assert_non_null(stage);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    stage->in = ends[0];
    stage->out = ends[1];
    stage->lines.on_line = note;
    stage->lines.owner = &stage->seen;
    return stage;
}

static void put(const struct stage *stage, const char *text) {
    assert_int_equal(write(stage->out, text, strlen(text)), strlen(text));
}

static void close_stage(struct stage *stage) {
    assert_int_equal(close(stage->in), 0);
    free(stage);
}

static void bytes_that_come_one_by_one_are_the_same_lines(void **state) {
    static const char TEXT[] = "one\n\ntwo three\nlast";
    (void)state;
    for (size_t piece = 1; piece <= sizeof TEXT; piece++) {
        struct stage *stage = open_stage();
        for (size_t at = 0; at < sizeof TEXT - 1; at += piece) {
            size_t left = sizeof TEXT - 1 - at, len_bytes = left < piece ? left : piece;
            assert_int_equal(write(stage->out, TEXT + at, len_bytes), len_bytes);
            assert_true(run_lines_read(&stage->lines, stage->in));
        }
        assert_string_equal(stage->seen.text, "<one>0<>0<two three>0");
        assert_true(run_lines_read(&stage->lines, stage->in)); /* nothing there, and not the end */
        assert_int_equal(close(stage->out), 0);
        assert_false(run_lines_read(&stage->lines, stage->in));
        assert_string_equal(stage->seen.text, "<one>0<>0<two three>0<last>0");
        close_stage(stage);
    }
}

static void a_line_is_cut_at_its_limit_and_not_before(void **state) {
    struct stage *stage = open_stage();
    char *line = calloc(1, RUN_LINE_MAX_BYTES + 3), *expected = calloc(1, 3 * (RUN_LINE_MAX_BYTES + 16));
    (void)state;
    assert_non_null(line);
    assert_non_null(expected);
    memset(line, 'x', RUN_LINE_MAX_BYTES);
    put(stage, line);
    put(stage, "\n");
    put(stage, line);
    put(stage, "yz\nshort\n");
    run_lines_drain(&stage->lines, stage->in);
    (void)sprintf(expected, "<%s>0<%s>2<short>0", line, line);
    assert_string_equal(stage->seen.text, expected);
    free(line);
    free(expected);
    assert_int_equal(close(stage->out), 0);
    close_stage(stage);
}

static void draining_does_not_wait_for_an_end_that_does_not_come(void **state) {
    struct stage *stage = open_stage();
    (void)state;
    put(stage, "one\nhalf");
    run_lines_drain(&stage->lines, stage->in); /* the other end is open: somebody else may hold it */
    assert_string_equal(stage->seen.text, "<one>0<half>0");
    assert_int_equal(close(stage->out), 0);
    close_stage(stage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_come_one_by_one_are_the_same_lines),
        cmocka_unit_test(a_line_is_cut_at_its_limit_and_not_before),
        cmocka_unit_test(draining_does_not_wait_for_an_end_that_does_not_come),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
