#include "support/helper.h"

static void help(void *argument) {
    struct helper *helper = argument;
    for (uint32_t step = 1;; step++) {
        gate_wait(&helper->told, step);
        if (!helper->act) return;
        helper->code = helper->act(helper->argument);
        sabir_error_detail_copy(helper->detail, sizeof helper->detail);
        gate_open(&helper->done);
    }
}

void helper_start(struct helper *helper) {
    *helper = (struct helper){.steps = 0};
    stage_thread_start(&helper->thread, help, helper);
}

void helper_stop(struct helper *helper) {
    helper->act = NULL;
    gate_open(&helper->told);
    stage_thread_join(&helper->thread);
}

void helper_begin(struct helper *helper, int (*act)(void *argument), void *argument) {
    helper->act = act;
    helper->argument = argument;
    helper->steps++;
    gate_open(&helper->told);
}

int helper_end(struct helper *helper) {
    gate_wait(&helper->done, helper->steps);
    return helper->code;
}

int helper_do(struct helper *helper, int (*act)(void *argument), void *argument) {
    helper_begin(helper, act, argument);
    return helper_end(helper);
}
