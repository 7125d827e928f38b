/*
 * Many actors send to one, all in a group of two workers: million messages a second. Each sender sends 64 in a turn and then tells itself
 * to go on, so that all of them are under way at once.
 *
 *     fan_in SENDERS MESSAGES     MESSAGES of all senders together
 */
#include <stdlib.h>

#include "rig.h"

#define TURN 64

static const char usage[] = "fan_in SENDERS MESSAGES";

struct sender {
    _Alignas(64) sabir_ref *self;
    sabir_ref *sink;
    int64_t index;
    int64_t next;
    int64_t total;
};

struct sink {
    int64_t *next; /* of each sender */
    int64_t missing;
};

static int on_go(void *self, const void *value, sabir_context *context) {
    struct sender *sender = self;
    (void)value;
    (void)context;
    for (int i = 0; i < TURN && sender->next < sender->total; i++) {
        struct Note note = {sender->index, sender->next++};
        bench_need(sabir_ref_send_value(sender->sink, Note_type(), &note, NULL));
    }
    if (sender->next == sender->total) return SABIR_OK;
    return sabir_ref_send_value(sender->self, Note_type(), &(struct Note){0, 0}, NULL);
}

static int on_note(void *self, const void *value, sabir_context *context) {
    const struct Note *note = value;
    struct sink *sink = self;
    if (note->number != sink->next[note->from]++) bench_die("fan-in: a message was lost or has overtaken");
    if (--sink->missing == 0) rig_done(context);
    return SABIR_OK;
}

int main(int argc, char **argv) {
    struct rig rig;
    int64_t count = rig_number(argc, argv, 1, 1, usage);
    int64_t each = rig_number(argc, argv, 2, count, usage) / count;
    struct sender *senders = rig_states((size_t)count, sizeof *senders);
    struct sink sink = {calloc((size_t)count, sizeof(int64_t)), each * count};
    if (!sink.next) bench_die("out of memory");
    rig_open(&rig, 2);
    sabir_ref *ref = rig_manage(&rig, &(struct rig_actor){"sink", &sink, on_note, RIG_ADAPTIVE, 0});
    for (int64_t i = 0; i < count; i++) {
        struct rig_name name = rig_name("sender", (size_t)i);
        senders[i] = (struct sender){NULL, ref, i, 0, each};
        senders[i].self = rig_manage(&rig, &(struct rig_actor){name.text, &senders[i], on_go, RIG_ADAPTIVE, 0});
    }
    double begin_s = rig_start(&rig);
    for (int64_t i = 0; i < count; i++)
        bench_need(sabir_ref_send_value(senders[i].self, Note_type(), &(struct Note){0, 0}, NULL));
    double seconds = rig_wait(&rig, begin_s);
    rig_print("value", (double)(each * count) / seconds / 1e6);
    for (int64_t i = 0; i < count; i++) sabir_ref_release(senders[i].self);
    sabir_ref_release(ref);
    rig_close(&rig);
    free(senders);
    free(sink.next);
    return 0;
}
