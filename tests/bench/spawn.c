/*
 * Actors that are made while the manager runs, in a group of two workers; each has handled a message when the time is taken: ns and
 * resident bytes for each.
 *
 *     spawn ACTORS
 */
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rig.h"

static atomic_int_fast64_t missing;

static int on_note(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    if (atomic_fetch_sub(&missing, 1) == 1) rig_done(context);
    return SABIR_OK;
}

static double resident_bytes(void) {
    unsigned long all, resident;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &all, &resident) != 2) bench_die("/proc/self/statm cannot be read");
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

int main(int argc, char **argv) {
    struct rig rig;
    int64_t count = rig_number(argc, argv, 1, 1, "spawn ACTORS");
    sabir_ref **refs = malloc((size_t)count * sizeof(sabir_ref *));
    if (!refs) bench_die("out of memory");
    for (int64_t i = 0; i < count; i++) refs[i] = NULL; /* resident before the first look */
    atomic_init(&missing, count);
    rig_open(&rig, 2);
    double begin_s = rig_start(&rig), before_bytes = resident_bytes();
    for (int64_t i = 0; i < count; i++) {
        struct rig_name name = rig_name("a", (size_t)i);
        refs[i] = rig_manage(&rig, &(struct rig_actor){name.text, NULL, on_note, RIG_ADAPTIVE, 16});
        bench_need(sabir_ref_send_value(refs[i], Note_type(), &(struct Note){0, i}, NULL));
    }
    double seconds = rig_wait(&rig, begin_s);
    rig_print_two("value", seconds * 1e9 / (double)count, "bytes", (resident_bytes() - before_bytes) / (double)count);
    for (int64_t i = 0; i < count; i++) sabir_ref_release(refs[i]);
    rig_close(&rig);
    free(refs);
    return 0;
}
