/*
 * Watching across nodes (WAT-1): what goes over the wire and what comes.
 *
 *     watcher's node:  sabir.watch {target}, with an id  -->  <--  sabir.down {target, reason}, `re` = that id
 *
 * The two types are the protocol's own: they stand in no registry, no actor handles them.
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "dead_letter.h"
#include "directory.h"
#include "error.h"
#include "kind.h"
#include "manager.h"
#include "peer.h"
#include "remote_ref.h"
#include "watch.h"

struct watch_payload {
    struct sabir_string target;
};

struct down_payload {
    struct sabir_string target;
    struct sabir_string reason;
};

#define STRING(type, member)                                                                                           \
    {                                                                                                                  \
        .name = {#member, sizeof(#member) - 1}, .kind = &sb_kind_scalars[SB_KIND_STRING],                              \
        .offset_bytes = offsetof(struct type, member), .kind_text = "STRING", .key = {                                 \
            "\"" #member "\":",                                                                                        \
            sizeof(#member) - 1 + 3                                                                                    \
        }                                                                                                              \
    }

static const struct sb_field watch_fields[] = {STRING(watch_payload, target)};
static const struct sb_field down_fields[] = {STRING(down_payload, target), STRING(down_payload, reason)};

static const sabir_type watch_type = {.name = {"sabir.watch", 11},
                                      .size_bytes = sizeof(struct watch_payload),
                                      .align_bytes = _Alignof(struct watch_payload),
                                      .level_count = 1,
                                      .field_count = 1,
                                      .fields = watch_fields};
static const sabir_type down_type = {.name = {"sabir.down", 10},
                                     .size_bytes = sizeof(struct down_payload),
                                     .align_bytes = _Alignof(struct down_payload),
                                     .level_count = 1,
                                     .field_count = 2,
                                     .fields = down_fields};

/* ---- To another node ----------------------------------------------------------------------------------------------------- */

int sb_watch_check_peer(const sabir_ref *watched) {
    const struct sb_peer *peer = ((const struct sb_remote_ref *)(const void *)watched)->peer;
    if (!peer) return SABIR_OK; /* the send says why nothing goes there */
    if (atomic_load_explicit(&peer->is_known, memory_order_acquire) &&
        !atomic_load_explicit(&peer->speaks_flat, memory_order_relaxed))
        return SABIR_OK;
    return sb_error(SABIR_EUNSUPPORTED,
                    "'%s' at %s cannot be watched: nobody has said that its node speaks v1; name it in the peers file, "
                    "or make the ref with sabir_manager_remote (RES-2)",
                    watched->name, watched->endpoint);
}

int sb_watch_ask(sabir_ref *watched, sabir_ref *watcher, const char *id) {
    sabir_message *message;
    struct watch_payload payload = {SABIR_STR(watched->name)};
    int code = sb_message_new_value(&watch_type, &payload, &message);
    if (code != SABIR_OK) return code;
    struct sb_meta *meta = sb_message_meta_make(message);
    if (meta) {
        memcpy(meta->id, id, sizeof meta->id);
        code = sabir_ref_send(watched, message, watcher);
    } else {
        code = sb_error(SABIR_ENOMEM, "no memory for a watch");
    }
    if (code != SABIR_OK) sabir_message_free(message);
    return code;
}

/* ---- From another node --------------------------------------------------------------------------------------------------- */

static void drop(sabir_manager *manager, const struct sb_envelope *envelope, uint32_t reason, const char *detail) {
    sb_dead_letter(manager, reason, envelope->target, envelope->type, detail);
}

/* The payload as the type's struct, which lives as long as *message. */
static int read_payload(const struct sb_envelope *envelope, const sabir_type *type, sabir_message **message,
                        const void **value) {
    int code = sb_message_new_wire(type, envelope->payload, false, message);
    if (code != SABIR_OK) return code;
    code = sabir_message_value_get(*message, type, value);
    if (code != SABIR_OK) sabir_message_free(*message);
    return code;
}

/* The answer, kept until it is due. `watched` NULL: there is no such actor. */
static struct sb_actor_watch *make(sabir_ref *watched, struct sabir_string target, sabir_ref *watcher,
                                   struct sb_text id) {
    bool has_lists = sb_watch_make_lists(watched ? sb_actor_of(watched) : NULL, NULL);
    struct sb_actor_watch *made = has_lists ? sb_alloc_zero(1, sizeof *made) : NULL;
    if (!made) return NULL;
    struct down_payload payload = {.target = target};
    if (sb_message_new_value(&down_type, &payload, &made->news) != SABIR_OK || !sb_message_meta_make(made->news)) {
        sabir_message_free(made->news);
        sb_free(made);
        return NULL;
    }
    made->watched = watched ? sabir_ref_retain(watched) : NULL;
    made->watcher = sabir_ref_retain(watcher);
    memcpy(made->id, id.bytes, id.len_bytes);
    memcpy(sb_message_meta_make(made->news)->re, made->id, sizeof made->id);
    return made;
}

void sb_watch_answer(struct sb_actor_watch *watch, enum sb_end_reason reason) {
    struct down_payload *payload = watch->news->value;
    payload->reason = sb_end_reason_text(reason);
    /* A remote ref counts by itself what it has no room for or refuses. */
    if (sabir_ref_send(watch->watcher, watch->news, watch->watched) == SABIR_OK) watch->news = NULL;
    sb_watch_free(watch);
}

static void take_watch(sabir_manager *manager, struct sabir_string target, struct sb_text id, sabir_ref *sender) {
    struct sb_actor *actor = sb_directory_find(manager, (struct sb_text){target.bytes, target.len_bytes});
    if (actor && !sb_actor_is_reachable(actor)) actor = NULL;
    struct sb_actor_watch *watch = make(actor ? &actor->ref : NULL, target, sender, id);
    if (!watch) return;
    enum sb_end_reason reason = SB_END_UNKNOWN_TARGET;
    if (!actor || !sb_watch_enter_from_wire(actor, watch, &reason)) sb_watch_answer(watch, reason);
}

void sb_watch_received(sabir_manager *manager, const struct sb_envelope *envelope, sabir_ref *sender) {
    sabir_message *message;
    const void *value;
    if (!sender || !envelope->id.bytes) {
        drop(manager, envelope, SABIR_DEAD_BAD_PAYLOAD, "WAT-1: a watch without a sender or an id");
    } else if (read_payload(envelope, &watch_type, &message, &value) != SABIR_OK) {
        drop(manager, envelope, SABIR_DEAD_BAD_PAYLOAD, sb_error_detail());
    } else {
        take_watch(manager, ((const struct watch_payload *)value)->target, envelope->id, sender);
        sabir_message_free(message);
    }
}

void sb_down_received(sabir_manager *manager, const struct sb_envelope *envelope) {
    sabir_message *message;
    const void *value;
    if (!envelope->re.bytes || read_payload(envelope, &down_type, &message, &value) != SABIR_OK) {
        drop(manager, envelope, SABIR_DEAD_BAD_PAYLOAD, "WAT-1: a sabir.down without `re`, target or reason");
        return;
    }
    enum sb_end_reason reason = sb_end_reason_of(((const struct down_payload *)value)->reason);
    if (!sb_watch_end(manager, envelope->re, reason)) drop(manager, envelope, SABIR_DEAD_LATE_REPLY, NULL);
    sabir_message_free(message);
}
