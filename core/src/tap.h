/*
 * The senders' side of a tap (sabir/tap.h). Taps stand in eight places of the process; a bit of `sb_taps_open` says which are taken, and is all
 * that a sender looks at without a tap.
 *
 *     sender:  visits the place, writes its record into a free cell of the ring, leaves
 *     free:    clears the bit and the place, waits until nobody visits
 */
#ifndef SB_TAP_H
#define SB_TAP_H

#include <sabir/context.h>
#include <sabir/tap.h>
#include <stdatomic.h>

#include "ref.h"
#include "text.h"

extern _Atomic uint32_t sb_taps_open; /* one bit a place */

static inline bool sb_tap_is_open(void) {
    return __builtin_expect(atomic_load_explicit(&sb_taps_open, memory_order_relaxed) != 0, 0);
}

/* sabir_ref_send with a tap open. */
__attribute__((cold, noinline)) int sb_tap_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender);

/* A message from the wire that is about to be put into the mailbox of `to`. */
__attribute__((cold, noinline)) void sb_tap_received(sabir_ref *to, const sabir_message *message);

/* A request that fast_send has handed over; it is still its caller's. */
__attribute__((cold, noinline)) void sb_tap_called(const struct sabir_context *context, int code);

/* A dead letter. */
__attribute__((cold, noinline)) void sb_tap_died(sabir_manager *manager, struct sb_text target, struct sb_text type,
                                                 const char *reason, const char *detail);

/* The manager is about to go: its taps have seen all that they will see. */
void sb_taps_close(const sabir_manager *manager);

#endif
