/* A key-value store: some messages are only told, others are asked and answered. */
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 16 };
static const int64_t ASK_TIMEOUT_NS = INT64_C(10) * 1000000000;

#define SET_FIELDS(F) F(SABIR_STRING, key) F(SABIR_STRING, value)
SABIR_MESSAGE(Set, SET_FIELDS);
#define KEY_FIELDS(F) F(SABIR_STRING, key)
SABIR_MESSAGE(Get, KEY_FIELDS);
SABIR_MESSAGE(Delete, KEY_FIELDS);
#define VALUE_FIELDS(F) F(SABIR_OPTIONAL(SABIR_STRING), value)
SABIR_MESSAGE(Value, VALUE_FIELDS);
SABIR_SIGNAL(Dump);
#define PAIRS_FIELDS(F) F(SABIR_MAP(SABIR_STRING), pairs)
SABIR_MESSAGE(Pairs, PAIRS_FIELDS);
SABIR_SIGNAL(Stop);
SABIR_SIGNAL(Stopped);

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

/* Two rows, as a MAP has them: the key of values[i] is keys[i], in the order of the keys. What a message holds is its own, so the
 * store copies it. */
struct store {
    struct sabir_string keys[PAIRS_MAX];
    struct sabir_string values[PAIRS_MAX];
    size_t count;
};

static int compare(struct sabir_string a, struct sabir_string b) {
    size_t len_bytes = a.len_bytes < b.len_bytes ? a.len_bytes : b.len_bytes;
    int order = len_bytes ? memcmp(a.bytes, b.bytes, len_bytes) : 0;
    return order ? order : (a.len_bytes > b.len_bytes) - (a.len_bytes < b.len_bytes);
}

static struct sabir_string copy(struct sabir_string text) {
    char *bytes = malloc(text.len_bytes + 1);
    if (!bytes) abort();
    if (text.len_bytes) memcpy(bytes, text.bytes, text.len_bytes);
    return (struct sabir_string){bytes, text.len_bytes};
}

static void forget(struct sabir_string text) {
    free((void *)(uintptr_t)text.bytes);
}

/* Where the key is, or would be. */
static size_t slot_of(const struct store *store, struct sabir_string key) {
    size_t at = 0;
    while (at < store->count && compare(store->keys[at], key) < 0) at++;
    return at;
}

static bool has(const struct store *store, size_t at, struct sabir_string key) {
    return at < store->count && compare(store->keys[at], key) == 0;
}

/* Make room for one pair at `at` (by 1), or close the gap there (by -1). */
static void move(struct store *store, size_t at, int by) {
    size_t from = by < 0 ? at + 1 : at, to = by < 0 ? at : at + 1, moved = store->count - from;
    memmove(&store->keys[to], &store->keys[from], moved * sizeof store->keys[0]);
    memmove(&store->values[to], &store->values[from], moved * sizeof store->values[0]);
    store->count = by < 0 ? store->count - 1 : store->count + 1;
}

static int on_set(void *self, const void *value, sabir_context *context) {
    struct store *store = self;
    const struct Set *set = value;
    size_t at = slot_of(store, set->key);
    (void)context;
    if (has(store, at, set->key)) {
        forget(store->values[at]);
    } else {
        if (store->count == PAIRS_MAX) return SABIR_EFULL; /* the handler fails: the message is a dead letter */
        move(store, at, 1);
        store->keys[at] = copy(set->key);
    }
    store->values[at] = copy(set->value);
    return SABIR_OK;
}

static int on_get(void *self, const void *value, sabir_context *context) {
    const struct store *store = self;
    const struct Get *get = value;
    size_t at = slot_of(store, get->key);
    struct Value answer = {0};
    if (has(store, at, get->key)) {
        answer.value.present = true;
        answer.value.value = store->values[at];
    }
    return sabir_context_reply_value(context, Value_type(), &answer);
}

