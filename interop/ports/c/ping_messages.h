/*
 * The messages of the matrix.
 */
#ifndef PORT_PING_MESSAGES_H
#define PORT_PING_MESSAGES_H

#include <sabir/sabir.h>

#define COUNT_FIELDS(F) F(SABIR_INT64, count)
SABIR_MESSAGE(Ping, COUNT_FIELDS);
SABIR_MESSAGE(Pong, COUNT_FIELDS);

#define PLAY_PING_FIELDS(F)                                                                                            \
    F(SABIR_STRING, name)                                                                                              \
    F(SABIR_STRING, endpoint)                                                                                          \
    F(SABIR_OPTIONAL(SABIR_STRING), dialect)                                                                           \
    F(SABIR_INT64, rounds)
SABIR_MESSAGE(PlayPing, PLAY_PING_FIELDS);

#define PLAYED_FIELDS(F) F(SABIR_INT64, rounds) F(SABIR_INT64, errors)
SABIR_MESSAGE(Played, PLAYED_FIELDS);

#endif
