/*
 * A manager owns the actors and threads of one process, and its way to the other nodes.
 *
 *     new -> manage ... -> start -> run -> stop -> free
 */
#ifndef SABIR_MANAGER_H
#define SABIR_MANAGER_H

#include <sabir/actor.h>
#include <sabir/context.h>
#include <sabir/export.h>
#include <sabir/message.h>
#include <sabir/ref.h>

typedef struct sabir_config sabir_config;
typedef struct sabir_snapshot sabir_snapshot;

enum sabir_dialect {
    SABIR_DIALECT_V1 = 0,
    SABIR_DIALECT_FLAT = 1 /* the older actors-cpp, actors-rust, actors-py and Java ports */
};

/* Why a message ended nowhere. X(value, NAME, name in reports) */
#define SABIR_DEAD_REASONS(X)                                                                                          \
    X(0, UNKNOWN_TARGET, "unknown_target")      /* no actor of that name */                                            \
    X(1, STOPPED, "stopped")                    /* the actor has stopped, with the message in its mailbox or before */ \
    X(2, MAILBOX_FULL, "mailbox_full")          /* a message from the wire, or by the overload policy */               \
    X(3, UNKNOWN_TYPE, "unknown_type")          /* the actor has no handler for it */                                  \
    X(4, BAD_PAYLOAD, "bad_payload")            /* it does not fit the type */                                         \
    X(5, NOT_ALLOWED, "not_allowed")            /* a life-cycle message from the wire (RES-1) */                       \
    X(6, FAILED, "failed")                      /* its handler failed */                                               \
    X(7, MALFORMED, "malformed")                /* not an envelope (MAL-1) */                                          \
    X(8, RESERVED, "reserved")                  /* an unknown `sabir.` type from the wire (ENV-10) */                  \
    X(9, TOO_BIG, "too_big")                    /* over the limits (LIM-1) */                                          \
    X(10, LATE_REPLY, "late_reply")             /* no ask waits for it (ASK-1) */                                      \
    X(11, DUPLICATE, "duplicate")               /* its `seq` was seen before (ORD-2) */                                \
    X(12, REFUSED, "refused")                   /* a reply or Reject that RTE-4 does not let go */                     \
    X(13, LINK_DOWN, "link_down")               /* queued for a peer that is down for too long */                      \
    X(14, PEER_FULL, "peer_full")               /* a reply or Reject for which the peer's queue has no room */         \
    X(15, REJECT_UNHANDLED, "reject_unhandled") /* a Reject whose receiver does not handle it (REJ-3) */               \
    X(16, REJECT_LIMIT, "reject_limit")         /* a Reject beyond the rate of REJ-4 */

enum sabir_dead_reason {
#define SABIR_DEAD_REASON_VALUE(value, name, text) SABIR_DEAD_##name = value,
    SABIR_DEAD_REASONS(SABIR_DEAD_REASON_VALUE)
#undef SABIR_DEAD_REASON_VALUE
        SABIR_DEAD_REASON_COUNT
};

/* Flags of sabir_manager_wait. */
#define SABIR_WAIT_STDIN 1u /* the end of standard input ends the wait, as for any node of a topology (LIFE-2) */

SABIR_BEGIN_DECLS

/* ---- Configuration ---------------------------------------------------------------------------------------------------- */

/** An empty configuration: no endpoint, defaults everywhere. Errors: SABIR_ENOMEM. Since 1.0 */
SABIR_API int sabir_config_new(sabir_config **config);

/** NULL is nothing. A manager keeps its own copy. Since 1.0 */
SABIR_API void sabir_config_free(sabir_config *config);

/**
 * Take what a node of a topology is told: SABIR_BIND, SABIR_ADVERTISE, SABIR_NODE, SABIR_PEERS, SABIR_INSECURE. What the
 * environment does not say stays as it is. Errors: those of the setters; the detail names the variable. Since 1.0
 */
SABIR_API int sabir_config_read_env(sabir_config *config);

/**
 * Where to listen: `tcp://127.0.0.1:7001`, `tcp://127.0.0.1:*` (a free TCP port), `tcp://0.0.0.0:PORT` with an
 * advertised endpoint, `ipc:///run/a.sock`. Beyond loopback and ipc only with sabir_config_set_insecure. Not a DNS name.
 * Errors: SABIR_EINVAL, SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_config_set_bind(sabir_config *config, const char *endpoint);

/** What other nodes connect to (END-1); default: what was bound. Errors: SABIR_EINVAL. Since 1.0 */
SABIR_API int sabir_config_set_advertise(sabir_config *config, const char *endpoint);

/** The node's name in logs and reports. Since 1.0 */
SABIR_API int sabir_config_set_node(sabir_config *config, const char *name);

/** Read the peers file at `path`. Errors: SABIR_EIO, SABIR_EMALFORMED; the detail says where. Since 1.0 */
SABIR_API int sabir_config_read_peers(sabir_config *config, const char *path);

/** Add a peer by hand, as the peers file does. Errors: SABIR_EINVAL, SABIR_EEXIST. Since 1.0 */
SABIR_API int sabir_config_add_peer(sabir_config *config, const char *node, const char *endpoint, uint32_t dialect);

