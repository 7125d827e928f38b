/* One counter, four handles, four threads: nobody locks anything, and nothing is lost. */
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

enum { HANDLES = 4, INCREMENTS = 1000 };
static const int64_t ASK_TIMEOUT_NS = INT64_C(10) * 1000000000;

SABIR_SIGNAL(Increment);
SABIR_SIGNAL(Get);
#define VALUE_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE(Value, VALUE_FIELDS);

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

struct counter {
    int64_t value;
};

static int on_increment(void *self, const void *value, sabir_context *context) {
    struct counter *counter = self;
    (void)value;
    (void)context;
    counter->value++; /* one message at a time: no lock */
    return SABIR_OK;
}

static int on_get(void *self, const void *value, sabir_context *context) {
    const struct counter *counter = self;
    (void)value;
    return sabir_context_reply_value(context, Value_type(), &(struct Value){counter->value});
}

static int increment(void *handle) {
    for (int i = 0; i < INCREMENTS; i++) must(sabir_ref_send_value(handle, Increment_type(), NULL, NULL));
    return 0;
}

static int64_t ask_value(sabir_ref *handle) {
    sabir_message *question, *answer;
    const void *value;
    must(sabir_message_new(Get_type(), NULL, &question));
    must(sabir_ref_ask(handle, question, ASK_TIMEOUT_NS, &answer));
    must(sabir_message_value_get(answer, Value_type(), &value));
    int64_t number = ((const struct Value *)value)->value;
    sabir_message_free(answer);
    return number;
}

int main(void) {
    struct counter counter = {0};
    sabir_manager *manager;
    sabir_actor *actor;
    sabir_ref *handles[HANDLES];
    thrd_t threads[HANDLES];

    must(sabir_manager_new(NULL, &manager));
    must(sabir_actor_new(NULL, &counter, &actor));
    must(sabir_actor_on(actor, Increment_type(), on_increment));
    must(sabir_actor_on(actor, Get_type(), on_get));
    must(sabir_manager_manage(manager, "counter", actor, NULL));
    must(sabir_manager_start(manager));

    for (int i = 0; i < HANDLES; i++) {
        must(sabir_manager_find(manager, "counter", &handles[i]));
        if (thrd_create(&threads[i], increment, handles[i]) != thrd_success) return 1;
    }
    for (int i = 0; i < HANDLES; i++) thrd_join(threads[i], NULL);
    /* The question comes after the increments of every thread, for each had sent its own before it ended. */
    printf("%" PRId64 "\n", ask_value(handles[0]));

    for (int i = 0; i < HANDLES; i++) sabir_ref_release(handles[i]);
    sabir_manager_free(manager); /* stops it first */
    return 0;
}
