#include "actor_spec.h"

#include <stddef.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "spec_table.h"

#define DEFAULT_CAPACITY_MSGS 65536
#define FIRST_PLACES 4

/* The size that the struct of the first release had: nothing smaller was ever published. */
#define CALLBACKS_MIN_BYTES (offsetof(struct sabir_actor_callbacks, drop) + sizeof(void (*)(void *)))

static int copy_callbacks(const struct sabir_actor_callbacks *from, struct sabir_actor_callbacks *to) {
    *to = (struct sabir_actor_callbacks){SABIR_ACTOR_CALLBACKS_INIT};
    if (!from) return SABIR_OK;
    if (from->size_bytes < CALLBACKS_MIN_BYTES || from->size_bytes > sizeof *to)
        return sb_error(SABIR_EVERSION,
                        "struct sabir_actor_callbacks is said to have %zu bytes; this core knows %zu to %zu",
                        from->size_bytes, CALLBACKS_MIN_BYTES, sizeof *to);
    memcpy(to, from, from->size_bytes);
    return SABIR_OK;
}

int sabir_actor_new(const struct sabir_actor_callbacks *callbacks, void *self, sabir_actor **actor) {
    struct sabir_actor_callbacks copied;
    int code = copy_callbacks(callbacks, &copied);
    struct sabir_actor *made = NULL;
    if (code == SABIR_OK && !actor)
        code = sb_error(SABIR_EINVAL, "there is nowhere to put the actor: the last argument is NULL");
    if (code == SABIR_OK && !(made = sb_spec_new())) code = sb_error(SABIR_ENOMEM, "no memory for an actor");
    if (code != SABIR_OK) {
        if (callbacks && callbacks->size_bytes >= CALLBACKS_MIN_BYTES && callbacks->drop) callbacks->drop(self);
        return code;
    }
    made->callbacks = copied;
    made->self = self;
    made->capacity_msgs = DEFAULT_CAPACITY_MSGS;
    made->spin_ns = -1;
    sb_restart_rule_init(&made->restart_rule);
    *actor = made;
    return SABIR_OK;
}

void sb_actor_spec_free_parts(struct sabir_actor *spec) {
    sabir_ref_release(spec->high_water_to);
    sb_handler_table_release(spec->handlers);
    sb_free(spec->thread_name);
    sb_free(spec->cpus);
}

void sabir_actor_free(sabir_actor *actor) {
    if (!actor) return;
    if (actor->callbacks.drop) actor->callbacks.drop(actor->self);
    sb_spec_release(actor);
}

/* ---- Handlers ------------------------------------------------------------------------------------------------------- */

/* The place of `type`, or the free one where it belongs. */
static struct sb_handler *place_of(struct sb_handler *handlers, size_t places, const sabir_type *type) {
    size_t place = type->index & (places - 1);
    while (handlers[place].type && handlers[place].type != type) place = (place + 1) & (places - 1);
    return &handlers[place];
}

/* At most half full, so that a search ends soon. */
static int make_room(struct sabir_actor *spec) {
    if (spec->handler_count * 2 < spec->handler_places) return SABIR_OK;
    size_t places = spec->handler_places ? spec->handler_places * 2 : FIRST_PLACES;
    struct sb_handler *handlers = sb_handler_table_new(places);
    if (!handlers) return sb_error(SABIR_ENOMEM, "no memory for a handler");
    for (size_t i = 0; i < spec->handler_places; i++)
        if (spec->handlers[i].type) *place_of(handlers, places, spec->handlers[i].type) = spec->handlers[i];
    sb_handler_table_release(spec->handlers);
    spec->handlers = handlers;
    spec->handler_places = places;
    return SABIR_OK;
}

static int add_handler(struct sabir_actor *spec, struct sb_handler handler) {
    if (!spec) return sb_error(SABIR_EINVAL, "the actor is NULL");
    if (!handler.type) return sb_type_missing("the type to handle");
    if (!handler.handle && !handler.handle_message)
        return sb_error(SABIR_EINVAL, "the handler for '%s' is NULL", handler.type->name.bytes);
    if (sb_actor_spec_handler(spec, handler.type))
        return sb_error(SABIR_EEXIST, "the actor has a handler for '%s' already", handler.type->name.bytes);
    int code = make_room(spec);
    if (code != SABIR_OK) return code;
    *place_of(spec->handlers, spec->handler_places, handler.type) = handler;
    spec->handler_count++;
    return SABIR_OK;
}

int sabir_actor_on(sabir_actor *actor, const sabir_type *type, sabir_handler handler) {
    return add_handler(actor, (struct sb_handler){.type = type, .handle = handler});
}

int sabir_actor_on_message(sabir_actor *actor, const sabir_type *type, sabir_message_handler handler, void *user_data) {
    return add_handler(actor, (struct sb_handler){.type = type, .handle_message = handler, .user_data = user_data});
}

int sabir_actor_on_value(sabir_actor *actor, const sabir_type *type, sabir_value_handler values,
                         sabir_message_handler objects, void *user_data) {
    if (!values) return sb_error(SABIR_EINVAL, "the handler of values is NULL");
    return add_handler(
        actor,
        (struct sb_handler){.type = type, .handle_message = objects, .handle_value = values, .user_data = user_data});
}

/* ---- Options -------------------------------------------------------------------------------------------------------- */

static int no_actor(void) {
    return sb_error(SABIR_EINVAL, "the actor is NULL");
}

int sabir_actor_set_language(sabir_actor *actor, const void *language) {
    if (!actor) return no_actor();
    actor->language = language;
    return SABIR_OK;
}

