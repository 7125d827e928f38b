#include "remote_ref.h"

#include <string.h>

#include "alloc.h"
#include "dead_letter.h"
#include "error.h"
#include "node_inner.h"
#include "outgoing.h"

static struct sb_remote_ref *remote_of(sabir_ref *ref) {
    return (struct sb_remote_ref *)(void *)ref;
}

/* ---- Sending ------------------------------------------------------------------------------------------------------------------- */

static int check_node(const struct sb_node *node) {
    if (node->fork_generation != sb_fork_generation())
        return sb_error(SABIR_EFORKED,
                        "the process has forked since its manager was made; make another one in the child");
    if (atomic_load_explicit(&node->is_closed, memory_order_acquire))
        return sb_error(SABIR_ECLOSED, "this node has stopped");
    return SABIR_OK;
}

static void count_dead(struct sb_remote_ref *to, const sabir_message *message, uint32_t reason) {
    sb_dead_letter(to->node->manager, reason, to->name, message->type->name, to->ref.endpoint);
}

static int refuse(struct sb_remote_ref *to, const sabir_message *message) {
    sb_refusal_count(&to->node->refusals, to->ref.endpoint, to->has_endpoint);
    count_dead(to, message, SABIR_DEAD_REFUSED);
    if (!to->has_endpoint)
        return sb_error(SABIR_EREFUSED, "'%s', which the sender '%s' gave as its endpoint, is none (END-2)",
                        to->ref.endpoint, to->ref.name);
    return sb_error(
        SABIR_EREFUSED,
        "the envelope of '%s' came from another address than %s: allow its host or add it to the peers file "
        "(RTE-4)",
        to->ref.name, to->ref.endpoint);
}

/* Whoever sends a reply or a Reject is not told; so what becomes of it is counted here. */
static bool is_answer(const sabir_message *message) {
    const struct sb_meta *meta = sb_message_meta(message);
    return message->type->builtin == SB_BUILTIN_REJECT || (meta && meta->re[0]);
}

static int remote_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    struct sb_remote_ref *to = remote_of(ref);
    int code = check_node(to->node);
    if (code != SABIR_OK) return code;
    if (!to->peer) return refuse(to, message);
    if (message->type->builtin == SB_BUILTIN_REJECT && !sb_peer_may_reject(to->peer)) {
        count_dead(to, message, SABIR_DEAD_REJECT_LIMIT);
        return sb_error(SABIR_EFULL, "too many Rejects went to %s within a second (REJ-4)", ref->endpoint);
    }
    struct sb_packet packet;
    unsigned seq_digits;
    code = sb_outgoing_packet(to, message, sender, &packet, &seq_digits);
    if (code != SABIR_OK) return code;
    atomic_store_explicit(&to->peer->used_ns, atomic_load_explicit(&to->node->wire.clock_ns, memory_order_relaxed),
                          memory_order_relaxed);
    code = sb_peer_send(to->peer, &packet, seq_digits);
    if (code == SABIR_OK) {
        sabir_message_free(message);
        return SABIR_OK;
    }
    sb_packet_free(&packet);
    if (code == SABIR_EDOWN && is_answer(message)) count_dead(to, message, SABIR_DEAD_PEER_FULL);
    return code;
}

/* ---- Making and freeing ---------------------------------------------------------------------------------------------------------- */

static void list_add(struct sb_remote_ref *ref) {
    struct sb_node *node = ref->node;
    sb_mutex_lock(&node->refs_lock);
    ref->previous = NULL;
    ref->next = node->refs;
    if (ref->next) ref->next->previous = ref;
    node->refs = ref;
    sb_mutex_unlock(&node->refs_lock);
}

static void list_remove(struct sb_remote_ref *ref) {
    struct sb_node *node = ref->node;
    sb_mutex_lock(&node->refs_lock);
    if (ref->next) ref->next->previous = ref->previous;
    if (ref->previous)
        ref->previous->next = ref->next;
    else
        node->refs = ref->next;
    sb_mutex_unlock(&node->refs_lock);
}

static void remote_free(sabir_ref *ref) {
    struct sb_remote_ref *remote = remote_of(ref);
    struct sb_node *node = remote->node;
    if (node->fork_generation != sb_fork_generation())
        return; /* a lock may have been held by a thread that is not here */
    list_remove(remote);
    if (remote->peer) sb_peer_release(remote->peer);
    sb_free(remote);
    sb_node_release(node);
}

static const struct sb_ref_ops remote_ops = {.send = remote_send, .free = remote_free};

static struct sb_text put_text(char **at, struct sb_text text) {
    struct sb_text copy = {*at, text.len_bytes};
    memcpy(*at, text.bytes, text.len_bytes);
    (*at)[text.len_bytes] = '\0';
    *at += text.len_bytes + 1;
    return copy;
}

static int no_memory(void) {
    return sb_error(SABIR_ENOMEM, "no memory for a ref to another node");
}

/* Its dialect matters: a peer that speaks flat is never pinged, also if it was until now. */
static struct sb_peer *peer_for(struct sb_node *node, const struct sb_remote_ref_spec *spec) {
    struct sb_peer *peer = sb_peer_table_get(node, spec->endpoint);
    if (!peer || spec->dialect != SABIR_DIALECT_FLAT || atomic_load_explicit(&peer->is_known, memory_order_acquire))
        return peer;
    if (!atomic_exchange_explicit(&peer->speaks_flat, true, memory_order_relaxed)) sb_wire_attend(&node->wire, peer);
    return peer;
}

int sb_remote_ref_new(struct sb_node *node, const struct sb_remote_ref_spec *spec, sabir_ref **ref) {
    struct sb_text rebuilt = spec->endpoint ? sb_text_of(spec->endpoint->text) : spec->received;
    size_t texts = spec->name.len_bytes + spec->received.len_bytes + rebuilt.len_bytes + 3;
    struct sb_remote_ref *made = sb_alloc(sizeof *made + texts);
    if (!made) return no_memory();
    made->peer = NULL;
    if (spec->endpoint && spec->is_allowed) {
        made->peer = peer_for(node, spec);
        if (!made->peer) {
            sb_free(made);
            return no_memory();
        }
    }
    char *at = made->texts;
    made->name = put_text(&at, spec->name);
    made->received = put_text(&at, spec->received);
    const char *endpoint = put_text(&at, rebuilt).bytes;
    sb_ref_init(&made->ref, &remote_ops, SB_REF_REMOTE, made->name.bytes, endpoint);
    made->ref.manager = node->manager;
    made->node = sb_node_retain(node);
    made->dialect = spec->dialect;
    made->has_endpoint = spec->endpoint != NULL;
    list_add(made);
    *ref = &made->ref;
    return SABIR_OK;
}

bool sb_remote_ref_is_of(const sabir_ref *ref, const struct sb_envelope *envelope) {
    const struct sb_remote_ref *remote = (const struct sb_remote_ref *)(const void *)ref;
    return remote->dialect == envelope->dialect && sb_text_equal(remote->name, envelope->sender_name) &&
           sb_text_equal(remote->received, envelope->sender_endpoint);
}
