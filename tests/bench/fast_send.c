/*
 * A handler that runs in the caller's thread: ns for a call and its reply.
 *
 *     fast_send CASE CALLS     idle       nobody else wants the actor
 *                              contended  two threads call it, each CALLS times; ns of one call
 *                              nested     the first actor calls a second one and that a third, all within the call
 */
#include <pthread.h>
#include <string.h>

#include "rig.h"

static const char usage[] = "fast_send idle|contended|nested CALLS";
static int64_t calls;

struct incrementer {
    sabir_ref *next; /* whom it calls in its turn; NULL: nobody */
    int64_t handled;
};

static int64_t increment(sabir_ref *ref, int64_t number) {
    struct Note reply = {0, 0};
    bench_need(sabir_ref_fast_send(ref, NULL, Note_type(), &(struct Note){0, number}, Note_type(), &reply, sizeof reply,
                                   0, NULL));
    return reply.number;
}

static int on_increment(void *self, const void *value, sabir_context *context) {
    struct incrementer *incrementer = self;
    int64_t number = ((const struct Note *)value)->number;
    incrementer->handled++;
    if (incrementer->next) number = increment(incrementer->next, number);
    return sabir_context_reply_value(context, Note_type(), &(struct Note){0, number + 1});
}

static void call_all(sabir_ref *ref, int64_t depth) {
    for (int64_t i = 0; i < calls; i++)
        if (increment(ref, i) != i + depth) bench_die("fast_send: a wrong reply");
}

static void *call_beside(void *ref) {
    call_all(ref, 1);
    return NULL;
}

static double contended_s(sabir_ref *ref) {
    pthread_t other;
    double begin_s = bench_now_s();
    if (pthread_create(&other, NULL, call_beside, ref)) bench_die("no thread");
    call_all(ref, 1);
    pthread_join(other, NULL);
    return bench_now_s() - begin_s;
}

static double alone_s(sabir_ref *ref, int64_t depth) {
    double begin_s = bench_now_s();
    call_all(ref, depth);
    return bench_now_s() - begin_s;
}

int main(int argc, char **argv) {
    struct rig rig;
    struct incrementer actors[3] = {0};
    calls = rig_number(argc, argv, 2, 1, usage);
    bool contended = strcmp(argv[1], "contended") == 0, nested = strcmp(argv[1], "nested") == 0;
    if (!contended && !nested && strcmp(argv[1], "idle") != 0) bench_die("usage: %s", usage);
    rig_open(&rig, 0);
    int depth = nested ? 3 : 1;
    sabir_ref *first = NULL;
    sabir_ref *refs[3];
    for (int i = 0; i < depth; i++) { /* the last of the chain first */
        struct rig_name name = rig_name("incrementer", (size_t)i);
        actors[i].next = first;
        first = refs[i] = rig_manage(&rig, &(struct rig_actor){name.text, &actors[i], on_increment, RIG_ADAPTIVE, 16});
    }
    rig_start(&rig);
    int64_t expected = contended ? 2 * calls : calls;
    double seconds = contended ? contended_s(first) : alone_s(first, depth);
    rig_print("value", seconds * 1e9 / (double)expected);
    for (int i = 0; i < depth; i++) {
        if (actors[i].handled != expected)
            bench_die("fast_send: %lld calls were handled", (long long)actors[i].handled);
        sabir_ref_release(refs[i]);
    }
    rig_close(&rig);
    return 0;
}
