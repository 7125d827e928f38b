/*
 * The answer to an envelope that could not be delivered to a handler (REJ-1 to REJ-5).
 */
#ifndef SB_REJECT_H
#define SB_REJECT_H

#include <sabir/manager.h>

#include "message.h"
#include "text.h"

/* X(NAME, code on the wire) */
#define SB_REJECT_CODES(X)                                                                                             \
    X(UNKNOWN_TARGET, "unknown_target")                                                                                \
    X(UNKNOWN_TYPE, "unknown_type")                                                                                    \
    X(BAD_PAYLOAD, "bad_payload")                                                                                      \
    X(MAILBOX_FULL, "mailbox_full")                                                                                    \
    X(NOT_ALLOWED, "not_allowed")                                                                                      \
    X(STOPPED, "stopped")                                                                                              \
    X(FAILED, "failed")                                                                                                \
    X(OTHER, "other")

enum sb_reject_code {
#define SB_REJECT_VALUE(name, text) SB_REJECT_##name,
    SB_REJECT_CODES(SB_REJECT_VALUE)
#undef SB_REJECT_VALUE
};

/* What was rejected. */
struct sb_rejected {
    sabir_ref *to; /* its sender; NULL: nobody is told */
    struct sb_text type;
    struct sb_text target;
    const struct sb_meta *meta; /* its id and trace, or NULL; with `re` set nothing is rejected (REJ-2) */
};

/*
 * Send the Reject unless REJ-2 forbids it: `reason` is cut to 200 bytes. A failure to send is counted, never reported to the caller;
 * a local ask ends with SABIR_ENOMEM if there is no memory for its Reject.
 * The dead letter of the message itself is the caller's to count.
 */
void sb_reject(sabir_manager *manager, const struct sb_rejected *rejected, enum sb_reject_code code,
               const char *reason);

#endif
