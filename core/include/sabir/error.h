/*
 * The one table of errors. A function returns SABIR_OK (0) or one of these negative codes; a code is never reused.
 * On the wire and in reports a code goes by its name without `SABIR_E` (`FULL`, `CLOSED`).
 */
#ifndef SABIR_ERROR_H
#define SABIR_ERROR_H

#include <sabir/export.h>

#define SABIR_OK 0

/* X(value, name, text) */
#define SABIR_ERRORS(X)                                                                                                \
    X(-1, SABIR_EINVAL, "an argument is not valid")                                                                    \
    X(-2, SABIR_ENOMEM, "out of memory")                                                                               \
    X(-3, SABIR_EEXIST, "the name is taken")                                                                           \
    X(-4, SABIR_ENOENT, "there is nothing of that name")                                                               \
    X(-5, SABIR_EFULL, "the mailbox holds its capacity")                                                               \
    X(-6, SABIR_ECLOSED, "the actor or the manager has stopped")                                                       \
    X(-7, SABIR_EMISMATCH, "the type is another than the one expected")                                                \
    X(-8, SABIR_ETIMEDOUT, "the time is up")                                                                           \
    X(-9, SABIR_EREENTRANT, "the actor is already in this chain of calls")                                             \
    X(-10, SABIR_EDEADLOCK, "waiting would never end: the actors wait for each other")                                 \
    X(-11, SABIR_EREMOTE, "the actor is not in this process")                                                          \
    X(-12, SABIR_EDOWN, "the peer is down and its queue is full")                                                      \
    X(-13, SABIR_ETOOBIG, "the value is larger than its limit")                                                        \
    X(-14, SABIR_EREFUSED, "this node may not send to that endpoint")                                                  \
    X(-15, SABIR_EVALUE, "a value cannot be carried: NaN, an infinity, a lone surrogate, invalid UTF-8")               \
    X(-16, SABIR_EMALFORMED, "the text is not what the protocol asks for")                                             \
    X(-17, SABIR_EBADPAYLOAD, "the payload does not fit the type's fields")                                            \
    X(-18, SABIR_ERESERVED, "the name is reserved for the protocol")                                                   \
    X(-19, SABIR_ESTATE, "the call does not fit the state of the object")                                              \
    X(-20, SABIR_EFORKED, "the process has forked since the manager was made")                                         \
    X(-21, SABIR_EVERSION, "the caller was built for another version of the core")                                     \
    X(-22, SABIR_EPERM, "the operating system does not permit it")                                                     \
    X(-23, SABIR_EUNHANDLED, "the actor has no handler for the type")                                                  \
    X(-24, SABIR_EFAILED, "the handler failed")                                                                        \
    X(-25, SABIR_EBIND, "the endpoint cannot be bound")                                                                \
    X(-26, SABIR_EINTR, "the wait was interrupted")                                                                    \
    X(-27, SABIR_EUNSUPPORTED, "not possible with this peer, dialect or platform")                                     \
    X(-28, SABIR_EREJECTED, "the request was answered with a Reject")                                                  \
    X(-29, SABIR_EIO, "the operating system reports an input or output error")                                         \
    X(-30, SABIR_EUNBOUND, "this node has no endpoint that a reply could go to")

enum sabir_error {
#define SABIR_ERROR_VALUE(value, name, text) name = value,
    SABIR_ERRORS(SABIR_ERROR_VALUE)
#undef SABIR_ERROR_VALUE
};

SABIR_BEGIN_DECLS

/** The name of `code` ("SABIR_EFULL"; "SABIR_OK" for 0), static; NULL if there is no such code. Since 1.0 */
SABIR_API const char *sabir_error_name(int code);

/** What `code` means, one clause in English, static; NULL if there is no such code. Since 1.0 */
SABIR_API const char *sabir_error_text(int code);

/**
 * Copy what this thread's last failed call said in words: what, where and what to do.
 *
 * Shape    buffer: UTF-8, always NUL-terminated when capacity_bytes > 0, cut to fit (never inside a character).
 * Threads  each has its own; a call that succeeds leaves it as it was.
 * Returns  the length of the whole text in bytes without the NUL; 0 if there is none.
 * Since    1.0
 */
SABIR_API size_t sabir_error_detail_copy(char *buffer, size_t capacity_bytes);

/**
 * Say in words why the handler that is about to return an error failed: it becomes the text of the failure report.
 *
 * Owner    detail is copied, cut to 1023 bytes; NULL clears it.
 * Threads  sets the calling thread's detail.
 * Since    1.0
 */
SABIR_API void sabir_error_detail_set(const char *detail);

SABIR_END_DECLS

#endif
