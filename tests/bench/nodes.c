/*
 * One node talks with many, each in its turn, over TCP on loopback: us for there and back. All of them are managers of one process, each
 * with sockets and threads of its own. One message is under way at a time, so all of them run on one CPU: a second one would add nothing
 * but the chance of where each wake-up lands, which is as large as what is measured.
 *
 *     nodes NODES ROUNDS     NODES with the asking one, ROUNDS of all of them together
 */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <stdlib.h>

#include "rig.h"

static const char usage[] = "nodes NODES ROUNDS";

struct asker {
    sabir_ref *self;
    sabir_ref **others;
    int64_t others_count;
    int64_t next;
    int64_t rounds;
    int64_t warm_up;
    double begin_s;
    double seconds;
};

static int on_note_there(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Note_type(), value);
}

static int on_note_here(void *self, const void *value, sabir_context *context) {
    struct asker *asker = self;
    if (((const struct Note *)value)->number != asker->next) bench_die("nodes: another answer came");
    if (asker->next == asker->warm_up) asker->begin_s = bench_now_s();
    if (++asker->next <= asker->warm_up + asker->rounds) {
        sabir_ref *other = asker->others[asker->next % asker->others_count];
        return sabir_ref_send_value(other, Note_type(), &(struct Note){0, asker->next}, asker->self);
    }
    asker->seconds = bench_now_s() - asker->begin_s;
    rig_done(context);
    return SABIR_OK;
}

static struct rig node_new(const char *name, struct asker *asker, sabir_handler handler, sabir_ref **ref) {
    struct rig rig = {0};
    sabir_config *config;
    bench_need(sabir_config_new(&config));
    bench_need(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    bench_need(sabir_manager_new(config, &rig.manager));
    sabir_config_free(config);
    *ref = rig_manage(&rig, &(struct rig_actor){name, asker, handler, RIG_ADAPTIVE, 16});
    return rig;
}

/* Before there is any other thread. */
static void stay_on_one_cpu(void) {
    cpu_set_t all, one;
    if (sched_getaffinity(0, sizeof all, &all) != 0) bench_die("nodes: which CPUs there are is not known");
    size_t cpu = 0;
    while (!CPU_ISSET(cpu, &all)) cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) bench_die("nodes: cannot stay on one CPU");
}

int main(int argc, char **argv) {
    struct asker asker = {.others_count = rig_number(argc, argv, 1, 2, usage) - 1};
    asker.rounds = rig_number(argc, argv, 2, 1, usage);
    stay_on_one_cpu();
    asker.warm_up = 3 * asker.others_count; /* every connection has been used */
    struct rig *rigs = calloc((size_t)asker.others_count, sizeof *rigs);
    asker.others = calloc((size_t)asker.others_count, sizeof(sabir_ref *));
    if (!rigs || !asker.others) bench_die("out of memory");
    struct rig here = node_new("asker", &asker, on_note_here, &asker.self);
    for (int64_t i = 0; i < asker.others_count; i++) {
        sabir_ref *there;
        rigs[i] = node_new("answerer", NULL, on_note_there, &there);
        sabir_ref_release(there);
        rig_start(&rigs[i]);
        bench_need(sabir_manager_remote(here.manager, "answerer", sabir_manager_endpoint(rigs[i].manager),
                                        SABIR_DIALECT_V1, &asker.others[i]));
    }
    rig_start(&here);
    bench_need(sabir_ref_send_value(asker.others[0], Note_type(), &(struct Note){0, 0}, asker.self));
    rig_wait(&here, 0);
    rig_print("value", asker.seconds * 1e6 / (double)asker.rounds);
    bench_need(sabir_manager_stop(here.manager));
    for (int64_t i = 0; i < asker.others_count; i++) sabir_ref_release(asker.others[i]);
    sabir_ref_release(asker.self);
    rig_close(&here);
    for (int64_t i = 0; i < asker.others_count; i++) rig_close(&rigs[i]);
    free(asker.others);
    free(rigs);
    return 0;
}
