/*
 * yyjson reads and writes the envelope of codec_shape.h; see codec.c. Reading ends with the values in hand, not copied.
 */
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "bench.h"
#include "codec_shape.h"

static double item_sum(yyjson_val *item) {
    return (double)yyjson_get_sint(yyjson_obj_get(item, "id")) + yyjson_get_real(yyjson_obj_get(item, "price")) +
           (double)yyjson_get_len(yyjson_obj_get(item, "name"));
}

static double decode(const char *text, size_t len_bytes) {
    yyjson_doc *doc = yyjson_read(text, len_bytes, 0);
    yyjson_val *envelope = yyjson_doc_get_root(doc), *payload = yyjson_obj_get(envelope, "payload");
    double sum = 0;
    if (yyjson_equals_str(yyjson_obj_get(envelope, "target"), SHAPE_TARGET))
        sum = (double)yyjson_get_sint(yyjson_obj_get(payload, "number"));
    sum += yyjson_get_real(yyjson_obj_get(payload, "limit"));
    size_t index, max;
    yyjson_val *item;
    yyjson_arr_foreach(yyjson_obj_get(payload, "items"), index, max, item) {
        sum += item_sum(item);
    }
    yyjson_doc_free(doc);
    return sum;
}

static char *encode(const struct shape_run *run, size_t *len_bytes) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *envelope = yyjson_mut_obj(doc);
    yyjson_mut_doc_set_root(doc, envelope);
    yyjson_mut_obj_add_str(doc, envelope, "type", SHAPE_TYPE);
    yyjson_mut_obj_add_str(doc, envelope, "target", SHAPE_TARGET);
    if (run->has_sender) {
        yyjson_mut_val *sender = yyjson_mut_obj_add_obj(doc, envelope, "sender");
        yyjson_mut_obj_add_str(doc, sender, "name", SHAPE_SENDER_NAME);
        yyjson_mut_obj_add_str(doc, sender, "endpoint", SHAPE_SENDER_ENDPOINT);
    } else {
        yyjson_mut_obj_add_null(doc, envelope, "sender");
    }
    yyjson_mut_val *payload = yyjson_mut_obj_add_obj(doc, envelope, "payload");
    yyjson_mut_obj_add_sint(doc, payload, "number", SHAPE_NUMBER);
    yyjson_mut_obj_add_real(doc, payload, "limit", SHAPE_LIMIT);
    yyjson_mut_val *items = run->items > 0 ? yyjson_mut_obj_add_arr(doc, payload, "items") : NULL;
    for (int64_t i = 0; i < run->items; i++) {
        struct shape_item shape;
        shape_item(i, &shape);
        yyjson_mut_val *item = yyjson_mut_arr_add_obj(doc, items);
        yyjson_mut_obj_add_sint(doc, item, "id", shape.id);
        yyjson_mut_obj_add_real(doc, item, "price", shape.price);
        yyjson_mut_obj_add_str(doc, item, "name", shape.name);
    }
    char *text = yyjson_mut_write(doc, 0, len_bytes);
    yyjson_mut_doc_free(doc);
    return text;
}

int main(int argc, char **argv) {
    struct shape_run run = shape_run(argc, argv);
    size_t len_bytes;
    char *text = run.decode ? shape_text(run.items, run.has_sender) : encode(&run, &len_bytes);
    if (run.decode) len_bytes = strlen(text);
    double expected = shape_sum(run.items);
    if (decode(text, len_bytes) != expected) bench_die("yyjson: a wrong value");
    double begin_s = bench_now_s();
    for (int64_t i = 0; i < run.rounds; i++) {
        if (run.decode) {
            if (decode(text, len_bytes) != expected) bench_die("yyjson: a wrong value");
        } else {
            free(encode(&run, &len_bytes));
        }
    }
    shape_print(&run, bench_now_s() - begin_s, (double)len_bytes);
    free(text);
    return 0;
}
