/* What a node counts, as the members "peers" and "wire" of a snapshot. */
#include "node.h"

#include <string.h>

#include "error.h"
#include "node_inner.h"

static void put_key(sabir_json_writer *writer, const char *key) {
    sabir_json_writer_key(writer, key, strlen(key));
}

static void put_text(sabir_json_writer *writer, const char *key, const char *text) {
    put_key(writer, key);
    sabir_json_writer_string(writer, text, strlen(text));
}

static void put_count(sabir_json_writer *writer, const char *key, uint64_t count) {
    put_key(writer, key);
    sabir_json_writer_uint64(writer, count);
}

static const char *state_name(enum sb_peer_state state) {
    switch (state) {
    case SB_PEER_CLOSED:
        return "closed";
    case SB_PEER_CONNECTING:
        return "connecting";
    case SB_PEER_UP:
        return "up";
    }
    return "closed";
}

static void put_peer(struct sb_peer *peer, void *user_data) {
    sabir_json_writer *writer = user_data;
    sb_mutex_lock(&peer->lock);
    enum sb_peer_state state = peer->state;
    uint64_t queued = peer->queued_msgs, sent = peer->sent, lost = peer->lost;
    sb_mutex_unlock(&peer->lock);
    bool is_flat = atomic_load_explicit(&peer->speaks_flat, memory_order_relaxed);
    sabir_json_writer_object_begin(writer);
    put_text(writer, "endpoint", peer->endpoint.text);
    put_text(writer, "dialect", is_flat ? "flat" : "v1");
    put_text(writer, "state", state_name(state));
    put_count(writer, "queued", queued);
    put_count(writer, "sent", sent);
    put_count(writer, "lost", lost);
    sabir_json_writer_object_end(writer);
}

static void put_malformed(sabir_json_writer *writer, struct sb_inbound *inbound) {
    sabir_json_writer_object_begin(writer);
    for (size_t i = 0; i < SB_CLAUSE_PLACES; i++) {
        const char *clause = atomic_load_explicit(&inbound->malformed[i].clause, memory_order_acquire);
        if (!clause) break;
        put_count(writer, clause, atomic_load_explicit(&inbound->malformed[i].count, memory_order_relaxed));
    }
    sabir_json_writer_object_end(writer);
}

int sb_node_report(struct sb_node *node, sabir_json_writer *writer) {
    put_key(writer, "peers");
    sabir_json_writer_array_begin(writer);
    sb_peer_table_each(&node->peers, put_peer, writer);
    sabir_json_writer_array_end(writer);
    put_key(writer, "wire");
    sabir_json_writer_object_begin(writer);
    put_count(writer, "received", atomic_load_explicit(&node->inbound.received, memory_order_relaxed));
    put_count(writer, "refused", atomic_load_explicit(&node->refusals.count, memory_order_relaxed));
    put_key(writer, "malformed");
    put_malformed(writer, &node->inbound);
    return sabir_json_writer_object_end(writer); /* an error sticks: the last call tells of the first */
}
