/*
 * Messages that ended nowhere: counted by reason, and told to whoever subscribed.
 */
#ifndef SB_DEAD_LETTER_H
#define SB_DEAD_LETTER_H

#include <sabir/manager.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "text.h"
#include "thread.h"

/* A subscription is counted, so that it can be replaced while it is being told. */
struct sb_subscription {
    sabir_dead_letter_handler handler;
    void *user_data;
    void (*drop)(void *user_data);
    uint32_t owners; /* under the lock */
};

struct sb_dead_letters {
    _Atomic uint64_t counts[SABIR_DEAD_REASON_COUNT];
    struct sb_mutex lock;
    struct sb_subscription *subscription;
};

void sb_dead_letters_init(struct sb_dead_letters *letters);
void sb_dead_letters_free(struct sb_dead_letters *letters);

/*
 * Count one and tell the subscriber. `target` and `type` may be {NULL, 0}; detail NULL or one line. Any thread; calls user code, so
 * hold no lock. `manager` NULL (it is gone): nothing.
 */
void sb_dead_letter(sabir_manager *manager, uint32_t reason, struct sb_text target, struct sb_text type,
                    const char *detail);

/* Whether the calling thread is inside the subscriber's handler: it may be a thread that the manager's end waits for. */
bool sb_dead_letter_is_told_here(const sabir_manager *manager);

#endif
