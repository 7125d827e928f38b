#include "sender.h"

#include <sabir/error.h>
#include <stdio.h>
#include <string.h>

#include "node_inner.h"
#include "remote_ref.h"

static uint32_t hash_add(uint32_t hash, struct sb_text text) {
    for (size_t i = 0; i < text.len_bytes; i++) hash = (hash ^ (unsigned char)text.bytes[i]) * 16777619u;
    return hash * 31;
}

static uint32_t hash_of(const struct sb_envelope *envelope) {
    uint32_t hash = hash_add(hash_add(2166136261u, envelope->sender_name), envelope->sender_endpoint);
    return hash ^ hash >> 15 ^ envelope->dialect;
}

static bool begins_with(struct sb_text text, struct sb_text head) {
    return text.len_bytes >= head.len_bytes && memcmp(text.bytes, head.bytes, head.len_bytes) == 0;
}

/* DIA-6: the host that a flat sender calls `*` or 0.0.0.0 is the one it came from. Returns what is to be parsed. */
static struct sb_text without_wildcard(const struct sb_envelope *envelope, const char *address,
                                       char room[SB_ENDPOINT_MAX_BYTES]) {
    struct sb_text text = envelope->sender_endpoint;
    if (envelope->dialect != SABIR_DIALECT_FLAT || !address[0]) return text;
    size_t head = 0;
    if (begins_with(text, SB_TEXT("tcp://*:"))) head = strlen("tcp://*:");
    if (begins_with(text, SB_TEXT("tcp://0.0.0.0:"))) head = strlen("tcp://0.0.0.0:");
    if (head == 0) return text;
    bool is_ipv6 = strchr(address, ':') != NULL;
    int len = snprintf(room, SB_ENDPOINT_MAX_BYTES, "tcp://%s%s%s:%.*s", is_ipv6 ? "[" : "", address,
                       is_ipv6 ? "]" : "", (int)(text.len_bytes - head), text.bytes + head);
    if (len < 0 || len >= SB_ENDPOINT_MAX_BYTES) return text;
    return (struct sb_text){room, (size_t)len};
}

/* RTE-4. Names are never resolved to decide. */
static bool is_allowed(struct sb_node *node, const struct sb_endpoint *endpoint, const char *address) {
    bool is_literal = endpoint->kind == SB_HOST_IPV4 || endpoint->kind == SB_HOST_IPV6;
    return (is_literal && sb_endpoint_has_address(endpoint, address)) ||
           sb_peer_table_is_known(&node->peers, endpoint->text) || sb_config_allows(node->config, endpoint);
}

static sabir_ref *make(struct sb_node *node, const struct sb_envelope *envelope, const char *address) {
    char room[SB_ENDPOINT_MAX_BYTES];
    struct sb_endpoint endpoint;
    struct sb_remote_ref_spec spec = {
        .name = envelope->sender_name, .received = envelope->sender_endpoint, .dialect = envelope->dialect};
    if (sb_endpoint_parse(without_wildcard(envelope, address, room), &endpoint) == SABIR_OK) {
        spec.endpoint = &endpoint;
        spec.is_allowed = is_allowed(node, &endpoint, address);
    }
    sabir_ref *ref;
    return sb_remote_ref_new(node, &spec, &ref) == SABIR_OK ? ref : NULL;
}

static bool is_decided(const struct sb_sender_place *place, const char *address, uint32_t generation) {
    return place->ref && place->generation == generation && strcmp(place->address, address) == 0;
}

/* Most envelopes come from whom the one before came from, and often without a look at the names. */
static bool is_last(const struct sb_senders *senders, const struct sb_envelope *envelope, const char *address,
                    uint32_t generation) {
    const struct sb_sender_place *last = senders->last;
    return last && is_decided(last, address, generation) &&
           ((envelope->has_known_head && senders->last_is_of_head) || sb_remote_ref_is_of(last->ref, envelope));
}

sabir_ref *sb_sender_get(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet) {
    if (!envelope->has_sender) return NULL;
    struct sb_senders *senders = &node->inbound.senders;
    const char *address = sb_origin_address(&senders->origin, packet);
    uint32_t generation = atomic_load_explicit(&node->peers.known_generation, memory_order_acquire);
    bool is_repeated = is_last(senders, envelope, address, generation);
    senders->last_is_of_head = true;
    if (is_repeated) return senders->last->ref;
    struct sb_sender_place *place = &senders->places[hash_of(envelope) % SB_SENDER_PLACES];
    senders->last = place;
    if (is_decided(place, address, generation) && sb_remote_ref_is_of(place->ref, envelope)) return place->ref;
    sabir_ref *ref = make(node, envelope, address);
    sabir_ref_release(place->ref);
    place->ref = ref;
    place->generation = generation;
    /* An address that does not fit is kept as something that no address equals: the next envelope decides anew. */
    if (snprintf(place->address, sizeof place->address, "%s", address) >= (int)sizeof place->address)
        strcpy(place->address, "-");
    return ref;
}

void sb_senders_free(struct sb_senders *senders) {
    for (size_t i = 0; i < SB_SENDER_PLACES; i++) {
        sabir_ref_release(senders->places[i].ref);
        senders->places[i].ref = NULL;
    }
    sb_origin_free(&senders->origin);
}
