#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rig_open(struct rig *rig, size_t workers) {
    *rig = (struct rig){0};
    bench_need(sabir_manager_new(NULL, &rig->manager));
    if (workers > 0) bench_need(sabir_group_new(rig->manager, "bench", workers, &rig->group));
}

double rig_start(struct rig *rig) {
    bench_need(sabir_manager_start(rig->manager));
    return bench_now_s();
}

double rig_wait(struct rig *rig, double begin_s) {
    bench_need(sabir_manager_wait(rig->manager, -1, -1, 0));
    return bench_now_s() - begin_s;
}

void rig_done(sabir_context *context) {
    sabir_manager_terminate(sabir_context_manager(context));
}

void rig_close(struct rig *rig) {
    bench_need(sabir_manager_stop(rig->manager));
    sabir_manager_free(rig->manager);
}

sabir_ref *rig_manage(struct rig *rig, const struct rig_actor *actor) {
    sabir_actor *made;
    sabir_ref *ref;
    bench_need(sabir_actor_new(NULL, actor->self, &made));
    bench_need(sabir_actor_on(made, Note_type(), actor->handler));
    bench_need(sabir_actor_set_spin_ns(made, actor->spin_ns));
    bench_need(sabir_actor_set_capacity_msgs(made, actor->capacity_msgs));
    if (rig->group) bench_need(sabir_actor_set_group(made, rig->group));
    bench_need(sabir_manager_manage(rig->manager, actor->name, made, &ref));
    return ref;
}

void *rig_states(size_t count, size_t size_bytes) {
    void *states = aligned_alloc(64, count * size_bytes);
    if (!states || size_bytes % 64 != 0) bench_die("no memory for %zu states of %zu bytes", count, size_bytes);
    memset(states, 0, count * size_bytes);
    return states;
}

struct rig_name rig_name(const char *prefix, size_t index) {
    struct rig_name name;
    snprintf(name.text, sizeof name.text, "%.11s%zu", prefix, index);
    return name;
}

int64_t rig_number(int argc, char **argv, int index, int64_t least, const char *usage) {
    char *end;
    if (index >= argc) bench_die("usage: %s", usage);
    long long number = strtoll(argv[index], &end, 10);
    if (*end || end == argv[index] || number < least)
        bench_die("'%s' is not a number of at least %lld; usage: %s", argv[index], (long long)least, usage);
    return number;
}

void rig_print(const char *key, double value) {
    printf("{\"%s\": %.6g}\n", key, value);
}

void rig_print_two(const char *key, double value, const char *other_key, double other) {
    printf("{\"%s\": %.6g, \"%s\": %.6g}\n", key, value, other_key, other);
}
