/*
 * Everything that a manager counts, at one moment, as JSON text. Nothing is stopped for it: each number is exact, their sum is not.
 */
#include <string.h>

#include <sabir/json.h>

#include "alloc.h"
#include "error.h"
#include "group.h"
#include "manager.h"
#include "snapshot_table.h"

struct sabir_snapshot {
    char *json;
    char *table; /* made when first asked for */
};

static void write_key(sabir_json_writer *writer, const char *key) {
    sabir_json_writer_key(writer, key, strlen(key));
}

static void write_count(sabir_json_writer *writer, const char *key, const _Atomic uint64_t *count) {
    write_key(writer, key);
    sabir_json_writer_uint64(writer, atomic_load_explicit(count, memory_order_relaxed));
}

static void write_text(sabir_json_writer *writer, const char *key, const char *text) {
    write_key(writer, key);
    if (text)
        sabir_json_writer_string(writer, text, strlen(text));
    else
        sabir_json_writer_null(writer);
}

/* Of an actor that has a thread to itself; a worker's time is its whole group's. */
static void write_cpu(sabir_json_writer *writer, const struct sb_actor *actor) {
    uint32_t id = atomic_load_explicit(&actor->thread_id, memory_order_relaxed);
    bool is_alone = id != 0 && !actor->spec->group && !actor->manager->stepper && !sb_actor_is_stopped(actor);
    int64_t used_ns = is_alone ? sb_thread_cpu_ns(id) : -1;
    write_key(writer, "cpu_ns");
    if (used_ns >= 0)
        sabir_json_writer_int64(writer, used_ns);
    else
        sabir_json_writer_null(writer);
}

/* A member of a group that is just in a worker's hand: since when, by the system's tick. 0: it is not. */
static int64_t at_work_since_ns(const struct sb_actor *actor) {
    const sabir_group *group = actor->spec->group;
    for (size_t i = 0; group && i < group->worker_count; i++) {
        const struct sb_stint *stint = &group->workers[i].stint;
        if (atomic_load_explicit(&stint->actor, memory_order_relaxed) == actor)
            return atomic_load_explicit(&stint->tick_ns, memory_order_acquire);
    }
    return 0;
}

/* Since its start. Twice the same count, and the same begin, with the clock read in between: then they belong together. */
static int64_t handler_ns(const struct sb_actor *actor) {
    int64_t count_ns, since_ns, now_ns;
    do {
        count_ns = atomic_load_explicit(&actor->counts.handler_ns, memory_order_acquire);
        since_ns = at_work_since_ns(actor);
        now_ns = sb_tick_ns();
    } while (count_ns != atomic_load_explicit(&actor->counts.handler_ns, memory_order_acquire) ||
             since_ns != at_work_since_ns(actor));
    if (since_ns > 0) count_ns -= since_ns;
    return count_ns < 0 ? count_ns + now_ns : count_ns;
}

static void write_actor(sabir_json_writer *writer, const struct sb_actor *actor) {
    sabir_json_writer_object_begin(writer);
    write_text(writer, "name", actor->ref.name);
    write_key(writer, "queued");
    sabir_json_writer_uint64(writer, sb_mailbox_depth(&actor->mailbox));
    write_count(writer, "received", &actor->counts.received);
    write_count(writer, "sent", &actor->counts.sent);
    write_count(writer, "rejected", &actor->counts.rejected);
    write_count(writer, "failed", &actor->counts.failed);
    const struct sb_actor_extra *extra = sb_actor_extra(actor);
    write_key(writer, "restarts");
    sabir_json_writer_uint64(writer, extra ? atomic_load_explicit(&extra->restarts, memory_order_relaxed) : 0);
    write_key(writer, "stopped");
    sabir_json_writer_bool(writer, sb_actor_is_stopped(actor));
    write_key(writer, "thread");
    sabir_json_writer_uint64(writer, atomic_load_explicit(&actor->thread_id, memory_order_relaxed));
    write_key(writer, "handler_ns");
    sabir_json_writer_int64(writer, handler_ns(actor));
    write_cpu(writer, actor);
    sabir_json_writer_object_end(writer);
}

static void write_actors(sabir_json_writer *writer, sabir_manager *manager) {
    write_key(writer, "actors");
    sabir_json_writer_array_begin(writer);
    sb_mutex_lock(&manager->lock);
    for (size_t i = 0; i < manager->actor_count; i++) write_actor(writer, manager->actors[i]);
    sb_mutex_unlock(&manager->lock);
    sabir_json_writer_array_end(writer);
}

static void write_dead_letters(sabir_json_writer *writer, const sabir_manager *manager) {
    write_key(writer, "dead_letters");
    sabir_json_writer_object_begin(writer);
    for (uint32_t reason = 0; reason < SABIR_DEAD_REASON_COUNT; reason++)
        write_count(writer, sabir_dead_reason_name(reason), &manager->dead_letters.counts[reason]);
    sabir_json_writer_object_end(writer);
}

static int write_all(sabir_json_writer *writer, sabir_manager *manager) {
    sabir_json_writer_object_begin(writer);
    write_text(writer, "node", manager->config->node);
    write_text(writer, "endpoint", sabir_manager_endpoint(manager));
    write_actors(writer, manager);
    write_dead_letters(writer, manager);
    int code = sb_node_report(manager->node, writer);
    sabir_json_writer_object_end(writer);
    return code;
}

int sabir_snapshot_new(sabir_manager *manager, sabir_snapshot **snapshot) {
    if (!manager || !snapshot) return sb_error(SABIR_EINVAL, "the manager or the snapshot is NULL");
    *snapshot = NULL;
    sabir_json_writer *writer;
    int code = sabir_json_writer_new(&writer);
    if (code != SABIR_OK) return code;
    const char *json;
    size_t len_bytes;
    code = write_all(writer, manager);
    if (code == SABIR_OK) code = sabir_json_writer_text_get(writer, &json, &len_bytes);
    sabir_snapshot *made = code == SABIR_OK ? sb_alloc_zero(1, sizeof *made) : NULL;
    if (made && (made->json = sb_strndup(json, len_bytes)))
        *snapshot = made;
    else if (code == SABIR_OK)
        code = sb_error(SABIR_ENOMEM, "no memory for a snapshot");
    if (code != SABIR_OK) sb_free(made);
    sabir_json_writer_free(writer);
    return code;
}

const char *sabir_snapshot_json(const sabir_snapshot *snapshot) {
    return snapshot->json;
}

int sabir_snapshot_table_get(sabir_snapshot *snapshot, const char **table) {
    if (!snapshot || !table)
        return sb_error(SABIR_EINVAL, "the snapshot is NULL, or there is nowhere to put its table");
    if (!snapshot->table) {
        struct sb_buffer out = SB_BUFFER_INIT;
        int code = sb_snapshot_table(snapshot->json, &out);
        if (code != SABIR_OK) {
            sb_buffer_free(&out);
            return code;
        }
        snapshot->table = out.bytes;
    }
    *table = snapshot->table;
    return SABIR_OK;
}

void sabir_snapshot_free(sabir_snapshot *snapshot) {
    if (!snapshot) return;
    sb_free(snapshot->table);
    sb_free(snapshot->json);
    sb_free(snapshot);
}
