/*
 * A market: it publishes each price under the fruit as its topic.
 */
#ifndef MARKET_H
#define MARKET_H

#include <sabir/sabir.h>

#define PRICE_FIELDS(F) F(SABIR_STRING, fruit) F(SABIR_INT64, price)
SABIR_MESSAGE(Quote, PRICE_FIELDS);
SABIR_MESSAGE(Price, PRICE_FIELDS);
#define TOLD_FIELDS(F) F(SABIR_INT64, count)
SABIR_MESSAGE(Told, TOLD_FIELDS);

/* Make the actor; the caller manages it. */
int market_new(sabir_actor **actor);

#endif
