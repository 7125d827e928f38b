/*
 * Message types that several tests use, declared as a user would.
 */
#ifndef SUPPORT_MESSAGES_H
#define SUPPORT_MESSAGES_H

#include <sabir/type.h>

#define POINT_FIELDS(F) F(SABIR_INT32, x) F(SABIR_INT32, y)
SABIR_MESSAGE(Point, POINT_FIELDS);

/* Every kind once, and every kind that holds others around another such. */
#define EVERYTHING_FIELDS(F)                                                                                           \
    F(SABIR_BOOL, flag)                                                                                                \
    F(SABIR_INT32, small)                                                                                              \
    F(SABIR_INT64, large)                                                                                              \
    F(SABIR_UINT64, huge)                                                                                              \
    F(SABIR_DOUBLE, real)                                                                                              \
    F(SABIR_STRING, text)                                                                                              \
    F(SABIR_BYTES, data)                                                                                               \
    F(SABIR_JSON, any)                                                                                                 \
    F(SABIR_LIST(SABIR_INT64), numbers)                                                                                \
    F(SABIR_MAP(SABIR_LIST(SABIR_STRING)), words)                                                                      \
    F(SABIR_OPTIONAL(SABIR_BOOL), maybe_flag)                                                                          \
    F(SABIR_OPTIONAL(SABIR_STRING), maybe_text)                                                                        \
    F(SABIR_OPTIONAL(SABIR_STRUCT(Point)), maybe_point)                                                                \
    F(SABIR_STRUCT(Point), point)                                                                                      \
    F(SABIR_LIST(SABIR_OPTIONAL(SABIR_INT32)), gaps)                                                                   \
    F(SABIR_LIST(SABIR_STRUCT(Point)), points)
SABIR_MESSAGE(Everything, EVERYTHING_FIELDS);

SABIR_SIGNAL(Increment);
SABIR_OPEN_NAMED(Anything, "test.Anything");

#endif
