/*
 * One thread deals messages out to many actors in turn, all in a group of two workers, until each has its share: million messages a
 * second.
 *
 *     fork_join ACTORS MESSAGES      MESSAGES of each actor
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "rig.h"

static const char usage[] = "fork_join ACTORS MESSAGES";
static int64_t share;
static atomic_int_fast64_t busy;

struct worker {
    _Alignas(64) int64_t next;
};

static int on_note(void *self, const void *value, sabir_context *context) {
    const struct Note *note = value;
    struct worker *worker = self;
    if (note->number != worker->next++) bench_die("fork-join: a message was lost or has overtaken");
    if (worker->next == share && atomic_fetch_sub(&busy, 1) == 1) rig_done(context);
    return SABIR_OK;
}

int main(int argc, char **argv) {
    struct rig rig;
    int64_t count = rig_number(argc, argv, 1, 1, usage);
    share = rig_number(argc, argv, 2, 1, usage);
    struct worker *workers = rig_states((size_t)count, sizeof *workers);
    sabir_ref **refs = calloc((size_t)count, sizeof(sabir_ref *));
    if (!refs) bench_die("out of memory");
    atomic_init(&busy, count);
    rig_open(&rig, 2);
    for (int64_t i = 0; i < count; i++) {
        struct rig_name name = rig_name("worker", (size_t)i);
        refs[i] = rig_manage(&rig, &(struct rig_actor){name.text, &workers[i], on_note, RIG_ADAPTIVE, 0});
    }
    double begin_s = rig_start(&rig);
    for (int64_t number = 0; number < share; number++)
        for (int64_t i = 0; i < count; i++)
            bench_need(sabir_ref_send_value(refs[i], Note_type(), &(struct Note){0, number}, NULL));
    double seconds = rig_wait(&rig, begin_s);
    rig_print("value", (double)(count * share) / seconds / 1e6);
    for (int64_t i = 0; i < count; i++) sabir_ref_release(refs[i]);
    rig_close(&rig);
    free(refs);
    free(workers);
    return 0;
}
