/*
 * Who watches whom. A watch is in two lists: of the actor that is watched (of the manager, if that is in another node) and of its watcher
 * (of nobody, if that is in another node). Whatever comes first takes it out of both, so it yields one Down: the watched one's end, the
 * loss of its link, its watcher's end.
 *
 *     here:    the end --> Down, made when the watch was, to the watcher's control lane
 *     remote:  sabir.watch --> the other node --> sabir.down (WAT-1; watch_wire.c)
 */
#ifndef SB_WATCH_H
#define SB_WATCH_H

#include <sabir/watch.h>

#include "actor.h"
#include "envelope.h"

#define SB_WATCH_ID_BYTES 32
#define SB_WATCHERS_MAX 65536 /* of other nodes, for one actor: strangers cannot make a node grow without end */

/* Why a Down comes. X(NAME, word) */
#define SB_END_REASONS(X)                                                                                              \
    X(STOPPED, "stopped")                                                                                              \
    X(FAILED, "failed")                                                                                                \
    X(UNKNOWN_TARGET, "unknown_target")                                                                                \
    X(LOST, "lost")                                                                                                    \
    X(REFUSED, "refused")                                                                                              \
    X(OTHER, "other")

enum sb_end_reason {
#define SB_END_VALUE(name, word) SB_END_##name,
    SB_END_REASONS(SB_END_VALUE)
#undef SB_END_VALUE
};

struct sb_actor_watch {
    sabir_ref *watched; /* counted */
    sabir_ref *watcher; /* counted */
    sabir_message
        *news; /* made beforehand, so that it never fails to be there: a Down, or a sabir.down for another node */
    char id[SB_ID_MAX_BYTES + 1]; /* of the sabir.watch; "": both are in this process */
    struct sb_actor_watch *next_of_watched;
    struct sb_actor_watch **link_of_watched;
    struct sb_actor_watch *next_of_watcher;
    struct sb_actor_watch **link_of_watcher; /* NULL: the watcher is in another node */
};

struct sabir_string sb_end_reason_text(enum sb_end_reason reason);
enum sb_end_reason sb_end_reason_of(struct sabir_string text);

/* The actor has ended: tell those who watch it. Once, by whoever ended it, who holds no lock. */
void sb_watches_tell(struct sb_actor *actor);

/* The actor watches nobody any more. Owning it. */
void sb_watches_drop(struct sb_actor *actor);

/* The link to that peer is lost, and so are the actors behind it that somebody watches. */
void sb_watches_lost(sabir_manager *manager, const char *endpoint);

/* The probe has been freed, after it was closed; it is watched like an actor, in the list of what is in other nodes. */
void sb_watches_of_probe_end(sabir_manager *manager, const sabir_ref *probe);

/* ---- For watch_wire.c --------------------------------------------------------------------------------------------------- */

/* Room for the lists that a watch will be in; NULL: not in this process. false: no memory. */
bool sb_watch_make_lists(struct sb_actor *watched, struct sb_actor *watcher);

/* Take over a watch whose watcher is in another node, with room made for it. false: the actor is over, or has too many such watchers; it stays the caller's. */
bool sb_watch_enter_from_wire(struct sb_actor *actor, struct sb_actor_watch *watch, enum sb_end_reason *reason);

/* Tell the watcher of the remote watch of that id. false: there is none. */
bool sb_watch_end(sabir_manager *manager, struct sb_text id, enum sb_end_reason reason);

void sb_watch_free(struct sb_actor_watch *watch);

/* ---- watch_wire.c ------------------------------------------------------------------------------------------------------- */

/* Ask the other node: the watch stands in the lists already, and may be gone when this returns. The errors of sabir_ref_send. */
int sb_watch_ask(sabir_ref *watched, sabir_ref *watcher, const char *id);

/* SABIR_EUNSUPPORTED: nobody knows that the peer speaks v1 (RES-2). */
int sb_watch_check_peer(const sabir_ref *watched);

/* Send the sabir.down that the watch has kept, and free it. */
void sb_watch_answer(struct sb_actor_watch *watch, enum sb_end_reason reason);

/* An envelope of that type has come. `sender` is borrowed, NULL: it names none. On the wire thread. */
void sb_watch_received(sabir_manager *manager, const struct sb_envelope *envelope, sabir_ref *sender);
void sb_down_received(sabir_manager *manager, const struct sb_envelope *envelope);

#endif
