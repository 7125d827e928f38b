/*
 * The test kit: actors without threads, time that moves only when it is told to, and probes that stand where other actors will stand.
 *
 *     sabir_config_set_stepped(config, true);              a manager without threads
 *     sabir_probe_new(manager, "client", &client);         an address that keeps what it gets
 *     sabir_ref_send(pricer, request, sabir_probe_ref(client));
 *     sabir_probe_expect(client, Price_type(), SECOND, &message, NULL);
 *     sabir_kit_advance(manager, 5 * SECOND);              fires what falls due meanwhile, in order
 *
 * In a stepped manager one message is handled at a time, by the thread that steps, in an order that is the same each time: who has
 * something to do takes turns. To wait is to step: a probe's wait, and an ask, let the actors run and then time pass, at once. A probe works
 * in a manager with threads too, and then really waits.
 */
#ifndef SABIR_KIT_H
#define SABIR_KIT_H

#include <sabir/export.h>
#include <sabir/manager.h>

typedef struct sabir_probe sabir_probe;

SABIR_BEGIN_DECLS

/* ---- Stepping -------------------------------------------------------------------------------------------------------- */

/**
 * Make managers without threads: actors run when somebody steps, also those of groups; thread options are not used. Such a manager has no
 * endpoint (SABIR_EINVAL when it is made with one), takes no pulled actors, and neither waits nor runs (SABIR_ESTATE).
 * Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_config_set_stepped(sabir_config *config, bool stepped);

/**
 * Let the actors handle messages, one at a time, until `max_msgs` are handled or nobody has any. Time stands still.
 *
 * Shape    handled (may be NULL): how many; less than max_msgs: all are at rest.
 * Threads  one at a time; not from a handler.
 * Errors   SABIR_EINVAL, SABIR_EFORKED
 *          SABIR_ESTATE   the manager has threads
 * Since    1.0
 */
SABIR_API int sabir_kit_step(sabir_manager *manager, uint64_t max_msgs, uint64_t *handled);

/**
 * Let time pass: the actors come to rest, the next timer that falls due within `duration_ns` fires, or the restart of an actor that has
 * failed, and so on.
 * Errors: as sabir_kit_step; SABIR_EINVAL (negative), SABIR_ESTATE (they do not come to rest within ten million messages). Since 1.0
 */
SABIR_API int sabir_kit_advance(sabir_manager *manager, int64_t duration_ns);

/** The manager's time: of a stepped one what sabir_kit_advance made of it, from 0; else the monotonic clock. Since 1.0 */
SABIR_API int64_t sabir_kit_now_ns(const sabir_manager *manager);

/* ---- Probes ---------------------------------------------------------------------------------------------------------- */

/**
 * Make a probe: a ref like an actor's that keeps whatever is sent to it, of any type. The manager finds it by its name.
 *
 * Shape    name: as an actor's.
 * Owner    the probe is the caller's; free it before its manager.
 * Errors   SABIR_EINVAL, SABIR_EEXIST, SABIR_ERESERVED, SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_probe_new(sabir_manager *manager, const char *name, sabir_probe **probe);

/** The probe's ref, borrowed. fast_send to it is SABIR_EREMOTE: it has no handlers. Since 1.0 */
SABIR_API sabir_ref *sabir_probe_ref(sabir_probe *probe);

/** How many messages it keeps. Since 1.0 */
SABIR_API size_t sabir_probe_count(sabir_probe *probe);

/**
 * The next message, whatever it is.
 *
 * Shape    timeout_ns: -1 without end, 0: what is there or comes without time passing. sender (may be NULL): who sent it, or NULL.
 * Owner    *message is the caller's; *sender is borrowed and lives as long as the message.
 * Threads  any; one at a time.
 * Errors   SABIR_EINVAL
 *          SABIR_ETIMEDOUT  nothing came
 * Since    1.0
 */
SABIR_API int sabir_probe_next(sabir_probe *probe, int64_t timeout_ns, sabir_message **message, sabir_ref **sender);

/**
 * The next message, which must be of `type`. One of another type is gone then.
 * Shape: message may be NULL if it is not wanted. Errors: as sabir_probe_next; SABIR_EMISMATCH, its detail shows what came. Since 1.0
 */
SABIR_API int sabir_probe_expect(sabir_probe *probe, const sabir_type *type, int64_t timeout_ns,
                                 sabir_message **message, sabir_ref **sender);

/** As sabir_probe_expect, and it must carry `value`, compared as the JSON of both. Since 1.0 */
SABIR_API int sabir_probe_expect_value(sabir_probe *probe, const sabir_type *type, const void *value,
                                       int64_t timeout_ns);

/** The next `count` messages, which must be of these types in this order; the detail says which is not. Since 1.0 */
SABIR_API int sabir_probe_expect_order(sabir_probe *probe, const sabir_type *const *types, size_t count,
                                       int64_t timeout_ns);

/** Nothing comes within timeout_ns. Errors: SABIR_EINVAL (also -1), SABIR_EMISMATCH: something came, and is gone. Since 1.0 */
SABIR_API int sabir_probe_expect_none(sabir_probe *probe, int64_t timeout_ns);

/** The next message of `type`; those before it are gone. Errors: as sabir_probe_next. Since 1.0 */
SABIR_API int sabir_probe_fish(sabir_probe *probe, const sabir_type *type, int64_t timeout_ns, sabir_message **message,
                               sabir_ref **sender);

/** Refs to it say SABIR_ECLOSED from now on; actors that watch it get a Down `stopped`. NULL is nothing. Since 1.0 */
SABIR_API void sabir_probe_free(sabir_probe *probe);

SABIR_END_DECLS

#endif