int sabir_actor_set_object_drop(sabir_actor *actor, void (*drop)(void *object)) {
    if (!actor) return no_actor();
    if (!drop) return sb_error(SABIR_EINVAL, "the object drop is NULL: somebody must free what is not handed over");
    actor->object_drop = drop;
    return SABIR_OK;
}

int sabir_actor_set_group(sabir_actor *actor, sabir_group *group) {
    if (!actor) return no_actor();
    actor->group = group;
    return SABIR_OK;
}

int sabir_actor_set_pulled(sabir_actor *actor) {
    if (!actor) return no_actor();
    actor->is_pulled = true;
    return SABIR_OK;
}

int sabir_actor_set_pulled_values(sabir_actor *actor) {
    if (!actor) return no_actor();
    actor->takes_values = true;
    return SABIR_OK;
}

int sabir_actor_set_capacity_msgs(sabir_actor *actor, size_t capacity_msgs) {
    if (!actor) return no_actor();
    actor->capacity_msgs = capacity_msgs;
    return SABIR_OK;
}

int sabir_actor_set_overload(sabir_actor *actor, uint32_t overload) {
    if (!actor) return no_actor();
    if (overload > SABIR_OVERLOAD_DROP_OLDEST)
        return sb_error(SABIR_EINVAL, "%u is no overload policy; use one of enum sabir_overload", (unsigned)overload);
    actor->overload = overload;
    return SABIR_OK;
}

int sabir_actor_set_high_water(sabir_actor *actor, size_t high_water_msgs, sabir_ref *to) {
    if (!actor) return no_actor();
    if ((high_water_msgs == 0) != !to)
        return sb_error(SABIR_EINVAL, "a high-water mark of %zu messages and %s to tell do not go together",
                        high_water_msgs, to ? "somebody" : "nobody");
    if (to && !sabir_type_high_water()) return SABIR_ENOMEM; /* the registration has said why */
    if (to) sabir_ref_retain(to);
    sabir_ref_release(actor->high_water_to);
    actor->high_water_msgs = high_water_msgs;
    actor->high_water_to = to;
    return SABIR_OK;
}

int sabir_actor_set_local(sabir_actor *actor, bool local) {
    if (!actor) return no_actor();
    actor->is_local = local;
    return SABIR_OK;
}

int sabir_actor_set_cpus(sabir_actor *actor, const uint32_t *cpus, size_t count) {
    if (!actor) return no_actor();
    if (count > 0 && !cpus) return sb_error(SABIR_EINVAL, "the list of %zu CPUs is NULL", count);
    uint32_t *copy = NULL;
    if (count > 0) {
        copy = sb_alloc(count * sizeof *copy);
        if (!copy) return sb_error(SABIR_ENOMEM, "no memory for a list of CPUs");
        memcpy(copy, cpus, count * sizeof *copy);
    }
    sb_free(actor->cpus);
    actor->cpus = copy;
    actor->cpu_count = count;
    return SABIR_OK;
}

int sabir_actor_set_scheduling(sabir_actor *actor, uint32_t policy, uint32_t priority) {
    if (!actor) return no_actor();
    if (policy > 2)
        return sb_error(SABIR_EINVAL, "%u is no scheduling policy: 0 normal, 1 FIFO, 2 round robin", (unsigned)policy);
    if (policy > 0 && (priority < 1 || priority > 99))
        return sb_error(SABIR_EINVAL, "%u is no real-time priority: 1 to 99", (unsigned)priority);
    actor->policy = policy;
    actor->priority = priority;
    return SABIR_OK;
}

int sabir_actor_set_thread_name(sabir_actor *actor, const char *name) {
    if (!actor) return no_actor();
    if (!name || !*name) return sb_error(SABIR_EINVAL, "a thread's name is not empty");
    char *copy = sb_strndup(name, strlen(name));
    if (!copy) return sb_error(SABIR_ENOMEM, "no memory for a thread's name");
    sb_free(actor->thread_name);
    actor->thread_name = copy;
    return SABIR_OK;
}

int sabir_actor_set_spin_ns(sabir_actor *actor, int64_t spin_ns) {
    if (!actor) return no_actor();
    if (spin_ns < -1)
        return sb_error(SABIR_EINVAL, "%lld ns is no spinning time: -1 adaptive, 0 never, or nanoseconds",
                        (long long)spin_ns);
    actor->spin_ns = spin_ns;
    return SABIR_OK;
}

int sabir_actor_set_strict(sabir_actor *actor, bool strict) {
    if (!actor) return no_actor();
    actor->is_strict = strict;
    return SABIR_OK;
}

int sabir_actor_set_on_failure(sabir_actor *actor, uint32_t policy) {
    if (!actor) return no_actor();
    if (policy > SABIR_FAILURE_RESTART)
        return sb_error(SABIR_EINVAL, "%u is no failure policy; use one of enum sabir_failure_policy",
                        (unsigned)policy);
    actor->on_failure = policy;
    return SABIR_OK;
}

int sabir_actor_set_restart_limit(sabir_actor *actor, uint32_t limit, int64_t window_ns) {
    return actor ? sb_restart_rule_set_limit(&actor->restart_rule, limit, window_ns) : no_actor();
}

int sabir_actor_set_restart_delay(sabir_actor *actor, int64_t first_ns, int64_t max_ns) {
    return actor ? sb_restart_rule_set_delay(&actor->restart_rule, first_ns, max_ns) : no_actor();
}

int sabir_actor_set_supervisor(sabir_actor *actor, sabir_supervisor *supervisor) {
    if (!actor) return no_actor();
    if (!supervisor) return sb_error(SABIR_EINVAL, "the supervisor is NULL");
    actor->supervisor = supervisor;
    actor->on_failure = SABIR_FAILURE_RESTART;
    return SABIR_OK;
}
