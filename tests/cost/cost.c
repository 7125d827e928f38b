/*
 * What one message costs in C, as a program whose instructions can be counted: bindings/rust/sabir/examples/cost.rs does the same through
 * the crate, and tests/cost/compare sets the two side by side.
 *
 *     cost fast_send|send|words COUNT
 */
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE_NAMED(Value, "cost.Value", VALUE_FIELDS);
#define WORDS_FIELDS(F) F(SABIR_STRING, text)
SABIR_MESSAGE_NAMED(Words, "cost.Words", WORDS_FIELDS);

static const char text[] = "a text of some length, as texts have";

static void need(bool is_so, const char *what) {
    if (is_so) return;
    fprintf(stderr, "cost: %s\n", what);
    exit(1);
}

static void need_ok(int code) {
    need(code == SABIR_OK, sabir_error_name(code));
}

struct sink {
    int64_t sum;
    bool answers;
};

static int on_value(void *self, const void *value, sabir_context *context) {
    struct sink *sink = self;
    sink->sum += ((const struct Value *)value)->value;
    return sink->answers ? sabir_context_reply_value(context, Value_type(), &(struct Value){sink->sum}) : SABIR_OK;
}

static int on_words(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct sink *sink = self;
    sink->sum += (int64_t)((const struct Words *)value)->text.len_bytes;
    return SABIR_OK;
}

static void fast_send(sabir_ref *ref, int64_t count) {
    struct Value reply = {0};
    for (int64_t i = 0; i < count; i++)
        need_ok(sabir_ref_fast_send(ref, NULL, Value_type(), &(struct Value){1}, Value_type(), &reply, sizeof reply, 0,
                                    NULL));
    need(reply.value == count, "not every call was answered");
}

static void send_values(sabir_ref *ref, int64_t count) {
    for (int64_t i = 0; i < count; i++) need_ok(sabir_ref_send_value(ref, Value_type(), &(struct Value){1}, NULL));
}

static void send_words(sabir_ref *ref, int64_t count) {
    struct Words words = {.text = {.bytes = text, .len_bytes = sizeof text - 1}};
    for (int64_t i = 0; i < count; i++) need_ok(sabir_ref_send_value(ref, Words_type(), &words, NULL));
}

int main(int argc, char **argv) {
    need(argc == 3, "usage: cost fast_send|send|words COUNT");
    bool calls = strcmp(argv[1], "fast_send") == 0, words = strcmp(argv[1], "words") == 0;
    int64_t count = atoll(argv[2]);
    struct sink sink = {.answers = calls};
    sabir_manager *manager;
    sabir_actor *actor;
    sabir_ref *ref;
    need_ok(sabir_manager_new(NULL, &manager));
    need_ok(sabir_actor_new(NULL, &sink, &actor));
    need_ok(sabir_actor_on(actor, Value_type(), on_value));
    need_ok(sabir_actor_on(actor, Words_type(), on_words));
    need_ok(sabir_actor_set_capacity_msgs(actor, 0));
    need_ok(sabir_manager_manage(manager, "sink", actor, &ref));
    if (words) send_words(ref, count);
    if (!words && !calls) send_values(ref, count); /* queued: what follows handles them */
    need_ok(sabir_manager_start(manager));
    if (calls) fast_send(ref, count);
    need_ok(sabir_manager_stop(manager));
    need(sink.sum == (words ? (int64_t)sizeof text - 1 : 1) * count, "not everything was handled");
    sabir_ref_release(ref);
    sabir_manager_free(manager);
    return 0;
}
