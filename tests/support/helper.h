/*
 * A thread that does one thing after the other, as the test tells it: for what one thread must do between two steps of another.
 */
#ifndef SUPPORT_HELPER_H
#define SUPPORT_HELPER_H

#include "support/stage.h"

struct helper {
    struct stage_thread thread;
    struct gate told;
    struct gate done;
    int (*act)(void *argument); /* NULL: go home */
    void *argument;
    int code;
    char detail[256]; /* of the code */
    uint32_t steps;
};

void helper_start(struct helper *helper);
void helper_stop(struct helper *helper);

/* Let it begin to act; wait until it has, for the code; or both. */
void helper_begin(struct helper *helper, int (*act)(void *argument), void *argument);
int helper_end(struct helper *helper);
int helper_do(struct helper *helper, int (*act)(void *argument), void *argument);

#endif
