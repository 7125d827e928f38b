#include "peer_table.h"

#include <string.h>

#include "error.h"
#include "node_inner.h"

static struct sb_peer **bucket_of(struct sb_peer_table *table, const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
    return &table->buckets[(hash ^ hash >> 16) % SB_PEER_BUCKETS];
}

static struct sb_peer *find_locked(struct sb_peer_table *table, const char *text) {
    struct sb_peer *peer = *bucket_of(table, text);
    while (peer && strcmp(peer->endpoint.text, text) != 0) peer = peer->next_in_bucket;
    return peer;
}

int sb_peer_table_init(struct sb_node *node, const sabir_config *config) {
    struct sb_peer_table *table = &node->peers;
    table->capacity_msgs = config->peer_capacity_msgs;
    table->expiry_ns = config->peer_expiry_ns;
    sb_random(&table->epoch, sizeof table->epoch);
    sb_mutex_init(&table->lock);
    for (size_t i = 0; i < config->peer_count; i++) {
        struct sb_peer *peer = sb_peer_table_get(node, &config->peers[i].endpoint);
        if (!peer) {
            sb_peer_table_free(table);
            return sb_error(SABIR_ENOMEM, "no memory for the peers");
        }
        sb_peer_make_known(peer, config->peers[i].dialect);
        sb_peer_release(peer);
    }
    return SABIR_OK;
}

void sb_peer_table_free(struct sb_peer_table *table) {
    for (size_t i = 0; i < SB_PEER_BUCKETS; i++) {
        while (table->buckets[i]) {
            struct sb_peer *peer = table->buckets[i];
            table->buckets[i] = peer->next_in_bucket;
            sb_peer_free(peer);
        }
    }
    sb_mutex_free(&table->lock);
}

struct sb_peer *sb_peer_table_get(struct sb_node *node, const struct sb_endpoint *endpoint) {
    struct sb_peer_table *table = &node->peers;
    sb_mutex_lock(&table->lock);
    struct sb_peer *peer = find_locked(table, endpoint->text);
    if (!peer) {
        peer = sb_peer_new(node, endpoint, table->epoch);
        if (peer) {
            struct sb_peer **bucket = bucket_of(table, endpoint->text);
            table->epoch++;
            peer->is_closed = table->is_closed;
            peer->next_in_bucket = *bucket;
            *bucket = peer;
        }
    }
    if (peer) atomic_fetch_add_explicit(&peer->users, 1, memory_order_relaxed);
    sb_mutex_unlock(&table->lock);
    return peer;
}

void sb_peer_make_known(struct sb_peer *peer, uint32_t dialect) {
    if (dialect == SABIR_DIALECT_FLAT) atomic_store_explicit(&peer->speaks_flat, true, memory_order_relaxed);
    if (atomic_exchange_explicit(&peer->is_known, true, memory_order_acq_rel)) return;
    atomic_fetch_add_explicit(&peer->node->peers.known_generation, 1, memory_order_release);
}

bool sb_peer_table_is_known(struct sb_peer_table *table, const char *endpoint_text) {
    sb_mutex_lock(&table->lock);
    struct sb_peer *peer = find_locked(table, endpoint_text);
    bool is_known = peer && atomic_load_explicit(&peer->is_known, memory_order_acquire);
    sb_mutex_unlock(&table->lock);
    return is_known;
}

struct sb_peer *sb_peer_retain(struct sb_peer *peer) {
    atomic_fetch_add_explicit(&peer->users, 1, memory_order_relaxed);
    return peer;
}

void sb_peer_release(struct sb_peer *peer) {
    struct sb_peer_table *table = &peer->node->peers;
    /* Under the lock, because a look-up may find the peer between the last use and its end. */
    sb_mutex_lock(&table->lock);
    bool is_last = atomic_fetch_sub_explicit(&peer->users, 1, memory_order_acq_rel) == 1 &&
                   !atomic_load_explicit(&peer->is_known, memory_order_acquire);
    if (is_last) {
        struct sb_peer **place = bucket_of(table, peer->endpoint.text);
        while (*place != peer) place = &(*place)->next_in_bucket;
        *place = peer->next_in_bucket;
    }
    sb_mutex_unlock(&table->lock);
    if (is_last) sb_peer_free(peer);
}

void sb_peer_table_close(struct sb_peer_table *table) {
    sb_mutex_lock(&table->lock);
    table->is_closed = true;
    for (size_t i = 0; i < SB_PEER_BUCKETS; i++) {
        for (struct sb_peer *peer = table->buckets[i]; peer; peer = peer->next_in_bucket) {
            sb_mutex_lock(&peer->lock);
            peer->is_closed = true;
            sb_mutex_unlock(&peer->lock);
        }
    }
    sb_mutex_unlock(&table->lock);
}

void sb_peer_table_each(struct sb_peer_table *table, void (*visit)(struct sb_peer *peer, void *user_data),
                        void *user_data) {
    sb_mutex_lock(&table->lock);
    for (size_t i = 0; i < SB_PEER_BUCKETS; i++) {
        for (struct sb_peer *peer = table->buckets[i]; peer; peer = peer->next_in_bucket) visit(peer, user_data);
    }
    sb_mutex_unlock(&table->lock);
}
