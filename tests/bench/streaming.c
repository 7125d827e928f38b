/*
 * One thread sends to one actor on another thread, as fast as its bounded mailbox lets it: million messages a second.
 *
 *     streaming MESSAGES
 */
#include <sched.h>

#include "rig.h"

struct sink {
    int64_t next;
    int64_t total;
};

static int on_note(void *self, const void *value, sabir_context *context) {
    const struct Note *note = value;
    struct sink *sink = self;
    if (note->number != sink->next)
        bench_die("streaming: %lld came instead of %lld", (long long)note->number, (long long)sink->next);
    if (++sink->next == sink->total) rig_done(context);
    return SABIR_OK;
}

int main(int argc, char **argv) {
    struct rig rig;
    const int64_t total = rig_number(argc, argv, 1, 1, "streaming MESSAGES");
    _Alignas(64) struct sink sink = {0, total}; /* the actor's alone: the sender has a total of its own to look at */
    rig_open(&rig, 0);
    sabir_ref *ref = rig_manage(&rig, &(struct rig_actor){"sink", &sink, on_note, RIG_ADAPTIVE, 65536});
    double begin_s = rig_start(&rig);
    for (int64_t i = 0; i < total; i++) {
        int code;
        while ((code = sabir_ref_send_value(ref, Note_type(), &(struct Note){0, i}, NULL)) == SABIR_EFULL)
            sched_yield();
        bench_need(code);
    }
    double seconds = rig_wait(&rig, begin_s);
    rig_print("value", (double)total / seconds / 1e6);
    sabir_ref_release(ref);
    rig_close(&rig);
    return 0;
}
