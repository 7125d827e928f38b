/*
 * What the wire may ask of a manager: who is there, will he take this, and what came of an ask or a link.
 */
#ifndef SB_DIRECTORY_H
#define SB_DIRECTORY_H

#include <sabir/manager.h>
#include <stdbool.h>

#include "text.h"
#include "type.h"

struct sb_actor;

/* The actor of that name, stopped ones too, or NULL; lives as long as the manager. Any thread. */
struct sb_actor *sb_directory_find(sabir_manager *manager, struct sb_text name);

bool sb_actor_is_reachable(const struct sb_actor *actor); /* not declared local (RTE-8) */
bool sb_actor_is_stopped(const struct sb_actor *actor);
bool sb_actor_handles(const struct sb_actor *actor, const sabir_type *type);

/* Its binding looks at the text of that type's payloads, not at a struct. */
bool sb_actor_prefers_text(const struct sb_actor *actor, const sabir_type *type);

/* The actor's ref, borrowed. */
sabir_ref *sb_actor_ref(struct sb_actor *actor);

/*
 * Put a message from the wire (its sender already set) into the actor's mailbox. Consumes it on SABIR_OK, SABIR_EFULL (mailbox_full),
 * SABIR_ECLOSED (stopped), SABIR_EUNHANDLED.
 */
int sb_actor_deliver(struct sb_actor *actor, sabir_message *message);

/*
 * ASK-1: hand the message to the pending ask of `re` and `target`. false: there is none, the message stays with the caller.
 */
bool sb_ask_answer(sabir_manager *manager, struct sb_text re, struct sb_text target, sabir_message *message);

/* An answer came that cannot be handed over: end its ask with this thread's last error, which is `code`. false: there is none. */
bool sb_ask_fail(sabir_manager *manager, struct sb_text re, struct sb_text target, int code);

/* The link to that peer is lost: its pending asks end with SABIR_EDOWN, and every actor that handles LinkDown is told. */
void sb_directory_link_down(sabir_manager *manager, const char *endpoint, uint64_t sent, uint64_t maybe_lost);

#endif
