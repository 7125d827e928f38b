/*
 * Two processes that measure together: this one and a fork of it, with a pipe each way, over which they tell each other their endpoints.
 */
#ifndef PAIR_H
#define PAIR_H

#include <stddef.h>

#define PAIR_ENDPOINT_BYTES 256

struct pair {
    int in;
    int out;
};

/* `other` runs in the child, which then exits; here it returns at once. Call it before there is any thread. */
struct pair pair_fork(void (*other)(struct pair pair));

/* The child has ended well. */
void pair_join(struct pair pair);

void pair_put(struct pair pair, const char *endpoint);
void pair_get(struct pair pair, char endpoint[PAIR_ENDPOINT_BYTES]);

/* Until the other one has closed its end. */
void pair_wait_end(struct pair pair);

#endif
