/*
 * Collecting a configuration. A setter that fails leaves everything as it was.
 */
#include "config.h"

#include <sabir/kit.h>

#include <stdio.h>

#include "alloc.h"
#include "envelope.h"
#include "error.h"
#include "peers_file.h"
#include "text_show.h"

#define STOP_TIMEOUT_NS INT64_C(1000000000)
#define PEER_EXPIRY_NS INT64_C(5000000000)
#define PEER_CAPACITY_MSGS 65536

static int no_memory(void) {
    return sb_error(SABIR_ENOMEM, "no memory for the configuration");
}

static int is_null(const char *what) {
    return sb_error(SABIR_EINVAL, "%s is NULL", what);
}

int sabir_config_new(sabir_config **config) {
    if (!config) return is_null("config");
    sabir_config *made = sb_alloc_zero(1, sizeof *made);
    if (!made) return no_memory();
    made->stop_timeout_ns = STOP_TIMEOUT_NS;
    made->drain = true;
    made->peer_expiry_ns = PEER_EXPIRY_NS;
    made->peer_capacity_msgs = PEER_CAPACITY_MSGS;
    *config = made;
    return SABIR_OK;
}

void sb_config_peer_free(struct sb_config_peer *peer) {
    for (size_t i = 0; i < peer->actor_count; i++) sb_free(peer->actors[i]);
    sb_free(peer->actors);
    sb_free(peer->node);
}

void sabir_config_free(sabir_config *config) {
    if (!config) return;
    for (size_t i = 0; i < config->peer_count; i++) sb_config_peer_free(&config->peers[i]);
    for (size_t i = 0; i < config->allow_count; i++) sb_free(config->allows[i].host);
    sb_free(config->peers);
    sb_free(config->allows);
    sb_free(config->node);
    sb_free(config);
}

int sabir_config_set_bind(sabir_config *config, const char *endpoint) {
    if (!config || !endpoint) return is_null(config ? "endpoint" : "config");
    struct sb_endpoint bind;
    bool is_wildcard;
    int error = sb_endpoint_parse_bind(sb_text_of(endpoint), &bind, &is_wildcard);
    if (error) return error;
    config->has_bind = true;
    config->bind = bind;
    config->bind_is_wildcard = is_wildcard;
    return SABIR_OK;
}

int sabir_config_set_advertise(sabir_config *config, const char *endpoint) {
    if (!config || !endpoint) return is_null(config ? "endpoint" : "config");
    struct sb_endpoint advertise;
    int error = sb_endpoint_parse(sb_text_of(endpoint), &advertise);
    if (error) return error;
    config->has_advertise = true;
    config->advertise = advertise;
    return SABIR_OK;
}

/* "name@node" is how an actor of a node is found, so a node's name has no @. */
int sb_config_check_node(struct sb_text node) {
    if (!sb_name_is_valid(node))
        return sb_error(SABIR_EINVAL, "a node's name is 1 to %d bytes of UTF-8 without control characters",
                        SB_NAME_MAX_BYTES);
    if (memchr(node.bytes, '@', node.len_bytes))
        return sb_error(SABIR_EINVAL, "node \"%s\": a node's name has no @", node.bytes);
    return SABIR_OK;
}

int sabir_config_set_node(sabir_config *config, const char *name) {
    if (!config || !name) return is_null(config ? "name" : "config");
    int error = sb_config_check_node(sb_text_of(name));
    if (error) return error;
    char *copy = sb_strndup(name, strlen(name));
    if (!copy) return no_memory();
    sb_free(config->node);
    config->node = copy;
    return SABIR_OK;
}

int sabir_config_read_peers(sabir_config *config, const char *path) {
    if (!config || !path) return is_null(config ? "path" : "config");
    return sb_peers_file_read(path, config);
}

static int check_peer(const sabir_config *config, const struct sb_config_peer *peer) {
    if (sb_config_peer_by_node(config, sb_text_of(peer->node)))
        return sb_error(SABIR_EEXIST, "the peer \"%s\" is there already", peer->node);
    const struct sb_config_peer *known = sb_config_peer_by_endpoint(config, peer->endpoint.text);
    if (known)
        return sb_error(SABIR_EEXIST, "the peers \"%s\" and \"%s\" have one endpoint, %s", known->node, peer->node,
                        peer->endpoint.text);
    return SABIR_OK;
}

int sb_config_take_peer(sabir_config *config, const struct sb_config_peer *peer) {
    int error = check_peer(config, peer);
    if (error) return error;
    struct sb_config_peer *grown = sb_realloc(config->peers, (config->peer_count + 1) * sizeof *grown);
    if (!grown) return no_memory();
    config->peers = grown;
    grown[config->peer_count++] = *peer;
    return SABIR_OK;
}

