/*
 * Watching: to be told when an actor ends, in this process or in another. A watch yields exactly one Down, whatever happens.
 *
 *     sabir_ref_watch(child, sabir_context_self(context));   ->  on_down(self, const struct sabir_down *, context)
 *
 * | reason           | the actor                                                            |
 * |------------------|----------------------------------------------------------------------|
 * | `stopped`        | has stopped, in order                                                |
 * | `failed`         | ended because it failed                                              |
 * | `unknown_target` | is not there: its node knows none of that name that can be reached   |
 * | `lost`           | is out of sight: the link to its node is lost. It may well live.     |
 * | `refused`        | has too many watchers in other nodes                                 |
 * | `other`          | has ended for a reason that a later release gave it                  |
 *
 * A Down comes on the control lane: no full mailbox keeps it out, and it may overtake what the actor sent before.
 */
#ifndef SABIR_WATCH_H
#define SABIR_WATCH_H

#include <sabir/export.h>
#include <sabir/ref.h>

SABIR_BEGIN_DECLS

/**
 * Send `watcher` one Down when the actor behind `ref` has ended; at once if it has already. A restart is no end.
 *
 * Shape    watcher: an actor of this process that handles Down. To watch the same actor twice is to watch it once, until its Down.
 *          ref: an actor's, or that of a probe of the same manager (sabir/kit.h), which ends when it is freed.
 * Threads  any; never blocks.
 * Errors   SABIR_EINVAL       ref or watcher is NULL, or both are the same actor
 *          SABIR_EREMOTE      the watcher is not in this process
 *          SABIR_EUNHANDLED   the watcher has no handler for Down
 *          SABIR_ECLOSED      the watcher has stopped
 *          SABIR_EUNSUPPORTED remote: the peer is not known to speak v1 (RES-2)
 *          SABIR_ENOMEM       and, of a remote ref, the errors of sabir_ref_send
 * Since    1.0
 * Source   docs/protocol.md WAT-1
 */
SABIR_API int sabir_ref_watch(sabir_ref *ref, sabir_ref *watcher);

/**
 * Do not tell `watcher` of the end of that actor. A Down that is under way already still arrives.
 * Errors: SABIR_EINVAL, SABIR_ENOENT (it does not watch it, or its Down is under way). Threads: any. Since 1.0
 */
SABIR_API int sabir_ref_unwatch(sabir_ref *ref, sabir_ref *watcher);

SABIR_END_DECLS

#endif
