/*
 * Envelopes read into structs and written from them, with the reader and the writer of the wire: ns for one.
 *
 *     codec decode|encode ITEMS ROUNDS     see codec_shape.h
 *
 * It looks behind the ABI, at what a node does with each envelope: linked with the objects of the core.
 */
#include <sabir/type.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bench.h"
#include "buffer.h"
#include "codec.h"
#include "codec_shape.h"
#include "envelope_head.h"

#define ITEM_FIELDS(F) F(SABIR_INT64, id) F(SABIR_DOUBLE, price) F(SABIR_STRING, name)
SABIR_MESSAGE_NAMED(Item, "bench.Item", ITEM_FIELDS);

/* What an order is without items: another program knows the type so. */
#define QUOTE_FIELDS(F) F(SABIR_INT64, number) F(SABIR_DOUBLE, limit)
SABIR_MESSAGE_NAMED(Quote, SHAPE_TYPE, QUOTE_FIELDS);

struct Order {
    int64_t number;
    double limit;
    struct sabir_list items;
};

static const sabir_type *order_type(void) {
    static const struct sabir_field rows[] = {
        {"number", "INT64", offsetof(struct Order, number), sizeof(int64_t)},
        {"limit", "DOUBLE", offsetof(struct Order, limit), sizeof(double)},
        {"items", "LIST(STRUCT(bench.Item))", offsetof(struct Order, items), sizeof(struct sabir_list)}};
    static const sabir_type *type; /* one thread */
    if (type) return type;
    if (!Item_type() || sabir_type_register(SHAPE_TYPE, rows, 3, sizeof(struct Order), &type) != SABIR_OK)
        bench_die("the type of the envelope cannot be registered");
    return type;
}

static double sum_of(const struct Order *order) {
    const struct Item *items = order->items.items;
    double sum = (double)order->number + order->limit;
    for (size_t i = 0; i < order->items.count; i++)
        sum += (double)items[i].id + items[i].price + (double)items[i].name.len_bytes;
    return sum;
}

/* As a node does with a stream: a value that came with its envelope is moved into the message, or a block of the message's own. */
static const struct Order *order_of_envelope(const struct sb_envelope *envelope, void **block) {
    if (!envelope->value) {
        bench_need(sb_decode(order_type(), envelope->payload, block));
        return *block;
    }
    *block = sb_alloc(sb_plain_block_bytes(order_type(), &envelope->room));
    if (!*block) bench_die("out of memory");
    sb_plain_move(order_type(), envelope->value, &envelope->room, *block);
    return *block;
}

static double decode(const char *text, size_t len_bytes, int64_t items) {
    static struct sb_envelope_head head; /* as a node reads a stream */
    struct sb_envelope envelope;
    struct sb_fault fault;
    bench_need(sb_envelope_read_next(&head, text, len_bytes, &envelope, &fault));
    if (envelope.target.len_bytes != strlen(SHAPE_TARGET)) return 0;
    if (items == 0) {
        struct Quote room;
        const struct Quote *quote = envelope.value ? envelope.value : &room;
        if (!envelope.value) bench_need(sb_decode_flat(Quote_type(), envelope.payload, &room));
        return (double)quote->number + quote->limit;
    }
    void *block;
    double sum = sum_of(order_of_envelope(&envelope, &block));
    sb_free(block);
    return sum;
}

static struct Item item_room[SHAPE_MAX_ITEMS];

/* Filled once: a program has its structs before it sends them. */
static struct Order order_of(int64_t count) {
    struct Item *items = item_room;
    for (int64_t i = 0; i < count; i++) {
        struct shape_item item;
        shape_item(i, &item);
        items[i] = (struct Item){item.id, item.price, {item.name, strlen(item.name)}};
    }
    return (struct Order){SHAPE_NUMBER, SHAPE_LIMIT, {items, (size_t)count}};
}

/*
 * As a node writes a stream: the head stays, the payload is written behind it, all is copied into a frame of the right length, and the
 * rest is put behind it there.
 */
static void begin_stream(struct sb_envelope *envelope, bool has_sender, struct sb_buffer *desk) {
    *envelope =
        (struct sb_envelope){.type = SB_TEXT(SHAPE_TYPE), .target = SB_TEXT(SHAPE_TARGET), .has_sender = has_sender};
    if (has_sender) {
        envelope->sender_name = SB_TEXT(SHAPE_SENDER_NAME);
        envelope->sender_endpoint = SB_TEXT(SHAPE_SENDER_ENDPOINT);
    }
    char *to = sb_buffer_reserve(desk, sb_envelope_head_len_bytes(envelope));
    if (!to) bench_die("out of memory");
    desk->len_bytes += (size_t)(sb_envelope_write_head(envelope, to) - to);
}

static size_t encode(const struct Order *order, const struct sb_envelope *envelope, struct sb_buffer *desk,
                     struct sb_buffer *frame) {
    size_t head_bytes = desk->len_bytes;
    if (order->items.count == 0)
        bench_need(sb_encode(Quote_type(), &(struct Quote){order->number, order->limit}, desk));
    else
        bench_need(sb_encode(order_type(), order, desk));
    sb_buffer_clear(frame);
    char *to = sb_buffer_reserve(frame, desk->len_bytes + sb_envelope_tail_len_bytes(envelope));
    if (!to) bench_die("out of memory");
    memcpy(to, desk->bytes, desk->len_bytes);
    size_t len_bytes = (size_t)(sb_envelope_write_tail(envelope, to + desk->len_bytes) - to);
    desk->len_bytes = head_bytes;
    return len_bytes;
}

static void run_decode(const struct shape_run *run) {
    if (!(run->items == 0 ? Quote_type() : order_type())) bench_die("the type of the envelope cannot be registered");
    char *text = shape_text(run->items, run->has_sender);
    size_t len_bytes = strlen(text);
    double expected = shape_sum(run->items), begin_s = bench_now_s();
    for (int64_t i = 0; i < run->rounds; i++)
        if (decode(text, len_bytes, run->items) != expected) bench_die("decode: a wrong value");
    shape_print(run, bench_now_s() - begin_s, (double)len_bytes);
    free(text);
}

static void run_encode(const struct shape_run *run) {
    struct Order order = order_of(run->items);
    struct sb_buffer desk = SB_BUFFER_INIT, frame = SB_BUFFER_INIT;
    struct sb_envelope envelope;
    begin_stream(&envelope, run->has_sender, &desk);
    size_t len_bytes = encode(&order, &envelope, &desk, &frame);
    if (decode(frame.bytes, len_bytes, run->items) != shape_sum(run->items))
        bench_die("encode: what was written reads otherwise");
    double begin_s = bench_now_s();
    for (int64_t i = 0; i < run->rounds; i++)
        if (encode(&order, &envelope, &desk, &frame) != len_bytes) bench_die("encode: another length");
    shape_print(run, bench_now_s() - begin_s, (double)len_bytes);
    sb_buffer_free(&desk);
    sb_buffer_free(&frame);
}

int main(int argc, char **argv) {
    struct shape_run run = shape_run(argc, argv);
    if (run.decode)
        run_decode(&run);
    else
        run_encode(&run);
    return 0;
}