/** Allow replies to "host", "host:port" or "ipc:///path" (RTE-4 c). Errors: SABIR_EINVAL, SABIR_ENOMEM. Since 1.0 */
SABIR_API int sabir_config_allow(sabir_config *config, const char *host);

/** Permit a bind beyond loopback without authentication. Since 1.0 */
SABIR_API int sabir_config_set_insecure(sabir_config *config, bool insecure);

/** How long one actor may take to come back when it is stopped; default 1 s. Since 1.0 */
SABIR_API int sabir_config_set_stop_timeout_ns(sabir_config *config, int64_t timeout_ns);

/** Whether an actor handles what is queued before it stops (default), or its queue becomes dead letters. Since 1.0 */
SABIR_API int sabir_config_set_drain(sabir_config *config, bool drain);

/** How long mail for a peer that is down is kept before it is a dead letter; default 5 s. Since 1.0 */
SABIR_API int sabir_config_set_peer_expiry_ns(sabir_config *config, int64_t expiry_ns);

/** How many envelopes are queued for one peer at most; default 65 536. Since 1.0 */
SABIR_API int sabir_config_set_peer_capacity_msgs(sabir_config *config, size_t capacity_msgs);

/* ---- Life --------------------------------------------------------------------------------------------------------------- */

/**
 * Make a manager; with a bind endpoint in its configuration it is bound when the call returns (but reads nothing before start).
 *
 * Shape    config: NULL for the defaults (a process without a node).
 * Errors   SABIR_EINVAL (also a wildcard bind without an advertised endpoint, RTE-3), SABIR_ENOMEM
 *          SABIR_EBIND  the endpoint cannot be bound; the detail says why
 *          SABIR_EPERM  it is beyond loopback and that is not permitted
 * Since    1.0
 * Source   docs/protocol.md LIFE-3
 */
SABIR_API int sabir_manager_new(const sabir_config *config, sabir_manager **manager);

/**
 * Give an actor a name and a place.
 *
 * Shape    name: ENV-6, not beginning with "sabir."; ref (may be NULL): receives the actor's ref, the caller's to release.
 * Owner    actor is consumed on SABIR_OK; on any error it stays with the caller.
 * Threads  any. After start the actor starts at once.
 * Errors   SABIR_EINVAL, SABIR_EEXIST, SABIR_ERESERVED, SABIR_ECLOSED, SABIR_ENOMEM, SABIR_EFORKED
 * Since    1.0
 */
SABIR_API int sabir_manager_manage(sabir_manager *manager, const char *name, sabir_actor *actor, sabir_ref **ref);

/**
 * Start every actor. Returns when each one's on_start has returned; only then are messages handled and envelopes read.
 * Errors: SABIR_ESTATE (started already), SABIR_EFAILED (an on_start failed; the detail names the actor; all are stopped),
 * SABIR_EPERM (a strict thread option), SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_manager_start(sabir_manager *manager);

/**
 * Print the READY line on standard output, as a node of a topology does. From then on until the manager is freed, SIGINT and
 * SIGTERM terminate it, each unless the program handles it; so none that comes before the run or during the stop is lost.
 *
 * Shape    port: which implementation ("c", "rust", "python"); version: of the program; features: words of the conformance
 *          suite beyond those of the core, separated by blanks, or NULL.
 * Errors   SABIR_ESTATE  not started; SABIR_EUNBOUND; SABIR_EIO
 * Since    1.0
 */
SABIR_API int sabir_manager_ready(sabir_manager *manager, const char *port, const char *version, const char *features);

/**
 * Wait until somebody says terminate.
 *
 * Shape    wake_fd: a descriptor whose becoming readable ends the wait, or -1; timeout_ns: or -1.
 * Errors   SABIR_EINTR (wake_fd is readable), SABIR_ETIMEDOUT, SABIR_EFORKED
 * Since    1.0
 */
SABIR_API int sabir_manager_wait(sabir_manager *manager, int wake_fd, int64_t timeout_ns, uint32_t flags);

/** End every wait and run of this manager, now or later. Threads: any, also a handler or a signal handler. Since 1.0 */
SABIR_API void sabir_manager_terminate(sabir_manager *manager);

/**
 * Wait until terminate, SIGINT, SIGTERM, or with SABIR_WAIT_STDIN the end of standard input. For programs in C: it installs
 * handlers for the two signals and puts the old ones back. Errors: SABIR_ESTATE (another run is going on). Since 1.0
 */
SABIR_API int sabir_manager_run(sabir_manager *manager, uint32_t flags);

/**
 * Stop every actor, in the reverse order of manage, each drained before the next. Idempotent.
 *
 * Threads  any but an actor's own.
 * Errors   SABIR_ETIMEDOUT  an actor did not come back in time; the detail names it; the manager will not be freed
 *          SABIR_EDEADLOCK  called from one of its own actors or from its dead-letter handler; use sabir_manager_terminate
 * Since    1.0
 */
SABIR_API int sabir_manager_stop(sabir_manager *manager);

