/*
 * A puller's inside: the batch in hand and what the core keeps of it. One that belongs to an actor has its own life (puller.c); one of a
 * group's worker goes from member to member (member.c). Both fill, finish and put back a batch in the same way, which stands here.
 *
 *     mailbox -> fill -> batch: items (the binding's view), entries (ours) -> finish | put back | bury
 */
#ifndef SB_PULLER_H
#define SB_PULLER_H

#include <sabir/puller.h>

#include "context.h"
#include "ownership.h"

#define SB_BATCH_ITEMS 64

struct sb_group_worker;

/* STARTING and STOPPED: START or STOP is in the binding's hands. */
enum sb_stage {
    SB_STAGE_NEW,
    SB_STAGE_STARTING,
    SB_STAGE_RUNNING,
    SB_STAGE_STOPPING,
    SB_STAGE_STOPPED,
    SB_STAGE_ENDED
};

/* What the core keeps of an item beside what the binding sees. */
struct sb_entry {
    struct sabir_context context;
    bool is_settled; /* it failed: no more is to be said of it */
    bool has_begun;  /* a firing that was not cancelled */
    bool is_counted; /* as taken: to the senders it is not queued any more */
};

struct sabir_puller {
    struct sb_actor *actor;         /* counted until the end; a worker's: the member in hand, NULL between two turns */
    struct sb_group_worker *worker; /* NULL: it is an actor's own */
    uint32_t fork_generation;       /* of the process that made it */
    enum sb_stage stage;
    bool owns;             /* the actor, between two calls */
    bool restarts;         /* RESTART is in the binding's hands */
    bool is_out;           /* the binding has a batch of it (interpreter.h) */
    bool has_thread;       /* a worker's: it has a thread, which is in the group */
    size_t turn_msgs;      /* a worker's: how many messages a turn may have at the moment */
    int64_t handed_out_ns; /* when the batch was */
    int64_t batch_ns;      /* how long the binding had it */
    struct sb_spin way_out;
    struct sabir_batch batch;
    struct sabir_pulled items[SB_BATCH_ITEMS];
    struct sb_entry entries[SB_BATCH_ITEMS];
    struct sb_batch_frame frame; /* of the entries: which one is in hand, says the binding */
};

/* A puller of nobody yet; NULL without memory. */
struct sabir_puller *sb_puller_new(void);

/* Own the actor in hand, waiting if need be; give it up. */
int sb_puller_own(struct sabir_puller *puller);
void sb_puller_disown(struct sabir_puller *puller);

/* Take from the mailbox until the batch is full or has `limit`; not from one that ends, unless it drains. */
void sb_puller_gather(struct sabir_puller *puller, size_t limit, bool drains);

/* Hand the batch out, or one of a single item without a message. SABIR_OK. */
int sb_puller_hand_out(struct sabir_puller *puller, struct sabir_batch **batch);
int sb_puller_hand_out_one(struct sabir_puller *puller, uint32_t kind, struct sabir_batch **batch);

/* A restart is due: hand it out. SABIR_OK. */
int sb_puller_hand_out_restart(struct sabir_puller *puller, struct sabir_batch **batch);

/* The binding is back with what was handed out: from here on no handler of the actor's runs. Again: nothing. */
void sb_puller_take_back(struct sabir_puller *puller);

/* The first `done` of the batch are through; the rest stays in it. */
void sb_puller_finish(struct sabir_puller *puller, size_t done);

/* The rest of the batch goes back into the mailbox, as far as it can: a firing stays in the batch. Or none of it is handled any more. */
void sb_puller_put_rest_back(struct sabir_puller *puller);
void sb_puller_bury_rest(struct sabir_puller *puller);

/* Let whoever waits have the actor between two messages, with the rest back in the mailbox. */
int sb_puller_yield(struct sabir_puller *puller);

/* The actor ends: close its mailbox, then a batch of what it still drains, or else STOP. SABIR_OK. */
int sb_puller_stop_actor(struct sabir_puller *puller, struct sabir_batch **batch);

/* ---- A group's (member.c) --------------------------------------------------------------------------------------------- */

/* As sabir_puller_next and sabir_puller_try_next. */
int sb_member_next(struct sabir_puller *puller, size_t done, bool may_wait, struct sabir_batch **batch);

/* The group's part of it. A worker's thread comes and goes; whose turn it is, NULL: the group ends, or nobody's unless it may wait;
 * and the actor's turn is over, with more to do or not. */
void sb_group_enter(struct sb_group_worker *worker);
void sb_group_leave(struct sb_group_worker *worker);
struct sb_actor *sb_group_next(struct sb_group_worker *worker, bool may_wait);
bool sb_group_is_over(const struct sb_group_worker *worker);
void sb_group_turn_over(struct sb_group_worker *worker, struct sb_actor *actor, bool has_more);

#endif
