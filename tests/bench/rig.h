/*
 * What the benchmark programs of the core share: actors in one call, and how a program gives its figures to the driver.
 *
 *     PROGRAM CASE ARGUMENTS...   ->   {"value": 112.4}      one line on standard output, exit code 0
 *
 * A program does one measurement and checks its result: a wrong one ends it with words and exit code 1, and there is no figure.
 */
#ifndef RIG_H
#define RIG_H

#include <sabir/sabir.h>

#include "bench.h"

#define RIG_ADAPTIVE (-1)

/* What travels: who sent it, and its number, from which the receiver sees that none is lost and none overtakes. */
#define NOTE_FIELDS(F) F(SABIR_INT64, from) F(SABIR_INT64, number)
SABIR_MESSAGE_NAMED(Note, "bench.Note", NOTE_FIELDS);

struct rig {
    sabir_manager *manager;
    sabir_group *group; /* NULL: each actor has a thread of its own */
};

/* A manager; workers 0: no group. */
void rig_open(struct rig *rig, size_t workers);

/* The actors start; what comes back is the moment. */
double rig_start(struct rig *rig);

/* Seconds since `begin_s`, at the moment when some handler has called rig_done. */
double rig_wait(struct rig *rig, double begin_s);
void rig_done(sabir_context *context);

/* Stops, which drains, and frees. Refs are released by their owners before or after. */
void rig_close(struct rig *rig);

/* An actor with one handler, for Note; its mailbox is unbounded where capacity_msgs is 0. */
struct rig_actor {
    const char *name;
    void *self;
    sabir_handler handler;
    int64_t spin_ns;
    size_t capacity_msgs;
};
sabir_ref *rig_manage(struct rig *rig, const struct rig_actor *actor);

/*
 * The actors' states, zeroed, `size_bytes` each, a multiple of a cache line: as in a program whose actors lie apart in the heap, no two share
 * one. Ends the program without memory; for free().
 */
void *rig_states(size_t count, size_t size_bytes);

/* "prefix12" */
struct rig_name {
    char text[32];
};
struct rig_name rig_name(const char *prefix, size_t index);

/* Argument `index` as a number of at least `least`; ends the program with `usage` if it is none. */
int64_t rig_number(int argc, char **argv, int index, int64_t least, const char *usage);

/* The line for the driver. */
void rig_print(const char *key, double value);
void rig_print_two(const char *key, double value, const char *other_key, double other);

#endif
