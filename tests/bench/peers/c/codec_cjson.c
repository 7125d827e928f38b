/*
 * cJSON reads and writes the envelope of codec_shape.h; see codec.c. Reading ends with the values in hand, not copied.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "codec_shape.h"

static const char *text_of(const cJSON *object, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

static double number_of(const cJSON *object, const char *key) {
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static double decode(const char *text, size_t len_bytes) {
    cJSON *envelope = cJSON_ParseWithLength(text, len_bytes);
    const cJSON *payload = cJSON_GetObjectItemCaseSensitive(envelope, "payload"), *item;
    double sum = strcmp(text_of(envelope, "target"), SHAPE_TARGET) == 0 ? number_of(payload, "number") : 0;
    sum += number_of(payload, "limit");
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(payload, "items")) sum +=
        number_of(item, "id") + number_of(item, "price") + (double)strlen(text_of(item, "name"));
    cJSON_Delete(envelope);
    return sum;
}

static char *encode(const struct shape_run *run) {
    cJSON *envelope = cJSON_CreateObject();
    cJSON_AddStringToObject(envelope, "type", SHAPE_TYPE);
    cJSON_AddStringToObject(envelope, "target", SHAPE_TARGET);
    if (run->has_sender) {
        cJSON *sender = cJSON_AddObjectToObject(envelope, "sender");
        cJSON_AddStringToObject(sender, "name", SHAPE_SENDER_NAME);
        cJSON_AddStringToObject(sender, "endpoint", SHAPE_SENDER_ENDPOINT);
    } else {
        cJSON_AddNullToObject(envelope, "sender");
    }
    cJSON *payload = cJSON_AddObjectToObject(envelope, "payload");
    cJSON_AddNumberToObject(payload, "number", SHAPE_NUMBER);
    cJSON_AddNumberToObject(payload, "limit", SHAPE_LIMIT);
    cJSON *items = run->items > 0 ? cJSON_AddArrayToObject(payload, "items") : NULL;
    for (int64_t i = 0; i < run->items; i++) {
        struct shape_item shape;
        shape_item(i, &shape);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "id", (double)shape.id);
        cJSON_AddNumberToObject(item, "price", shape.price);
        cJSON_AddStringToObject(item, "name", shape.name);
        cJSON_AddItemToArray(items, item);
    }
    char *text = cJSON_PrintUnformatted(envelope);
    cJSON_Delete(envelope);
    return text;
}

int main(int argc, char **argv) {
    struct shape_run run = shape_run(argc, argv);
    char *text = run.decode ? shape_text(run.items, run.has_sender) : encode(&run);
    size_t len_bytes = strlen(text);
    double expected = shape_sum(run.items);
    if (decode(text, len_bytes) != expected) bench_die("cJSON: a wrong value");
    double begin_s = bench_now_s();
    for (int64_t i = 0; i < run.rounds; i++) {
        if (run.decode) {
            if (decode(text, len_bytes) != expected) bench_die("cJSON: a wrong value");
        } else {
            free(encode(&run));
        }
    }
    shape_print(&run, bench_now_s() - begin_s, (double)len_bytes);
    free(text);
    return 0;
}
