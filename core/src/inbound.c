#include "inbound.h"

#include <sabir/error.h>
#include <stdio.h>
#include <string.h>

#include "dead_letter.h"
#include "directory.h"
#include "envelope.h"
#include "error.h"
#include "mailbox.h"
#include "message.h"
#include "node_inner.h"
#include "received_reject.h"
#include "reject.h"
#include "watch.h"

#define NOTHING ((struct sb_text){NULL, 0})

void sb_inbound_init(struct sb_inbound *inbound) {
    sb_packet_init(&inbound->packet);
}

void sb_inbound_free(struct sb_inbound *inbound) {
    sb_packet_free(&inbound->packet);
    sb_envelope_head_free(&inbound->head);
    sb_senders_free(&inbound->senders);
}

/* ---- What is no envelope (MAL-1) ------------------------------------------------------------------------------------------------ */

static void count_clause(struct sb_inbound *inbound, const char *clause) {
    for (size_t i = 0; i < SB_CLAUSE_PLACES; i++) {
        struct sb_clause_count *place = &inbound->malformed[i];
        const char *taken = atomic_load_explicit(&place->clause, memory_order_relaxed);
        if (taken && strcmp(taken, clause) != 0) continue;
        atomic_fetch_add_explicit(&place->count, 1, memory_order_relaxed);
        /* Release: who reads the clause may look at it. This thread alone takes places. */
        if (!taken) atomic_store_explicit(&place->clause, clause, memory_order_release);
        return;
    }
}

static void drop_malformed(struct sb_node *node, int code, const struct sb_fault *fault) {
    char detail[256];
    count_clause(&node->inbound, fault->clause);
    snprintf(detail, sizeof detail, "%s at byte %zu: %s", fault->clause, fault->offset_bytes, fault->reason);
    sb_dead_letter(node->manager, code == SABIR_ETOOBIG ? SABIR_DEAD_TOO_BIG : SABIR_DEAD_MALFORMED, NOTHING, NOTHING,
                   detail);
}

static void drop_multipart(struct sb_node *node) {
    const struct sb_fault fault = {"ENV-1", "a message of several parts is no envelope", 0};
    drop_malformed(node, SABIR_EMALFORMED, &fault);
}

/* ---- What is one, but goes nowhere ------------------------------------------------------------------------------------------------ */

static void drop(struct sb_node *node, const struct sb_envelope *envelope, uint32_t reason, const char *detail) {
    sb_dead_letter(node->manager, reason, envelope->target, envelope->type, detail);
}

static void copy_text(char *to, size_t capacity_bytes, struct sb_text text) {
    size_t len_bytes = text.len_bytes < capacity_bytes ? text.len_bytes : capacity_bytes - 1;
    if (text.bytes)
        memcpy(to, text.bytes, len_bytes);
    else
        len_bytes = 0;
    to[len_bytes] = '\0';
}

static void copy_meta(const struct sb_envelope *envelope, struct sb_meta *meta) {
    copy_text(meta->id, sizeof meta->id, envelope->id);
    copy_text(meta->re, sizeof meta->re, envelope->re);
    copy_text(meta->trace, sizeof meta->trace, envelope->trace);
}

/* Why an envelope is rejected: the code on the wire and the reason of the dead letter. */
struct verdict {
    enum sb_reject_code code;
    uint32_t reason;
    const char *words;
};

static const struct verdict unknown_target = {SB_REJECT_UNKNOWN_TARGET, SABIR_DEAD_UNKNOWN_TARGET,
                                              "no actor of that name"};
static const struct verdict stopped = {SB_REJECT_STOPPED, SABIR_DEAD_STOPPED, "the actor has stopped"};
static const struct verdict not_allowed = {SB_REJECT_NOT_ALLOWED, SABIR_DEAD_NOT_ALLOWED,
                                           "a life-cycle message does not come from another node"};
static const struct verdict unknown_type = {SB_REJECT_UNKNOWN_TYPE, SABIR_DEAD_UNKNOWN_TYPE,
                                            "the actor has no handler for it"};
static const struct verdict mailbox_full = {SB_REJECT_MAILBOX_FULL, SABIR_DEAD_MAILBOX_FULL,
                                            "the mailbox holds its capacity"};
static const struct verdict out_of_room = {SB_REJECT_MAILBOX_FULL, SABIR_DEAD_MAILBOX_FULL, "out of memory"};

static void reject(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet,
                   const struct verdict *verdict) {
    struct sb_meta meta;
    copy_meta(envelope, &meta);
    struct sb_rejected rejected = {
        .to = sb_sender_get(node, envelope, packet), .type = envelope->type, .target = envelope->target, .meta = &meta};
    drop(node, envelope, verdict->reason, verdict->words);
    sb_reject(node->manager, &rejected, verdict->code, verdict->words);
}

/* ---- From the envelope to a message -------------------------------------------------------------------------------------------------- */

