#include "manager.h"

#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "alarm.h"
#include "alloc.h"
#include "envelope.h"
#include "error.h"
#include "group.h"
#include "log.h"
#include "probe.h"
#include "signals.h"
#include "supervisor.h"
#include "tap.h"
#include "type.h"
#include "watch.h"
#include "worker.h"

#define FIRST_CAPACITY 64

int sb_manager_check_fork(const sabir_manager *manager) {
    if (manager->fork_generation == sb_fork_generation()) return SABIR_OK;
    return sb_error(SABIR_EFORKED,
                    "this process is a child of the one that made the manager: make a manager after fork, not before");
}

/* ---- New and free ---------------------------------------------------------------------------------------------------- */

int sabir_manager_new(const sabir_config *config, sabir_manager **manager) {
    if (!manager) return sb_error(SABIR_EINVAL, "there is nowhere to put the manager: the last argument is NULL");
    *manager = NULL;
    sabir_manager *made = sb_alloc_zero(1, sizeof *made);
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a manager");
    int code = sb_config_copy(config, &made->config);
    if (code != SABIR_OK) goto undo_manager;
    code = sb_config_check(made->config);
    if (code != SABIR_OK) goto undo_config;
    if (made->config->is_stepped && !(made->stepper = sb_stepper_new())) {
        code = sb_error(SABIR_ENOMEM, "no memory for a manager");
        goto undo_config;
    }
    made->terminate_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made->terminate_fd < 0) {
        code = sb_error(SABIR_EIO, "no descriptor for a manager: raise the limit (`ulimit -n`) or close some");
        goto undo_stepper;
    }
    made->fork_generation = sb_fork_generation();
    sb_mutex_init(&made->lock);
    sb_dead_letters_init(&made->dead_letters);
    code = sb_node_new(made, made->config, &made->node);
    if (code != SABIR_OK) goto undo_locks;
    sb_ask_table_init(&made->asks, sb_node_endpoint(made->node));
    sb_alarms_retain();
    sb_type_hold(); /* actors look types up: they outlast the library's unloading as long as somebody is there */
    *manager = made;
    return SABIR_OK;

undo_locks:
    sb_dead_letters_free(&made->dead_letters);
    sb_mutex_free(&made->lock);
    close(made->terminate_fd);
undo_stepper:
    sb_stepper_free(made->stepper);
undo_config:
    sabir_config_free(made->config);
undo_manager:
    sb_free(made);
    return code;
}

static void free_groups(sabir_manager *manager) {
    while (manager->groups) {
        struct sabir_group *group = manager->groups;
        manager->groups = group->next_of_manager;
        sb_group_free(group);
    }
}

static void free_actors(sabir_manager *manager) {
    for (size_t i = 0; i < manager->actor_count; i++) {
        struct sb_actor *actor = manager->actors[i];
        actor->manager = NULL; /* refs may outlive us */
        actor->ref.endpoint = NULL;
        sabir_ref_release(&actor->ref);
    }
    sb_free(manager->actors);
    sb_name_index_free(&manager->names);
}

void sabir_manager_free(sabir_manager *manager) {
    if (!manager || sb_manager_check_fork(manager) != SABIR_OK) return;
    if (sb_manager_check_outside(manager) != SABIR_OK) {
        sb_log("the manager is not freed: %s", sb_error_detail());
        return;
    }
    if (sabir_manager_stop(manager) != SABIR_OK && !sb_manager_is_over(manager))
        return; /* somebody is still in there: better a leak than a crash */
    sb_signals_put_back(manager);
    sb_taps_close(manager);
    sb_probes_detach(manager);
    sb_node_free(manager->node);
    free_groups(manager);
    free_actors(manager);
    sb_supervisors_free(manager->supervisors);
    sb_alarms_release();
    sb_type_release();
    sb_stepper_free(manager->stepper);
    sb_ask_table_free(&manager->asks);
    sb_dead_letters_free(&manager->dead_letters);
    sb_mutex_free(&manager->lock);
    close(manager->terminate_fd);
    sabir_config_free(manager->config);
    sb_free(manager->stuck);
    sb_free(manager);
}

/* ---- The directory (under the lock) ----------------------------------------------------------------------------------- */