int sabir_config_add_peer(sabir_config *config, const char *node, const char *endpoint, uint32_t dialect) {
    if (!config || !node || !endpoint) return is_null(!config ? "config" : !node ? "node" : "endpoint");
    if (dialect != SABIR_DIALECT_V1 && dialect != SABIR_DIALECT_FLAT)
        return sb_error(SABIR_EINVAL, "peer \"%s\": there is no dialect %u", node, (unsigned)dialect);
    struct sb_config_peer peer = {.dialect = dialect};
    int error = sb_config_check_node(sb_text_of(node));
    if (!error) error = sb_endpoint_parse(sb_text_of(endpoint), &peer.endpoint);
    if (error) return error;
    peer.node = sb_strndup(node, strlen(node));
    if (!peer.node) return no_memory();
    error = sb_config_take_peer(config, &peer);
    if (error) sb_config_peer_free(&peer);
    return error;
}

/* A host alone: every TCP port of it. */
static int read_allowed_host(const char *entry, char host[SB_HOST_MAX_BYTES]) {
    char shown[SB_SHOWN_LONG_BYTES];
    if (!sb_host_parse(sb_text_of(entry), host))
        return sb_error(SABIR_EINVAL, "allow \"%s\": write a host, host:port or an ipc:// endpoint",
                        sb_text_show(sb_text_of(entry), shown, sizeof shown));
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
        return sb_error(SABIR_EINVAL, "allow \"%s\": a wildcard allows nothing; write the host that replies may go to",
                        entry);
    return SABIR_OK;
}

static int read_allowed_endpoint(const char *entry, uint16_t *tcp_port, char host[SB_HOST_MAX_BYTES]) {
    struct sb_endpoint endpoint;
    char text[SB_ENDPOINT_MAX_BYTES + 1];
    bool is_ipc = strncmp(entry, "ipc://", strlen("ipc://")) == 0;
    snprintf(text, sizeof text, "%s%s", is_ipc ? "" : "tcp://", entry);
    int error = sb_endpoint_parse(sb_text_of(text), &endpoint);
    if (error) return error;
    struct sb_text found = sb_endpoint_host(&endpoint);
    memcpy(host, found.bytes, found.len_bytes);
    host[found.len_bytes] = '\0';
    *tcp_port = endpoint.tcp_port;
    return SABIR_OK;
}

static int take_allow(sabir_config *config, const char *host, uint16_t tcp_port) {
    for (size_t i = 0; i < config->allow_count; i++)
        if (config->allows[i].tcp_port == tcp_port && strcmp(config->allows[i].host, host) == 0) return SABIR_OK;
    struct sb_config_allow *grown = sb_realloc(config->allows, (config->allow_count + 1) * sizeof *grown);
    if (grown) config->allows = grown;
    char *copy = grown ? sb_strndup(host, strlen(host)) : NULL;
    if (!copy) return no_memory();
    grown[config->allow_count++] = (struct sb_config_allow){copy, tcp_port};
    return SABIR_OK;
}

int sabir_config_allow(sabir_config *config, const char *host) {
    if (!config || !host) return is_null(config ? "host" : "config");
    uint16_t tcp_port = 0;
    char text[SB_HOST_MAX_BYTES];
    bool is_host =
        strncmp(host, "ipc://", strlen("ipc://")) != 0 && (!strchr(host, ':') || sb_host_parse(sb_text_of(host), text));
    int error = is_host ? read_allowed_host(host, text) : read_allowed_endpoint(host, &tcp_port, text);
    return error ? error : take_allow(config, text, tcp_port);
}

int sabir_config_set_insecure(sabir_config *config, bool insecure) {
    if (!config) return is_null("config");
    config->insecure = insecure;
    return SABIR_OK;
}

static int set_duration(int64_t *member, const char *what, int64_t value_ns) {
    if (value_ns < 0) return sb_error(SABIR_EINVAL, "%s is %lld ns; it cannot be negative", what, (long long)value_ns);
    *member = value_ns;
    return SABIR_OK;
}

int sabir_config_set_stop_timeout_ns(sabir_config *config, int64_t timeout_ns) {
    return config ? set_duration(&config->stop_timeout_ns, "the stop timeout", timeout_ns) : is_null("config");
}

int sabir_config_set_drain(sabir_config *config, bool drain) {
    if (!config) return is_null("config");
    config->drain = drain;
    return SABIR_OK;
}

int sabir_config_set_stepped(sabir_config *config, bool stepped) {
    if (!config) return is_null("config");
    config->is_stepped = stepped;
    return SABIR_OK;
}

int sabir_config_set_peer_expiry_ns(sabir_config *config, int64_t expiry_ns) {
    return config ? set_duration(&config->peer_expiry_ns, "the peer expiry", expiry_ns) : is_null("config");
}

int sabir_config_set_peer_capacity_msgs(sabir_config *config, size_t capacity_msgs) {
    if (!config) return is_null("config");
    if (capacity_msgs == 0) return sb_error(SABIR_EINVAL, "the peer capacity is 0; nothing could be sent");
    config->peer_capacity_msgs = capacity_msgs;
    return SABIR_OK;
}