static int put_meta(const struct sb_envelope *envelope, sabir_message *message) {
    if (!envelope->id.bytes && !envelope->re.bytes && !envelope->trace.bytes) return SABIR_OK;
    struct sb_meta *meta = sb_message_meta_make(message);
    if (!meta) return SABIR_ENOMEM;
    copy_meta(envelope, meta);
    return SABIR_OK;
}

/* `packet` NULL: the message has no sender. */
static int message_of(struct sb_node *node, const struct sb_envelope *envelope, const sabir_type *type,
                      struct sb_packet *packet, bool prefers_text, sabir_message **message) {
    bool is_reject = type->builtin == SB_BUILTIN_REJECT;
    int code;
    if (is_reject)
        code = sb_received_reject(envelope->payload, message);
    else if (envelope->value && !prefers_text)
        code = sb_message_new_wire_value(type, envelope->value, &envelope->room, message);
    else
        code = sb_message_new_wire(type, envelope->payload, prefers_text, message);
    if (code != SABIR_OK) return code;
    code = put_meta(envelope, *message);
    if (code != SABIR_OK)
        sabir_message_free(*message);
    else if (packet)
        sb_message_set_sender(*message, sb_sender_get(node, envelope, packet));
    return code;
}

/* As if the mailbox were full. */
static void out_of_memory(struct sb_node *node, const struct sb_envelope *envelope) {
    drop(node, envelope, SABIR_DEAD_MAILBOX_FULL, "out of memory");
}

/* ---- The checks ------------------------------------------------------------------------------------------------------------------------ */

/* ASK-1. Nothing is rejected because of an envelope with `re`. */
static void take_answer(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet) {
    const sabir_type *type = sb_type_find(envelope->type);
    sabir_message *message;
    if (sb_type_name_is_life_cycle(envelope->type)) {
        drop(node, envelope, SABIR_DEAD_NOT_ALLOWED, not_allowed.words);
    } else if (!type) {
        drop(node, envelope, SABIR_DEAD_UNKNOWN_TYPE, "an answer of a type that this process does not know");
        sb_ask_fail(node->manager, envelope->re, envelope->target,
                    sb_error(SABIR_EMISMATCH,
                             "the answer is of type '%.*s', which this process does not know: declare it before asking",
                             (int)envelope->type.len_bytes, envelope->type.bytes));
    } else if (message_of(node, envelope, type, type->builtin == SB_BUILTIN_REJECT ? NULL : packet, true, &message) !=
               SABIR_OK) {
        out_of_memory(node, envelope);
        sb_ask_fail(node->manager, envelope->re, envelope->target,
                    sb_error(SABIR_ENOMEM, "no memory for the answer, which came"));
    } else if (!sb_ask_answer(node->manager, envelope->re, envelope->target, message)) {
        sabir_message_free(message);
        drop(node, envelope, SABIR_DEAD_LATE_REPLY, NULL);
    }
}

/* REJ-2, REJ-3: a Reject has no sender and is never answered. */
static void take_reject(struct sb_node *node, const struct sb_envelope *envelope) {
    struct sb_actor *actor = sb_directory_find(node->manager, envelope->target);
    const sabir_type *type = sabir_type_reject();
    sabir_message *message;
    if (!actor || !sb_actor_is_reachable(actor)) {
        drop(node, envelope, SABIR_DEAD_UNKNOWN_TARGET, unknown_target.words);
    } else if (sb_actor_is_stopped(actor)) {
        drop(node, envelope, SABIR_DEAD_STOPPED, stopped.words);
    } else if (message_of(node, envelope, type, NULL, true, &message) != SABIR_OK) {
        out_of_memory(node, envelope);
    } else if (!sb_actor_handles(actor, type)) {
        const void *value;
        const struct sabir_reject *reject = NULL;
        if (sabir_message_value_get(message, type, &value) == SABIR_OK) reject = value;
        char detail[256];
        snprintf(detail, sizeof detail, "%.*s: %.*s", reject ? (int)reject->code.len_bytes : 0,
                 reject ? reject->code.bytes : "", reject ? (int)reject->reason.len_bytes : 0,
                 reject ? reject->reason.bytes : "");
        drop(node, envelope, SABIR_DEAD_REJECT_UNHANDLED, detail);
        sabir_message_free(message);
    } else {
        int code = sb_actor_deliver(actor, message);
        if (code == SABIR_OK) return;
        sabir_message_free(message);
        drop(node, envelope, code == SABIR_EFULL ? SABIR_DEAD_MAILBOX_FULL : SABIR_DEAD_STOPPED, NULL);
    }
}

