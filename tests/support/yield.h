/*
 * Seeded yields: at each place that asks, a thread goes on at once, turns on the spot, gives its CPU away or sleeps, as a pseudo-random
 * number of its own says. The same seed makes the same choices, thread by thread, in the order in which threads come first; what else
 * runs on the machine still has its say. In each seed some places are hot: there most threads are held up, so that a window of one
 * instruction stands open for a long time.
 */
#ifndef SUPPORT_YIELD_H
#define SUPPORT_YIELD_H

#include <stdint.h>

/* From now on; 0: no yields (as at first, unless SABIR_YIELDS says a seed). While no thread is at such a place. */
void yield_seed_set(uint64_t seed);

/* How often a thread did not go on at once. */
uint64_t yield_count(void);

/* A place, by its number. */
void yield_here(unsigned site);

/*
 * Call `run` with SEEDS (an environment variable, else `usual`) seeds, the first of them SABIR_SEED or a fresh one, each printed: to repeat
 * one, SABIR_SEED=seed SEEDS=1. A seed that takes a minute ends the program with words: somebody was not woken.
 */
void yield_each_seed(unsigned long usual, void (*run)(uint64_t seed));

/* The last test of a program: it says whether the others meant anything. */
void there_were_yields(void **state);

#endif
