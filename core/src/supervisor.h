/*
 * Who is restarted when somebody fails, and who deals with it when that happens too often.
 */
#ifndef SB_SUPERVISOR_H
#define SB_SUPERVISOR_H

#include <sabir/supervisor.h>

#include "recovery.h"

struct sabir_supervisor {
    sabir_manager *manager;
    char *name;
    uint32_t strategy; /* enum sabir_strategy */
    struct sb_restart_rule rule;
    sabir_supervisor *next_of_manager;
    /* Under the lock of the supervisors. */
    sabir_supervisor *parent;
    struct sb_restart_past past;
    struct sb_recovery *members;
};

/* An actor comes under it, and leaves it when it has ended. Any thread. */
void sb_supervisor_enter(sabir_supervisor *supervisor, struct sb_recovery *member);
void sb_supervisor_leave(struct sb_recovery *member);

/* A member has failed and is held: order what is to happen. Owning that actor. */
void sb_supervisor_failed(struct sb_recovery *member);

/* All of a manager's, whose actors have ended. */
void sb_supervisors_free(sabir_supervisor *first);

#endif
