#include "bench.h"

#include <sabir/sabir.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_ROUNDS 64
#define DEFAULT_ROUNDS 7

double bench_now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void bench_die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void bench_failed(int code, const char *call) {
    char detail[1024];
    sabir_error_detail_copy(detail, sizeof detail);
    bench_die("%s: %s: %s", call, sabir_error_name(code), detail);
}

static int by_size(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

struct figures {
    double median;
    double least;
    double greatest;
};

static struct figures figures_of(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_size);
    return (struct figures){values[count / 2], values[0], values[count - 1]};
}

static void print_figures(const char *key, struct figures figures) {
    printf(", \"%s\": %.6g, \"%s_least\": %.6g, \"%s_greatest\": %.6g", key, figures.median, key, figures.least, key,
           figures.greatest);
}

void bench_compare(const struct bench *bench) {
    double ours[MAX_ROUNDS], theirs[MAX_ROUNDS];
    int rounds = bench->rounds > 0 && bench->rounds < MAX_ROUNDS ? bench->rounds : DEFAULT_ROUNDS;
    for (int round = 0; round < rounds; round++) { /* in turn: a noisy machine hurts both alike */
        ours[round] = bench->ours(bench->argument);
        if (bench->theirs) theirs[round] = bench->theirs(bench->argument);
    }
    struct figures our_figures = figures_of(ours, rounds);
    bool less_is_better = strcmp(bench->unit, "ns") == 0;
    printf("{\"what\": \"%s\", \"unit\": \"%s\", \"goal\": %.3g, \"rounds\": %d", bench->what, bench->unit, bench->goal,
           rounds);
    print_figures("ours", our_figures);
    double ratio = our_figures.median;
    if (bench->theirs) {
        struct figures their_figures = figures_of(theirs, rounds);
        ratio = less_is_better ? their_figures.median / our_figures.median : our_figures.median / their_figures.median;
        printf(", \"peer\": \"%s\"", bench->peer);
        print_figures("theirs", their_figures);
        printf(", \"ratio\": %.3f", ratio);
    }
    printf(", \"met\": %s}\n", ratio >= bench->goal ? "true" : "false");
    fflush(stdout);
}
