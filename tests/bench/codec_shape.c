#include "codec_shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

#define ITEM_MAX_BYTES 80

static char names[SHAPE_MAX_ITEMS][16];

void shape_item(int64_t index, struct shape_item *item) {
    char *name = names[index];
    if (!*name) snprintf(name, sizeof names[0], "item %d", (int)index);
    *item = (struct shape_item){index, 100.0 + (double)(index % 7) * 0.25 + 0.25, name};
}

char *shape_text(int64_t items, bool has_sender) {
    size_t room = 256 + (size_t)items * ITEM_MAX_BYTES;
    char *text = malloc(room), *at = text, *end = text + room;
    if (!text) bench_die("out of memory");
    at += snprintf(at, (size_t)(end - at), "{\"type\":\"%s\",\"target\":\"%s\",\"sender\":", SHAPE_TYPE, SHAPE_TARGET);
    if (has_sender)
        at += snprintf(at, (size_t)(end - at), "{\"name\":\"%s\",\"endpoint\":\"%s\"}", SHAPE_SENDER_NAME,
                       SHAPE_SENDER_ENDPOINT);
    else
        at += snprintf(at, (size_t)(end - at), "null");
    at += snprintf(at, (size_t)(end - at), ",\"payload\":{\"number\":%d,\"limit\":%.2f%s", SHAPE_NUMBER, SHAPE_LIMIT,
                   items ? ",\"items\":[" : "");
    for (int64_t i = 0; i < items; i++) {
        struct shape_item item;
        shape_item(i, &item);
        at += snprintf(at, (size_t)(end - at), "%s{\"id\":%lld,\"price\":%.2f,\"name\":\"%s\"}", i ? "," : "",
                       (long long)item.id, item.price, item.name);
    }
    snprintf(at, (size_t)(end - at), items ? "]}}" : "}}");
    return text;
}

double shape_sum(int64_t items) {
    double sum = SHAPE_NUMBER + SHAPE_LIMIT;
    for (int64_t i = 0; i < items; i++) {
        struct shape_item item;
        shape_item(i, &item);
        sum += (double)item.id + item.price + (double)strlen(item.name);
    }
    return sum;
}

struct shape_run shape_run(int argc, char **argv) {
    static const char usage[] = "PROGRAM decode|encode ITEMS ROUNDS";
    struct shape_run run = {.items = rig_number(argc, argv, 2, 0, usage),
                            .rounds = rig_number(argc, argv, 3, 1, usage)};
    run.decode = strcmp(argv[1], "decode") == 0;
    run.has_sender = run.items > 0;
    if ((!run.decode && strcmp(argv[1], "encode") != 0) || run.items > SHAPE_MAX_ITEMS) bench_die("usage: %s", usage);
    return run;
}

void shape_print(const struct shape_run *run, double seconds, double len_bytes) {
    rig_print_two("value", seconds * 1e9 / (double)run->rounds, "bytes", len_bytes);
}