static struct sb_actor *find(const sabir_manager *manager, struct sb_text name) {
    uint32_t hash = sb_name_hash(name), number;
    size_t at = hash;
    while ((number = sb_name_index_next(&manager->names, hash, &at)) != 0) {
        struct sb_actor *actor = manager->actors[number - 1];
        if (sb_text_equal(sb_text_of(actor->ref.name), name)) return actor;
    }
    return NULL;
}

static int make_room(sabir_manager *manager) {
    if (manager->actor_count < manager->actor_capacity) return SABIR_OK;
    size_t capacity = manager->actor_capacity ? manager->actor_capacity * 2 : FIRST_CAPACITY;
    struct sb_actor **actors = sb_realloc(manager->actors, capacity * sizeof *actors);
    if (actors) manager->actors = actors;
    if (!actors || !sb_name_index_grow(&manager->names, capacity))
        return sb_error(SABIR_ENOMEM, "no memory for another actor");
    manager->actor_capacity = capacity;
    return SABIR_OK;
}

static void enter(sabir_manager *manager, struct sb_actor *actor) {
    manager->actors[manager->actor_count++] = actor;
    sb_name_index_add(&manager->names, sb_name_hash(sb_text_of(actor->ref.name)), (uint32_t)manager->actor_count);
}

struct sb_actor *sb_directory_find(sabir_manager *manager, struct sb_text name) {
    sb_mutex_lock(&manager->lock);
    struct sb_actor *actor = find(manager, name);
    sb_mutex_unlock(&manager->lock);
    return actor;
}

/* ---- Manage ---------------------------------------------------------------------------------------------------------- */

int sb_manager_check_name(const char *name) {
    if (!name) return sb_error(SABIR_EINVAL, "the actor's name is NULL");
    if (!sb_name_is_valid(sb_text_of(name)))
        return sb_error(SABIR_EINVAL,
                        "'%.80s' is no actor's name: 1 to 255 bytes of UTF-8 without control characters (ENV-6)", name);
    if (sb_name_is_reserved(sb_text_of(name)))
        return sb_error(SABIR_ERESERVED, "'%s': names that begin with 'sabir.' are the protocol's own (ENV-10)", name);
    return SABIR_OK;
}

static int manage_locked(sabir_manager *manager, const char *name, sabir_actor *spec, struct sb_actor **actor) {
    if (spec->group && spec->group->manager != manager)
        return sb_error(SABIR_EINVAL, "'%s' is to run in the group '%s', which is of another manager", name,
                        spec->group->name);
    if (spec->group && spec->group->is_pulled != spec->is_pulled)
        return sb_error(SABIR_EINVAL, "'%s' %s and its group '%s' %s: they do not fit", name,
                        spec->is_pulled ? "is pulled" : "has handlers", spec->group->name,
                        spec->is_pulled ? "has workers of its own" : "is of pulled actors");
    if (spec->supervisor && spec->supervisor->manager != manager)
        return sb_error(SABIR_EINVAL, "'%s' is to be under the supervisor '%s', which is of another manager", name,
                        spec->supervisor->name);
    if (manager->is_stopping) return sb_error(SABIR_ECLOSED, "the manager has stopped: '%s' comes too late", name);
    if (find(manager, sb_text_of(name))) return sb_error(SABIR_EEXIST, "an actor '%s' is managed already", name);
    if (manager->stepper && spec->is_pulled)
        return sb_error(SABIR_EUNSUPPORTED, "a stepped manager takes no pulled actor: '%s'", name);
    int code = make_room(manager);
    if (code == SABIR_OK) code = sb_actor_new(manager, name, sb_node_endpoint(manager->node), spec, actor);
    if (code == SABIR_OK) enter(manager, *actor);
    return code;
}

int sabir_manager_manage(sabir_manager *manager, const char *name, sabir_actor *spec, sabir_ref **ref) {
    if (!manager || !spec) return sb_error(SABIR_EINVAL, "the manager or the actor is NULL");
    int code = sb_manager_check_name(name);
    if (code == SABIR_OK) code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    struct sb_actor *actor = NULL;
    sb_mutex_lock(&manager->lock);
    code = manage_locked(manager, name, spec, &actor);
    bool starts = code == SABIR_OK && atomic_load(&manager->phase) >= SB_MANAGER_STARTING;
    if (starts) sb_actor_start_now(actor);
    sb_mutex_unlock(&manager->lock);
    if (code != SABIR_OK) return code;
    if (ref) *ref = sabir_ref_retain(&actor->ref);
    return SABIR_OK;
}

