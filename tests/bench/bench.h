/*
 * What every benchmark program shares: rounds of ours and theirs in turn, the median, and one JSON line per comparison on standard
 * output, from which tests/bench/run makes the table and the summary.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* One measurement: runs the work, checks its result (exits with words if it is wrong) and returns the figure in `unit`. */
typedef double (*bench_run)(void *argument);

struct bench {
    const char *what; /* "streaming one to one" */
    const char *peer; /* whom we compare with; NULL: nobody, the goal is a plain figure */
    const char *unit; /* "ns" (less is better) or "M/s" (more is better) */
    double goal;      /* the ratio to reach, ours being the better one; or the plain figure */
    int rounds;       /* 0: 7 */
    bench_run ours;
    bench_run theirs;
    void *argument;
};

/* Run and print. The ratio says how many times better ours is. */
void bench_compare(const struct bench *bench);

double bench_now_s(void);

/* End the program with words: a wrong result is no benchmark. */
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

void bench_failed(int code, const char *call);

/* The call must succeed. */
#define bench_need(code) bench_need_ok((code), #code)
static inline void bench_need_ok(int code, const char *call) {
    if (__builtin_expect(code != 0, 0)) bench_failed(code, call);
}

#endif
