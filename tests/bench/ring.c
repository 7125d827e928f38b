/*
 * One message goes round a ring of actors in a group of two workers: ns for each hop.
 *
 *     ring ACTORS HOPS
 */
#include <stdlib.h>

#include "rig.h"

static const char usage[] = "ring ACTORS HOPS";
static int64_t hops;

struct member {
    _Alignas(64) sabir_ref *self;
    sabir_ref *next;
    int64_t seen;
};

static int on_token(void *self, const void *value, sabir_context *context) {
    const struct Note *token = value;
    struct member *member = self;
    member->seen++;
    if (token->number == hops) {
        rig_done(context);
        return SABIR_OK;
    }
    return sabir_ref_send_value(member->next, Note_type(), &(struct Note){0, token->number + 1}, NULL);
}

/* After the stop: every hop was somebody's. */
static void check(const struct member *members, int64_t count) {
    int64_t seen = 0;
    for (int64_t i = 0; i < count; i++) seen += members[i].seen;
    if (seen != hops) bench_die("ring: %lld hops instead of %lld", (long long)seen, (long long)hops);
}

int main(int argc, char **argv) {
    struct rig rig;
    int64_t count = rig_number(argc, argv, 1, 2, usage);
    hops = rig_number(argc, argv, 2, 1, usage);
    struct member *members = rig_states((size_t)count, sizeof *members);
    rig_open(&rig, 2);
    for (int64_t i = 0; i < count; i++) {
        struct rig_name name = rig_name("member", (size_t)i);
        members[i].self = rig_manage(&rig, &(struct rig_actor){name.text, &members[i], on_token, RIG_ADAPTIVE, 16});
    }
    for (int64_t i = 0; i < count; i++) members[i].next = members[(i + 1) % count].self;
    double begin_s = rig_start(&rig);
    bench_need(sabir_ref_send_value(members[0].self, Note_type(), &(struct Note){0, 1}, NULL));
    double seconds = rig_wait(&rig, begin_s);
    rig_print("value", seconds * 1e9 / (double)hops);
    bench_need(sabir_manager_stop(rig.manager));
    check(members, count);
    for (int64_t i = 0; i < count; i++) sabir_ref_release(members[i].self);
    rig_close(&rig);
    free(members);
    return 0;
}