/* ---- Addresses ------------------------------------------------------------------------------------------------------- */

const char *sabir_manager_endpoint(const sabir_manager *manager) {
    return manager ? sb_node_endpoint(manager->node) : NULL;
}

const char *sabir_manager_bound(const sabir_manager *manager) {
    return manager ? sb_node_bound(manager->node) : NULL;
}

int sabir_manager_remote(sabir_manager *manager, const char *name, const char *endpoint, uint32_t dialect,
                         sabir_ref **ref) {
    if (!manager || !name || !endpoint || !ref)
        return sb_error(SABIR_EINVAL, "the manager, name, endpoint or ref is NULL");
    if (dialect > SABIR_DIALECT_FLAT)
        return sb_error(SABIR_EINVAL, "%u is no dialect; use one of enum sabir_dialect", (unsigned)dialect);
    int code = sb_manager_check_name(name);
    if (code == SABIR_OK) code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    return sb_node_ref_new(manager->node, sb_text_of(name), sb_text_of(endpoint), dialect, ref);
}

static int find_at_peer(sabir_manager *manager, const struct sb_config_peer *peer, struct sb_text name,
                        sabir_ref **ref) {
    return sb_node_ref_new(manager->node, name, sb_text_of(peer->endpoint.text), peer->dialect, ref);
}

int sabir_manager_find(sabir_manager *manager, const char *name, sabir_ref **ref) {
    if (!manager || !name || !ref) return sb_error(SABIR_EINVAL, "the manager, name or ref is NULL");
    struct sb_text text = sb_text_of(name);
    struct sb_actor *actor = sb_directory_find(manager, text);
    if (actor) {
        *ref = sabir_ref_retain(&actor->ref);
        return SABIR_OK;
    }
    if ((*ref = sb_probe_find(manager, text))) return SABIR_OK;
    const struct sb_config_peer *peer = sb_config_peer_by_actor(manager->config, text);
    if (peer) return find_at_peer(manager, peer, text, ref);
    const char *at = strrchr(name, '@');
    if (!at)
        return sb_error(SABIR_ENOENT, "no actor '%s' is managed here, and no node of the peers file lists it", name);
    peer = sb_config_peer_by_node(manager->config, sb_text_of(at + 1));
    if (!peer) return sb_error(SABIR_ENOENT, "the peers file names no node '%s'", at + 1);
    text.len_bytes = (size_t)(at - name);
    if (!sb_name_is_valid(text) || sb_name_is_reserved(text))
        return sb_error(SABIR_EINVAL, "what stands before '@' in '%s' is no actor's name", name);
    return find_at_peer(manager, peer, text, ref);
}

/* ---- What the wire says ---------------------------------------------------------------------------------------------- */

void sb_directory_link_down(sabir_manager *manager, const char *endpoint, uint64_t sent, uint64_t maybe_lost) {
    sb_ask_link_down(&manager->asks, endpoint);
    sb_watches_lost(manager, endpoint);
    struct sabir_linkdown news = {.endpoint = {endpoint, strlen(endpoint)}, .sent = sent, .maybe_lost = maybe_lost};
    for (size_t i = 0;; i++) {
        sb_mutex_lock(&manager->lock);
        struct sb_actor *actor = i < manager->actor_count ? manager->actors[i] : NULL;
        sb_mutex_unlock(&manager->lock);
        if (!actor) return;
        sabir_message *message;
        if (!sb_actor_handles(actor, sabir_type_linkdown())) continue;
        if (sb_message_new_value(sabir_type_linkdown(), &news, &message) != SABIR_OK) continue;
        if (sb_actor_deliver(actor, message) != SABIR_OK) {
            sb_log("actor '%s' was not told that the link to %s is down: %s", actor->ref.name, endpoint,
                   sb_error_detail());
            sabir_message_free(message);
        }
    }
}
