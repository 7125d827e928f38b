/*
 * The deep copy that a manager keeps.
 */
#include "alloc.h"
#include "config.h"
#include "error.h"

static bool copy_text(const char *from, char **to) {
    *to = from ? sb_strndup(from, strlen(from)) : NULL;
    return *to || !from;
}

static bool copy_peer(const struct sb_config_peer *from, struct sb_config_peer *to) {
    to->endpoint = from->endpoint;
    to->dialect = from->dialect;
    to->actors = sb_alloc_zero(from->actor_count, sizeof *to->actors);
    if (!to->actors || !copy_text(from->node, &to->node)) return false;
    for (; to->actor_count < from->actor_count; to->actor_count++)
        if (!copy_text(from->actors[to->actor_count], &to->actors[to->actor_count])) return false;
    return true;
}

/* Count as it goes, so that whatever is there can be freed when the rest finds no memory. */
static bool copy_lists(const sabir_config *from, sabir_config *to) {
    to->peers = sb_alloc_zero(from->peer_count, sizeof *to->peers);
    to->allows = sb_alloc_zero(from->allow_count, sizeof *to->allows);
    if (!to->peers || !to->allows) return false;
    while (to->peer_count < from->peer_count) {
        size_t i = to->peer_count++;
        if (!copy_peer(&from->peers[i], &to->peers[i])) return false;
    }
    while (to->allow_count < from->allow_count) {
        size_t i = to->allow_count++;
        to->allows[i].tcp_port = from->allows[i].tcp_port;
        if (!copy_text(from->allows[i].host, &to->allows[i].host)) return false;
    }
    return true;
}

int sb_config_copy(const sabir_config *from, sabir_config **config) {
    sabir_config *copy;
    int error = sabir_config_new(&copy);
    if (error) return error;
    if (from) {
        *copy = *from;
        copy->node = NULL;
        copy->peers = NULL;
        copy->peer_count = 0;
        copy->allows = NULL;
        copy->allow_count = 0;
        if (!copy_text(from->node, &copy->node) || !copy_lists(from, copy)) {
            sabir_config_free(copy);
            return sb_error(SABIR_ENOMEM, "no memory for a copy of the configuration");
        }
    }
    *config = copy;
    return SABIR_OK;
}
