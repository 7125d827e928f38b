#include "node.h"

#include <string.h>

#include "alloc.h"
#include "error.h"
#include "ipc_path.h"
#include "node_inner.h"
#include "remote_ref.h"

/* ---- Making ---------------------------------------------------------------------------------------------------------------------- */

/* What is bound, with the TCP port that the system chose; and what is told to others. */
static int name_itself(struct sb_node *node) {
    const sabir_config *config = node->config;
    bool is_wildcard;
    char text[SB_ENDPOINT_MAX_BYTES];
    int code = sb_socket_bound(node->inbox, text, sizeof text);
    if (code == SABIR_OK) code = sb_endpoint_parse_bind(sb_text_of(text), &node->bound, &is_wildcard);
    if (code != SABIR_OK) return code;
    node->advertised = config->has_advertise ? config->advertise : node->bound;
    node->advertised_text = sb_text_of(node->advertised.text);
    node->is_bound = true;
    return SABIR_OK;
}

static int bind_inbox(struct sb_node *node) {
    const sabir_config *config = node->config;
    if (!config->has_bind) return SABIR_OK;
    int code = SABIR_OK;
    if (config->bind.kind == SB_HOST_IPC) code = sb_ipc_path_check(config->bind.text);
    if (code == SABIR_OK) code = sb_remote_bind(node->remote, &config->bind, &node->inbox);
    return code == SABIR_OK ? name_itself(node) : code;
}

int sb_node_new(sabir_manager *manager, const sabir_config *config, struct sb_node **result) {
    struct sb_node *node = sb_alloc_zero(1, sizeof *node);
    if (!node) return sb_error(SABIR_ENOMEM, "no memory for a node");
    atomic_init(&node->owners, 1);
    node->manager = manager;
    node->config = config;
    node->fork_generation = sb_fork_generation();
    sb_mutex_init(&node->refs_lock);
    sb_inbound_init(&node->inbound);
    int code = sb_peer_table_init(node, config);
    if (code != SABIR_OK) goto undo_node;
    code = sb_wire_init(node);
    if (code != SABIR_OK) goto undo_peers;
    code = sb_remote_new(&node->remote);
    if (code != SABIR_OK) goto undo_wire;
    code = bind_inbox(node);
    if (code != SABIR_OK) goto undo_remote;
    *result = node;
    return SABIR_OK;

undo_remote:
    sb_socket_close(node->inbox, 0);
    sb_remote_free(node->remote);
undo_wire:
    sb_wire_free(node);
undo_peers:
    sb_peer_table_free(&node->peers);
undo_node:
    sb_inbound_free(&node->inbound);
    sb_mutex_free(&node->refs_lock);
    sb_free(node);
    return code;
}

int sb_node_start(struct sb_node *node) {
    return sb_wire_start(node);
}

bool sb_node_read_until(struct sb_node *node, struct sb_mailbox *mailbox) {
    return sb_loan_take(node, mailbox);
}

void sb_node_wake_reader(struct sb_node *node) {
    sb_loan_call(node);
}

/* ---- Stopping -------------------------------------------------------------------------------------------------------------------- */

/* In a forked child the library's threads are gone: nothing of it may be touched. */
static bool is_in_child(const struct sb_node *node) {
    return node->fork_generation != sb_fork_generation();
}

void sb_node_stop_reading(struct sb_node *node) {
    if (!is_in_child(node)) sb_wire_reach(node, SB_WIRE_SENDS);
}

void sb_node_stop(struct sb_node *node) {
    if (is_in_child(node)) return;
    atomic_store_explicit(&node->is_closed, true, memory_order_release);
    sb_wire_reach(node, SB_WIRE_STOPPED);
}

void sb_node_free(struct sb_node *node) {
    if (!node || is_in_child(node)) return;
    sb_node_stop(node);
    sb_inbound_free(&node->inbound); /* its senders own the node, too */
    sb_mutex_lock(&node->refs_lock);
    for (struct sb_remote_ref *ref = node->refs; ref; ref = ref->next) ref->ref.manager = NULL;
    node->manager = NULL;
    node->config = NULL;
    sb_mutex_unlock(&node->refs_lock);
    sb_node_release(node);
}

void sb_node_release(struct sb_node *node) {
    /* Release what this owner did; acquire what every other one did before the last one frees. */
    if (atomic_fetch_sub_explicit(&node->owners, 1, memory_order_acq_rel) != 1) return;
    sb_wire_free(node);
    sb_peer_table_free(&node->peers);
    sb_mutex_free(&node->refs_lock);
    sb_free(node);
}

/* ---- What it is called, and refs --------------------------------------------------------------------------------------------------- */

const char *sb_node_endpoint(const struct sb_node *node) {
    return node->is_bound ? node->advertised.text : NULL;
}

const char *sb_node_bound(const struct sb_node *node) {
    return node->is_bound ? node->bound.text : NULL;
}

int sb_node_ref_new(struct sb_node *node, struct sb_text name, struct sb_text endpoint, uint32_t dialect,
                    sabir_ref **ref) {
    struct sb_endpoint parsed;
    if (is_in_child(node))
        return sb_error(SABIR_EFORKED,
                        "the process has forked since its manager was made; make another one in the child");
    if (!sb_name_is_valid(name))
        return sb_error(SABIR_EINVAL, "an actor's name is 1 to %d bytes of UTF-8 without control characters (ENV-6)",
                        SB_NAME_MAX_BYTES);
    if (sb_name_is_reserved(name))
        return sb_error(SABIR_ERESERVED, "names that begin with \"sabir.\" are the protocol's own (ENV-10)");
    if (dialect != SABIR_DIALECT_V1 && dialect != SABIR_DIALECT_FLAT)
        return sb_error(SABIR_EINVAL, "there is no dialect %u", (unsigned)dialect);
    int code = sb_endpoint_parse(endpoint, &parsed);
    if (code != SABIR_OK) return code;
    if (atomic_load_explicit(&node->is_closed, memory_order_acquire))
        return sb_error(SABIR_ECLOSED, "this node has stopped");
    const struct sb_remote_ref_spec spec = {
        .name = name, .received = endpoint, .endpoint = &parsed, .dialect = dialect, .is_allowed = true};
    code = sb_remote_ref_new(node, &spec, ref);
    if (code != SABIR_OK) return code;
    struct sb_peer *peer = ((struct sb_remote_ref *)(void *)*ref)->peer;
    sb_peer_make_known(peer, dialect);
    return SABIR_OK;
}
