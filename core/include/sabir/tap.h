/*
 * A tap shows the messages that pass: who sent what to whom, when, and what came of it. It is a bounded ring that the senders write and
 * one reader empties; a sender never waits for it: what finds no room is counted as missed. Without a tap nothing is written.
 *
 *     sabir_tap_new(manager, NULL, "pricer*", NULL, 1024, &tap);
 *     while (sabir_tap_next(tap, -1, &seen) == SABIR_OK) printf("%s -> %s %s: %s\n", seen->from, seen->to, seen->type, seen->outcome);
 *
 * Seen are: messages that are sent to an actor of this process or of another, replies and Rejects among them ("sent", or why not:
 * "FULL", "CLOSED"); those that come from the wire ("received"); those handled at once by fast_send ("called"); and each dead letter, with
 * its reason ("failed", "unknown_target"). Not seen are timers, and a fast_send that a binding makes within itself.
 */
#ifndef SABIR_TAP_H
#define SABIR_TAP_H

#include <sabir/export.h>
#include <sabir/manager.h>

typedef struct sabir_tap sabir_tap;

/* One message that passed. Append-only. Texts are NUL-terminated UTF-8, "" if there is nothing to say. */
struct sabir_tapped {
    size_t size_bytes;
    int64_t time_ns;  /* wall clock, since 1970 */
    const char *from; /* the sender's name; "name@endpoint" if it is in another process */
    const char *to;   /* the same of the receiver; "sabir.ask": a pending ask */
    const char *type;
    const char *outcome; /* "sent", "received", "called", an error's name without SABIR_E, or a dead letter's reason */
    const char *detail;  /* of a dead letter */
    const char *json;    /* the payload, cut to 1023 bytes; "": an object of one language, or a dead letter */
    size_t json_len_bytes; /* of the whole payload */
};

SABIR_BEGIN_DECLS

/**
 * Open a tap of a manager.
 *
 * Shape    from, to, type: patterns in which `*` stands for any characters, NULL for everything; capacity_msgs: how many wait for the
 *          reader at most, 1 or more. At most eight taps are open in a process.
 * Owner    the texts are copied; the tap is the caller's.
 * Threads  any
 * Errors   SABIR_EINVAL, SABIR_ENOMEM
 *          SABIR_EFULL   eight taps are open
 * Since    1.0
 */
SABIR_API int sabir_tap_new(sabir_manager *manager, const char *from, const char *to, const char *type,
                            size_t capacity_msgs, sabir_tap **tap);

/**
 * The next message that passed.
 *
 * Shape    timeout_ns: -1 without end, 0: do not wait.
 * Owner    *tapped is borrowed until the next call.
 * Threads  one reader at a time.
 * Errors   SABIR_ETIMEDOUT
 *          SABIR_ECLOSED  the manager is freed and everything was read
 * Since    1.0
 */
SABIR_API int sabir_tap_next(sabir_tap *tap, int64_t timeout_ns, const struct sabir_tapped **tapped);

/** How many messages matched and found no room. Threads: any. Since 1.0 */
SABIR_API uint64_t sabir_tap_missed(const sabir_tap *tap);

/** Close and free; NULL is nothing. Waits for senders that are writing at this moment. Since 1.0 */
SABIR_API void sabir_tap_free(sabir_tap *tap);

SABIR_END_DECLS

#endif
