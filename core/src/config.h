/*
 * A manager's configuration: what the setters of <sabir/manager.h> collect, plain data for whoever reads it.
 */
#ifndef SB_CONFIG_H
#define SB_CONFIG_H

#include <sabir/manager.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"

struct sb_config_peer {
    char *node;
    struct sb_endpoint endpoint;
    uint32_t dialect;
    char **actors;
    size_t actor_count;
};

struct sb_config_allow {
    char *host; /* as sb_endpoint_host gives it, so that one comparison of texts decides; names are never resolved */
    uint16_t tcp_port; /* 0: every one */
};

struct sabir_config {
    char *node; /* NULL: not said */
    bool has_bind;
    bool bind_is_wildcard;
    struct sb_endpoint bind;
    bool has_advertise;
    struct sb_endpoint advertise;
    bool insecure;
    int64_t stop_timeout_ns;
    bool drain;
    bool is_stepped; /* no threads: the test kit */
    int64_t peer_expiry_ns;
    size_t peer_capacity_msgs;
    struct sb_config_peer *peers;
    size_t peer_count;
    struct sb_config_allow *allows;
    size_t allow_count;
};

/* A deep copy for the manager; `from` may be NULL for the defaults. SABIR_ENOMEM. Freed with sabir_config_free. */
int sb_config_copy(const sabir_config *from, sabir_config **config);

/*
 * Add `peer`, whose texts are on the heap and become the configuration's on SABIR_OK. SABIR_EEXIST (node or endpoint), SABIR_ENOMEM.
 */
int sb_config_take_peer(sabir_config *config, const struct sb_config_peer *peer);

/* What a node may be called. SABIR_EINVAL. */
int sb_config_check_node(struct sb_text node);

/* Free what the peer holds, not the struct. */
void sb_config_peer_free(struct sb_config_peer *peer);

/* What cannot be bound: RTE-3 (SABIR_EINVAL) and beyond loopback without permission (SABIR_EPERM), in words. */
int sb_config_check(const sabir_config *config);

/* The peer of that node name or endpoint text, or the only one that lists `actor`; NULL. */
const struct sb_config_peer *sb_config_peer_by_node(const sabir_config *config, struct sb_text node);
const struct sb_config_peer *sb_config_peer_by_endpoint(const sabir_config *config, const char *endpoint_text);
const struct sb_config_peer *sb_config_peer_by_actor(const sabir_config *config, struct sb_text actor);

/* RTE-4 (c) */
bool sb_config_allows(const sabir_config *config, const struct sb_endpoint *endpoint);

#endif
