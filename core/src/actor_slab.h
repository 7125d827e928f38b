/*
 * Room for actors, line by line: side by side in slabs, each on cache lines of its own.
 *
 *     slab:  head | actor 0 | actor 1 | ...
 *
 * A process with few actors has a slab for each; the more there are, the more a new slab holds. One that is empty is freed.
 */
#ifndef SB_ACTOR_SLAB_H
#define SB_ACTOR_SLAB_H

struct sb_actor;

/* An actor of zeros but for its `slot`; NULL without memory. Any thread. */
struct sb_actor *sb_actor_slab_take(void);

/* Give it back. Any thread. */
void sb_actor_slab_give(struct sb_actor *actor);

#endif
