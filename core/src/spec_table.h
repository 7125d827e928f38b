/*
 * Specs that are equal are one: actors made alike, however many, share what was said of them. What is an actor's own (its name, its state)
 * stands in the actor.
 *
 *     bucket -> spec, users -> spec, users ...      by a hash of the bytes, the last one used first
 *
 * Nobody writes to a spec once it is here.
 */
#ifndef SB_SPEC_TABLE_H
#define SB_SPEC_TABLE_H

#include "actor_spec.h"

/* An empty spec, the caller's; NULL without memory. */
struct sabir_actor *sb_spec_new(void);

/* The spec to use from now on, equal to `spec`, which is consumed; its `self` is NULL. Any thread; never fails. */
struct sabir_actor *sb_spec_share(struct sabir_actor *spec);

/* One user less; also of one that was never shared. The last one frees it, but calls no drop of `self`. Any thread. */
void sb_spec_release(struct sabir_actor *spec);

#endif
