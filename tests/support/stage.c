#include "support/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thread.h"

static const char *detail(void) {
    static _Thread_local char words[1024];
    sabir_error_detail_copy(words, sizeof words);
    return words;
}

void stage_assert_ok(int code, const char *call, const char *file, int line) {
    if (code == SABIR_OK) return;
    const char *name = sabir_error_name(code);
    print_error("%s: %s: %s\n", call, name ? name : "?", detail());
    _fail(file, line);
}

void stage_assert_fails(int code, int expected, const char *words, const char *call, const char *file, int line) {
    if (code == expected && (!words || strstr(detail(), words))) return;
    const char *name = sabir_error_name(code);
    const char *wanted = sabir_error_name(expected);
    print_error("%s: %s (%s) instead of %s (... %s ...)\n", call, name ? name : "?", detail(), wanted ? wanted : "?",
                words ? words : "");
    _fail(file, line);
}

/* ---- Gates ---------------------------------------------------------------------------------------------------------- */

void gate_open(struct gate *gate) {
    atomic_fetch_add(&gate->count, 1);
    sb_unpark_all(&gate->count);
}

void gate_wait(struct gate *gate, uint32_t count) {
    int64_t deadline_ns = sb_now_ns() + STAGE_PATIENCE_NS;
    uint32_t seen;
    while ((seen = atomic_load(&gate->count)) < count) {
        sb_park(&gate->count, seen, deadline_ns);
        if (sb_now_ns() >= deadline_ns) {
            print_error("a gate was opened %u times instead of %u\n", seen, count);
            abort(); /* we may be on any thread: only the process as a whole can fail */
        }
    }
}

/* ---- Managers and actors -------------------------------------------------------------------------------------------- */

sabir_manager *stage_new(void) {
    sabir_manager *manager = NULL;
    sabir_config *config = NULL;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stop_timeout_ns(config, STAGE_PATIENCE_NS)); /* draining takes its time under valgrind */
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

void stage_free(sabir_manager *manager) {
    assert_ok(sabir_manager_stop(manager));
    sabir_manager_free(manager);
}

sabir_actor *stage_actor(void *self, const sabir_type *type, sabir_handler handler) {
    sabir_actor *actor = NULL;
    assert_ok(sabir_actor_new(NULL, self, &actor));
    assert_ok(sabir_actor_on(actor, type, handler));
    return actor;
}

sabir_ref *stage_manage(sabir_manager *manager, const char *name, void *self, const sabir_type *type,
                        sabir_handler handler) {
    sabir_ref *ref = NULL;
    assert_ok(sabir_manager_manage(manager, name, stage_actor(self, type, handler), &ref));
    return ref;
}

void send_number(sabir_ref *ref, int64_t value, sabir_ref *sender) {
    assert_ok(sabir_ref_send_value(ref, Number_type(), &(struct Number){value}, sender));
}

sabir_message *new_number(int64_t value) {
    sabir_message *message = NULL;
    assert_ok(sabir_message_new(Number_type(), &(struct Number){value}, &message));
    return message;
}

/* ---- Counts --------------------------------------------------------------------------------------------------------- */

/* The integer behind `"key":` at or after `from`. */
static uint64_t count_after(const char *from, const char *key) {
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\":", key);
    const char *at = from ? strstr(from, pattern) : NULL;
    assert_non_null(at);
    return strtoull(at + strlen(pattern), NULL, 10);
}

static uint64_t count_in_snapshot(sabir_manager *manager, const char *anchor, const char *key) {
    sabir_snapshot *snapshot = NULL;
    assert_ok(sabir_snapshot_new(manager, &snapshot));
    uint64_t count = count_after(strstr(sabir_snapshot_json(snapshot), anchor), key);
    sabir_snapshot_free(snapshot);
    return count;
}

uint64_t stage_actor_count(sabir_manager *manager, const char *actor, const char *key) {
    char anchor[320];
    snprintf(anchor, sizeof anchor, "{\"name\":\"%s\"", actor);
    return count_in_snapshot(manager, anchor, key);
}

uint64_t stage_dead_letters(sabir_manager *manager, const char *reason) {
    return count_in_snapshot(manager, "\"dead_letters\":", reason);
}

/* ---- Threads -------------------------------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct sb_thread) <= sizeof(struct stage_thread), "a thread fits its room");

void stage_thread_start(struct stage_thread *thread, void (*run)(void *argument), void *argument) {
    struct sb_thread started;
    assert_ok(sb_thread_start(&started, "test", run, argument));
    memcpy(thread->room, &started, sizeof started);
}

void stage_thread_join(struct stage_thread *thread) {
    struct sb_thread started;
    memcpy(&started, thread->room, sizeof started);
    sb_thread_join(&started);
}