/**
 * Stop and join one actor. Errors: SABIR_ETIMEDOUT, SABIR_EREMOTE, SABIR_EDEADLOCK (from its own handler; use
 * sabir_context_stop; or from the dead-letter handler; send Shutdown), SABIR_ENOENT (not of this manager). Since 1.0
 */
SABIR_API int sabir_manager_stop_actor(sabir_manager *manager, sabir_ref *actor);

/**
 * Stop if need be, then free. A manager with an actor that did not come back is left alone; once that actor is back, it can be freed
 * by another call. NULL is nothing. Since 1.0
 */
SABIR_API void sabir_manager_free(sabir_manager *manager);

/* ---- Addresses ---------------------------------------------------------------------------------------------------------- */

/** The advertised endpoint, valid as long as the manager; NULL if the node is not bound. Since 1.0 */
SABIR_API const char *sabir_manager_endpoint(const sabir_manager *manager);

/** What is bound, as above. Since 1.0 */
SABIR_API const char *sabir_manager_bound(const sabir_manager *manager);

/**
 * Find an actor: "name" in this process or else in the one node of the peers that lists it; "name@node" at that node.
 * Owner: *ref is the caller's. Errors: SABIR_EINVAL, SABIR_ENOENT, SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_manager_find(sabir_manager *manager, const char *name, sabir_ref **ref);

/**
 * A ref to the actor `name` at `endpoint`. Replies to that endpoint are allowed from now on (RTE-4 a).
 * Errors: SABIR_EINVAL (the name or the endpoint breaks ENV-6 or END-1; the detail says how), SABIR_ERESERVED, SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_manager_remote(sabir_manager *manager, const char *name, const char *endpoint, uint32_t dialect,
                                   sabir_ref **ref);

/* ---- Seeing ------------------------------------------------------------------------------------------------------------- */

/** A message that ended nowhere. All pointers are borrowed until the call returns; type and target may be NULL. */
typedef void (*sabir_dead_letter_handler)(void *user_data, uint32_t reason, const char *target, const char *type,
                                          const char *detail);

/**
 * Be told of dead letters, on whatever thread they occur; must not block, nor stop the manager or an actor of it (SABIR_EDEADLOCK;
 * sabir_manager_terminate and a Shutdown do not wait). One at a time; NULL: nobody.
 * Owner: drop(user_data) once, when it is replaced or the manager freed; drop may be NULL. Since 1.0
 */
SABIR_API int sabir_manager_on_dead_letter(sabir_manager *manager, sabir_dead_letter_handler handler, void *user_data,
                                           void (*drop)(void *user_data));

/** How a reason is called in reports ("mailbox_full"), static; NULL if there is none. Since 1.0 */
SABIR_API const char *sabir_dead_reason_name(uint32_t reason);

/** Everything that the manager counts, at this moment, without stopping anything. Errors: SABIR_ENOMEM. Since 1.0 */
SABIR_API int sabir_snapshot_new(sabir_manager *manager, sabir_snapshot **snapshot);

/**
 * The snapshot as a JSON object: {"node", "endpoint", "actors": [{"name", "queued", "received", "sent", "rejected", "failed",
 * "restarts", "stopped", "thread", "handler_ns", "cpu_ns"}], "peers": [{"endpoint", "dialect", "state", "queued", "sent",
 * "lost"}], "dead_letters": {REASON: count}, "wire": {"received", "malformed": {CLAUSE: count}}}.
 *
 * Shape    handler_ns: how long the actor has been at work: on_start, its handlers, on_restart, on_stop, also the one that is just running.
 *          It is elapsed time, so whatever a handler waits for counts. It is counted in the system's ticks (1 to 10 ms), each to
 *          who was at work when it came: a single short batch shows as 0 or as a tick, the sum over seconds is right. What
 *          lies between two messages of one batch counts too, and in a group the way from one member to the next. A fast_send into the actor
 *          counts to who calls, as a part of his own handler, and not to the actor, also what it handles of its queue with ORDERED.
 *          cpu_ns: the processor time of the actor's own thread, with what it spends on sending for others, looking and spinning; null in
 *          a group, and when it has stopped.
 * Owner    borrowed: valid as long as the snapshot.
 * Since    1.0
 */
SABIR_API const char *sabir_snapshot_json(const sabir_snapshot *snapshot);

/**
 * The snapshot for people: NUL-terminated lines in aligned columns, UTF-8, without control characters. What it shows is for eyes and
 * may change; programs read the JSON.
 *
 * Owner    borrowed: valid as long as the snapshot.
 * Threads  one at a time for each snapshot.
 * Errors   SABIR_EINVAL, SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_snapshot_table_get(sabir_snapshot *snapshot, const char **table);

/** NULL is nothing. Since 1.0 */
SABIR_API void sabir_snapshot_free(sabir_snapshot *snapshot);

/** Where the core's own lines go (a failed handler, a refused reply); NULL: standard error. Any thread; must not block. */
typedef void (*sabir_log_handler)(void *user_data, const char *line);

/** Process-wide. Since 1.0 */
SABIR_API void sabir_log_set(sabir_log_handler handler, void *user_data);

SABIR_END_DECLS

#endif
