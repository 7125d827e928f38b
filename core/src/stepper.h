/*
 * What a stepped manager has in the place of threads: the list of actors that have something to do, run one message at a time by whoever
 * steps, and a clock that stands still. Everything happens on that thread, in an order that depends on nothing but the program.
 */
#ifndef SB_STEPPER_H
#define SB_STEPPER_H

#include <sabir/kit.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

struct sb_actor;
struct sb_mailbox;
struct sb_ownership;

struct sb_stepper {
    struct sb_mutex lock; /* the list, linked by next_due: any thread may send */
    struct sb_actor *first_due;
    struct sb_actor *last_due;
    struct sb_clock clock;
    uint64_t handled; /* messages; also of turns within turns, as when a handler waits in an ask */
};

/* NULL: no memory. */
struct sb_stepper *sb_stepper_new(void);
void sb_stepper_free(struct sb_stepper *stepper); /* NULL is nothing */

/* What an actor of a stepped manager has for its mailbox's `wake` and its ownership's `turn`: it is due. */
void sb_stepper_wake(struct sb_mailbox *mailbox);
void sb_stepper_turn_due(struct sb_ownership *ownership);

/* The actor has something to do; does nothing if it is due already. */
void sb_stepper_due(struct sb_stepper *stepper, struct sb_actor *actor);

/* Let the first that is due begin, end or handle one message. false: nobody is due. */
bool sb_stepper_turn(struct sb_stepper *stepper);

/*
 * Let the actors run, and when they rest let time pass as far as `deadline_ns`, until `is_there(argument)`. false: it is not, and nothing
 * more will happen by then.
 */
bool sb_stepper_run_until(struct sb_stepper *stepper, int64_t deadline_ns, bool (*is_there)(const void *argument),
                          const void *argument);

#endif
