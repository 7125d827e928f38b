#define _GNU_SOURCE
#include "signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

#include "manager.h"
#include "thread.h"

/* Signals are the process's, so one manager has them at a time. The handler only writes to that manager's descriptor. */
static _Atomic(sabir_manager *) holder;
static _Atomic(sabir_manager *) lender; /* the node that had them when the run began */
static atomic_bool is_running;

static struct taken {
    const int number;
    bool is_taken;
    struct sigaction before;
} both[] = {{.number = SIGINT}, {.number = SIGTERM}};

enum { BOTH = sizeof both / sizeof both[0] };

static void on_signal(int number) {
    sabir_manager *manager = atomic_load(&holder);
    if (!manager) return;
    if (manager->fork_generation == sb_fork_generation()) {
        sabir_manager_terminate(manager);
        return;
    }
    /* A child has the handler and the descriptor of its parent, who is not meant. */
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void take(struct taken *one, bool also_handled) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, now;
    sigemptyset(&action.sa_mask);
    if (one->is_taken || sigaction(one->number, NULL, &now) != 0) return;
    if (!also_handled && ((now.sa_flags & SA_SIGINFO) || now.sa_handler != SIG_DFL)) return;
    one->is_taken = sigaction(one->number, &action, &one->before) == 0;
}

void sb_signals_take(sabir_manager *manager) {
    sabir_manager *nobody = NULL;
    if (!atomic_compare_exchange_strong(&holder, &nobody, manager)) return;
    for (size_t i = 0; i < BOTH; i++) take(&both[i], false);
}

void sb_signals_put_back(sabir_manager *manager) {
    sabir_manager *expected = manager;
    (void)atomic_compare_exchange_strong(&lender, &expected, NULL);
    if (atomic_load(&holder) != manager) return;
    for (size_t i = 0; i < BOTH; i++) {
        struct sigaction now;
        if (both[i].is_taken && sigaction(both[i].number, NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) &&
            now.sa_handler == on_signal)
            (void)sigaction(both[i].number, &both[i].before, NULL);
        both[i].is_taken = false;
    }
    atomic_store(&holder, NULL);
}

bool sb_signals_begin_run(sabir_manager *manager) {
    if (atomic_exchange(&is_running, true)) return false;
    atomic_store(&lender, atomic_exchange(&holder, manager));
    for (size_t i = 0; i < BOTH; i++) take(&both[i], true);
    return true;
}

void sb_signals_end_run(sabir_manager *manager) {
    sabir_manager *node = atomic_exchange(&lender, NULL);
    if (node)
        atomic_store(&holder, node);
    else
        sb_signals_put_back(manager);
    atomic_store(&is_running, false);
}
