/*
 * The envelope that the codecs are measured with, alike for ours and the peers:
 *
 *     {"type":"Order","target":"book","sender":{...},"payload":{"number":42,"limit":101.25,"items":[{"id":7,"price":100.5,"name":"item 7"}, ...]}}
 *
 *     items    bytes
 *         0    about 80: without a sender and without `items`, the plain struct that most messages are
 *        20    about 1 KB
 *       370    about 16 KB
 */
#ifndef CODEC_SHAPE_H
#define CODEC_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#define SHAPE_TYPE "Order"
#define SHAPE_TARGET "book"
#define SHAPE_SENDER_NAME "trader"
#define SHAPE_SENDER_ENDPOINT "tcp://127.0.0.1:5001"
#define SHAPE_NUMBER 42
#define SHAPE_LIMIT 101.25
#define SHAPE_MAX_ITEMS 4096

struct shape_item {
    int64_t id;
    double price;
    const char *name;
};

/* The item at `index`; its price has two binary digits after the point. */
void shape_item(int64_t index, struct shape_item *item);

/* The whole envelope as text, the caller's to free. */
char *shape_text(int64_t items, bool has_sender);

/* What a reader has to have seen: the sum of all numbers and of the lengths of all names. */
double shape_sum(int64_t items);

/* argv: decode|encode ITEMS ROUNDS */
struct shape_run {
    bool decode;
    bool has_sender;
    int64_t items;
    int64_t rounds;
};
struct shape_run shape_run(int argc, char **argv);

/* ns of one round, for the driver, with the length of the text. */
void shape_print(const struct shape_run *run, double seconds, double len_bytes);

#endif
