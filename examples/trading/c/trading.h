/*
 * The trading example: what its actors say to each other, and how each is made.
 *
 *     pricer --Price--> router --Price--> i000 ... i299 --Order--> risk (Python, another process)
 *        ^                                     |    ^----Decision-----'
 *        '----------------Last?----------------'    '--Report--> desk --Holdings?--> risk
 *
 * The first three find each other, and risk, by name when they start.
 */
#ifndef TRADING_H
#define TRADING_H

#include <sabir/sabir.h>

#define PRICE_FIELDS(F) F(SABIR_INT64, instrument) F(SABIR_INT64, cents)
SABIR_MESSAGE(Price, PRICE_FIELDS);
SABIR_SIGNAL(Close); /* no more prices today */

/* What is the last price? By fast_send; the reply is a Price. */
#define LAST_FIELDS(F) F(SABIR_INT64, instrument)
SABIR_MESSAGE(Last, LAST_FIELDS);

/* Buy that many (sell: less than 0) at that price; a Decision with the order's number answers it. Numbers count from 1 per instrument. */
#define ORDER_FIELDS(F) F(SABIR_INT64, instrument) F(SABIR_INT64, number) F(SABIR_INT64, quantity) F(SABIR_INT64, cents)
SABIR_MESSAGE(Order, ORDER_FIELDS);
#define DECISION_FIELDS(F) F(SABIR_INT64, number) F(SABIR_BOOL, accepted)
SABIR_MESSAGE(Decision, DECISION_FIELDS);

/* An instrument's day. */
#define REPORT_FIELDS(F)                                                                                               \
    F(SABIR_INT64, instrument)                                                                                         \
    F(SABIR_INT64, prices)                                                                                             \
    F(SABIR_INT64, accepted)                                                                                           \
    F(SABIR_INT64, refused)                                                                                            \
    F(SABIR_INT64, position)                                                                                           \
    F(SABIR_INT64, value_cents)   /* of the position at the pricer's last price */                                     \
    F(SABIR_INT64, largest_cents) /* the largest exposure at any time */                                               \
    F(SABIR_BOOL, saw_last)       /* the router's last price was the pricer's */
SABIR_MESSAGE(Report, REPORT_FIELDS);

/* What does risk have in its books? */
SABIR_SIGNAL(Holdings);
#define HELD_FIELDS(F)                                                                                                 \
    F(SABIR_INT64, limit_cents)                                                                                        \
    F(SABIR_INT64, accepted)                                                                                           \
    F(SABIR_INT64, refused)                                                                                            \
    F(SABIR_LIST(SABIR_INT64), positions) /* by instrument, as far as one has ordered */
SABIR_MESSAGE(Held, HELD_FIELDS);

/* How large the day is. */
struct day {
    int64_t instruments;
    int64_t rounds;
    uint64_t seed;
};

enum { NAME_BYTES = 16, INSTRUMENTS_MAX = 1000, PRICES_MAX = 60000 };

/* The name of an instrument's actor, i000. */
const char *instrument_name(int64_t instrument, char name[NAME_BYTES]);

/* Each makes an actor, which the caller manages. */
int pricer_new(const struct day *day, sabir_actor **actor);
int router_new(const struct day *day, sabir_actor **actor);
int instrument_new(const struct day *day, int64_t instrument, sabir_actor **actor);
int desk_new(const struct day *day, bool *went_well, sabir_actor **actor); /* *went_well is set before it terminates */

/* Say on which CPU the calling thread is to stay. */
void say_cpu(const char *who);

#endif
