/*
 * What the soak's two halves share: the nodes and who watches over them (soak.c), the players and what they do (soak_player.c).
 */
#ifndef STRESS_SOAK_H
#define STRESS_SOAK_H

#include <sabir/sabir.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define NODES 4
#define ACTORS 6 /* of a node; the second half shares two workers */
#define EVERYBODY (NODES * ACTORS)

/* A fault that is made on purpose, to see that it is noticed. */
enum soak_plant { SOAK_PLANT_NOTHING, SOAK_PLANT_ORDER, SOAK_PLANT_MEMORY, SOAK_PLANT_HANG };

/* All that is counted, and what it is called. What has a minimum must have happened. */
#define SOAK_COUNTS(X)                                                                                                 \
    X(steps, "steps")                                                                                                  \
    X(refused, "refused")                                                                                              \
    X(asked, "asks")                                                                                                   \
    X(outcomes, "outcomes of them")                                                                                    \
    X(answered, "answered")                                                                                            \
    X(blocked, "blocking asks")                                                                                        \
    X(called, "fast_sends")                                                                                            \
    X(cycles, "cycles refused")                                                                                        \
    X(timeouts, "timeouts")                                                                                            \
    X(failures, "failures")                                                                                            \
    X(actor_restarts, "restarts of actors")                                                                            \
    X(watches, "watches")                                                                                              \
    X(downs, "downs")                                                                                                  \
    X(node_restarts, "restarts of nodes")                                                                              \
    X(faults, "faults")

struct soak_counts {
#define SOAK_COUNT(name, text) _Atomic uint64_t name;
    SOAK_COUNTS(SOAK_COUNT)
#undef SOAK_COUNT
};

struct soak_node {
    sabir_manager *manager;
    char endpoint[64];
};

extern struct soak_node soak_nodes[NODES];
extern struct soak_counts soak_counts;
extern _Atomic uint64_t soak_handled[EVERYBODY]; /* by each player, in all its lives */
extern uint64_t soak_seed;
extern enum soak_plant soak_plant;

/* Count one, anywhere. */
static inline void soak_count(_Atomic uint64_t *counter) {
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

_Noreturn void soak_die(const char *what, const char *detail);
void soak_need(int code, const char *what); /* SABIR_OK, or die in the error's words */

/* One of `limit`, and the next state. */
uint64_t soak_roll(uint64_t *chance, uint64_t limit);

/* Manage the players of a node: three with a thread each, three in `group`; who fails comes back. */
void soak_manage_players(int node, sabir_group *group);

#endif
