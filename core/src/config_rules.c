/*
 * What a configuration permits, and whom it knows.
 */
#include "config.h"
#include "error.h"

int sb_config_check(const sabir_config *config) {
    if (config->is_stepped && config->has_bind)
        return sb_error(SABIR_EINVAL, "a stepped manager has no endpoint: %s cannot be bound", config->bind.text);
    if (!config->has_bind)
        return config->has_advertise
                   ? sb_error(SABIR_EINVAL, "%s is advertised, but nothing is bound; set what to bind too (SABIR_BIND)",
                              config->advertise.text)
                   : SABIR_OK;
    if (config->bind_is_wildcard && !config->has_advertise)
        return sb_error(
            SABIR_EINVAL,
            "%s is no endpoint that others can connect to; set the advertised one too (SABIR_ADVERTISE, RTE-3)",
            config->bind.text);
    if (!sb_endpoint_is_loopback(&config->bind) && !config->insecure)
        return sb_error(
            SABIR_EPERM,
            "%s can be reached from other machines without authentication; bind 127.0.0.1 or ipc://, or permit "
            "it (SABIR_INSECURE=1)",
            config->bind.text);
    return SABIR_OK;
}

const struct sb_config_peer *sb_config_peer_by_node(const sabir_config *config, struct sb_text node) {
    for (size_t i = 0; i < config->peer_count; i++)
        if (sb_text_equal(sb_text_of(config->peers[i].node), node)) return &config->peers[i];
    return NULL;
}

const struct sb_config_peer *sb_config_peer_by_endpoint(const sabir_config *config, const char *endpoint_text) {
    for (size_t i = 0; i < config->peer_count; i++)
        if (strcmp(config->peers[i].endpoint.text, endpoint_text) == 0) return &config->peers[i];
    return NULL;
}

static bool lists(const struct sb_config_peer *peer, struct sb_text actor) {
    for (size_t i = 0; i < peer->actor_count; i++)
        if (sb_text_equal(sb_text_of(peer->actors[i]), actor)) return true;
    return false;
}

const struct sb_config_peer *sb_config_peer_by_actor(const sabir_config *config, struct sb_text actor) {
    const struct sb_config_peer *found = NULL;
    for (size_t i = 0; i < config->peer_count; i++) {
        if (!lists(&config->peers[i], actor)) continue;
        if (found) return NULL;
        found = &config->peers[i];
    }
    return found;
}

bool sb_config_allows(const sabir_config *config, const struct sb_endpoint *endpoint) {
    struct sb_text host = sb_endpoint_host(endpoint);
    for (size_t i = 0; i < config->allow_count; i++) {
        const struct sb_config_allow *allow = &config->allows[i];
        if (sb_text_equal(sb_text_of(allow->host), host) &&
            (allow->tcp_port == 0 || allow->tcp_port == endpoint->tcp_port))
            return true;
    }
    return false;
}