static int on_delete(void *self, const void *value, sabir_context *context) {
    struct store *store = self;
    const struct Delete *order = value;
    size_t at = slot_of(store, order->key);
    (void)context;
    if (has(store, at, order->key)) {
        forget(store->keys[at]);
        forget(store->values[at]);
        move(store, at, -1);
    }
    return SABIR_OK;
}

static int on_dump(void *self, const void *value, sabir_context *context) {
    const struct store *store = self;
    struct Pairs pairs = {{store->keys, store->values, store->count}};
    (void)value;
    return sabir_context_reply_value(context, Pairs_type(), &pairs);
}

static int on_stop(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    sabir_context_stop(context); /* when this handler has returned */
    return sabir_context_reply_value(context, Stopped_type(), NULL);
}

static void drop(void *self) {
    struct store *store = self;
    for (size_t i = 0; i < store->count; i++) {
        forget(store->keys[i]);
        forget(store->values[i]);
    }
    free(store);
}

static sabir_ref *manage_store(sabir_manager *manager) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    struct store *store = calloc(1, sizeof *store);
    sabir_actor *actor;
    sabir_ref *ref;
    if (!store) abort();
    must(sabir_actor_new(&callbacks, store, &actor));
    must(sabir_actor_on(actor, Set_type(), on_set));
    must(sabir_actor_on(actor, Get_type(), on_get));
    must(sabir_actor_on(actor, Delete_type(), on_delete));
    must(sabir_actor_on(actor, Dump_type(), on_dump));
    must(sabir_actor_on(actor, Stop_type(), on_stop));
    must(sabir_manager_manage(manager, "store", actor, &ref));
    return ref;
}

/* The answer is the caller's to free; *value is a part of it. */
static sabir_message *ask(sabir_ref *store, const sabir_type *type, const void *question, const sabir_type *answer_type,
                          const void **value) {
    sabir_message *message, *answer;
    must(sabir_message_new(type, question, &message));
    must(sabir_ref_ask(store, message, ASK_TIMEOUT_NS, &answer));
    must(sabir_message_value_get(answer, answer_type, value));
    return answer;
}

static void print_value(sabir_ref *store, const char *key) {
    const void *value;
    sabir_message *answer = ask(store, Get_type(), &(struct Get){SABIR_STR(key)}, Value_type(), &value);
    const struct Value *found = value;
    if (found->value.present)
        printf("%.*s\n", (int)found->value.value.len_bytes, found->value.value.bytes);
    else
        printf("none\n");
    sabir_message_free(answer);
}

static void print_pairs(sabir_ref *store) {
    const void *value;
    sabir_message *answer = ask(store, Dump_type(), NULL, Pairs_type(), &value);
    const struct sabir_map *pairs = &((const struct Pairs *)value)->pairs;
    const struct sabir_string *values = pairs->values;
    for (size_t i = 0; i < pairs->count; i++)
        printf("%.*s=%.*s\n", (int)pairs->keys[i].len_bytes, pairs->keys[i].bytes, (int)values[i].len_bytes,
               values[i].bytes);
    sabir_message_free(answer);
}

int main(void) {
    sabir_manager *manager;
    const void *value;
    must(sabir_manager_new(NULL, &manager));
    sabir_ref *store = manage_store(manager);
    must(sabir_manager_start(manager));

    must(sabir_ref_send_value(store, Set_type(), &(struct Set){SABIR_STR("a"), SABIR_STR("1")}, NULL));
    must(sabir_ref_send_value(store, Set_type(), &(struct Set){SABIR_STR("b"), SABIR_STR("2")}, NULL));
    print_value(store, "a");
    must(sabir_ref_send_value(store, Delete_type(), &(struct Delete){SABIR_STR("a")}, NULL));
    print_value(store, "a");
    print_pairs(store);
    sabir_message_free(ask(store, Stop_type(), NULL, Stopped_type(), &value));
    printf("stopped\n");

    sabir_ref_release(store);
    sabir_manager_free(manager);
    return 0;
}