static void deliver(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet,
                    struct sb_actor *actor, const sabir_type *type) {
    sabir_message *message;
    if (message_of(node, envelope, type, packet, sb_actor_prefers_text(actor, type), &message) != SABIR_OK) {
        reject(node, envelope, packet, &out_of_room); /* a Reject is small: there may be memory for that */
        return;
    }
    int code = sb_actor_deliver(actor, message);
    if (code == SABIR_OK) return;
    sabir_message_free(message);
    if (code == SABIR_EFULL)
        reject(node, envelope, packet, &mailbox_full);
    else
        reject(node, envelope, packet, code == SABIR_ECLOSED ? &stopped : &unknown_type);
}

/* Most envelopes go where the one before went. An actor stays in the directory as long as its manager lives, and so does its name. */
static struct sb_actor *find_target(struct sb_node *node, struct sb_text target) {
    struct sb_inbound *inbound = &node->inbound;
    if (inbound->last_target && sb_text_equal(sb_text_of(sabir_ref_name(sb_actor_ref(inbound->last_target))), target))
        return inbound->last_target;
    struct sb_actor *found = sb_directory_find(node->manager, target);
    if (found) inbound->last_target = found;
    return found;
}

/* WAT-1, and what a later release may say. */
static void take_reserved(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet) {
    if (sb_text_equal(envelope->type, SB_TEXT("sabir.watch")))
        sb_watch_received(node->manager, envelope, sb_sender_get(node, envelope, packet));
    else if (sb_text_equal(envelope->type, SB_TEXT("sabir.down")))
        sb_down_received(node->manager, envelope);
    else
        drop(node, envelope, SABIR_DEAD_RESERVED, "this node knows no such type of the protocol");
}

/* Where the envelope before went with the same head: what its texts decide is decided. An actor never gets a handler more, or loses one. */
static void take_like_last(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet) {
    struct sb_actor *actor = node->inbound.last_target;
    if (sb_actor_is_stopped(actor))
        reject(node, envelope, packet, &stopped);
    else
        deliver(node, envelope, packet, actor, node->inbound.last_type);
}

static void take_by_texts(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet) {
    if (sb_name_is_reserved(envelope->type)) {
        take_reserved(node, envelope, packet);
        return;
    }
    if (envelope->re.bytes) {
        take_answer(node, envelope, packet);
        return;
    }
    if (sb_text_equal(envelope->type, sabir_type_reject()->name)) {
        take_reject(node, envelope);
        return;
    }
    struct sb_actor *actor = find_target(node, envelope->target);
    const sabir_type *type = sb_type_find(envelope->type);
    if (!actor || !sb_actor_is_reachable(actor)) {
        reject(node, envelope, packet, &unknown_target);
    } else if (sb_actor_is_stopped(actor)) {
        reject(node, envelope, packet, &stopped);
    } else if (sb_type_name_is_life_cycle(envelope->type)) {
        reject(node, envelope, packet, &not_allowed);
    } else if (!type || !sb_actor_handles(actor, type)) {
        reject(node, envelope, packet, &unknown_type);
    } else {
        node->inbound.last_type = type;
        node->inbound.head.takes_text = sb_actor_prefers_text(actor, type);
        deliver(node, envelope, packet, actor, type);
    }
}

static void take_envelope(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet) {
    struct sb_inbound *inbound = &node->inbound;
    if (!envelope->has_known_head) {
        inbound->last_type = NULL;
        inbound->senders.last_is_of_head = false;
    }
    if (envelope->seq.bytes && !sb_seq_is_new(&inbound->seqs, envelope->seq_epoch, envelope->seq_count))
        drop(node, envelope, SABIR_DEAD_DUPLICATE, NULL);
    else if (inbound->last_type)
        take_like_last(node, envelope, packet);
    else
        take_by_texts(node, envelope, packet);
}

void sb_inbound_take(struct sb_node *node, struct sb_packet *packet) {
    struct sb_envelope envelope;
    struct sb_fault fault;
    int code = sb_envelope_read_next(&node->inbound.head, sb_packet_bytes(packet), sb_packet_len_bytes(packet),
                                     &envelope, &fault);
    if (code == SABIR_OK)
        take_envelope(node, &envelope, packet);
    else if (code == SABIR_ENOMEM)
        sb_dead_letter(node->manager, SABIR_DEAD_TOO_BIG, NOTHING, NOTHING, "out of memory while reading an envelope");
    else
        drop_malformed(node, code, &fault);
}

bool sb_inbound_drain(struct sb_node *node, size_t budget, size_t *taken) {
    struct sb_inbound *inbound = &node->inbound;
    bool more;
    *taken = 0;
    while (*taken < budget) {
        if (!sb_socket_receive(node->inbox, &inbound->packet, &more)) return true;
        bool was_in_multipart = inbound->is_in_multipart;
        inbound->is_in_multipart = more;
        if (more && was_in_multipart) continue;
        if (!was_in_multipart) {
            ++*taken;
            atomic_fetch_add_explicit(&inbound->received, 1, memory_order_relaxed);
        }
        if (more)
            drop_multipart(node);
        else if (!was_in_multipart)
            sb_inbound_take(node, &inbound->packet);
    }
    return false;
}
