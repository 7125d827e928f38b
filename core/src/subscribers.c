/*
 * A list of subscribers, each with what it asked for. One entry an actor, so that nobody is told twice.
 */
#include <sabir/subscribers.h>
#include <sabir/watch.h>
#include <stdatomic.h>
#include <string.h>

#include "alloc.h"
#include "context.h"
#include "error.h"
#include "text.h"

struct subscriber {
    sabir_ref *ref; /* counted */
    bool wants_everything;
    struct sb_text *topics; /* their bytes on the heap */
    size_t topic_count;
};

struct sabir_subscribers {
    bool watches; /* its own handler gets the Downs */
    struct subscriber *items;
    size_t count;
    size_t capacity;
    sabir_ref *
        *listed; /* what sabir_subscribers_list lends, each counted: one that is dropped meanwhile is still there */
    size_t listed_count;
    size_t listed_capacity;
};

/* ---- The types ------------------------------------------------------------------------------------------------------- */

/*
 * Registered at the first call, and known from then on: each message that comes is compared with these, and that must not take memory.
 * Acquire and release: who gets the type sees it whole.
 */
static const sabir_type *type_of(_Atomic(const sabir_type *) *known, const char *name, const struct sabir_field *rows,
                                 size_t count, size_t size_bytes) {
    const sabir_type *type = atomic_load_explicit(known, memory_order_acquire);
    if (type) return type;
    if (sabir_type_register(name, rows, count, size_bytes, &type) != SABIR_OK) return NULL;
    atomic_store_explicit(known, type, memory_order_release);
    return type;
}

#define ROW(holder, member, kind_text)                                                                                 \
    { #member, kind_text, offsetof(struct holder, member), sizeof(((struct holder *)0)->member) }

const sabir_type *sabir_type_subscribe(void) {
    static const struct sabir_field rows[] = {ROW(sabir_subscribe, topic, "OPTIONAL(STRING)")};
    static _Atomic(const sabir_type *) known;
    return type_of(&known, "Subscribe", rows, 1, sizeof(struct sabir_subscribe));
}

const sabir_type *sabir_type_unsubscribe(void) {
    static const struct sabir_field rows[] = {ROW(sabir_unsubscribe, topic, "OPTIONAL(STRING)")};
    static _Atomic(const sabir_type *) known;
    return type_of(&known, "Unsubscribe", rows, 1, sizeof(struct sabir_unsubscribe));
}

const sabir_type *sabir_type_set(void) {
    static const struct sabir_field rows[] = {ROW(sabir_set, name, "STRING"), ROW(sabir_set, value, "JSON")};
    static _Atomic(const sabir_type *) known;
    return type_of(&known, "Set", rows, 2, sizeof(struct sabir_set));
}

/* ---- One subscriber -------------------------------------------------------------------------------------------------- */

static void subscriber_free(struct subscriber *subscriber) {
    for (size_t i = 0; i < subscriber->topic_count; i++) sb_free((void *)(uintptr_t)subscriber->topics[i].bytes);
    sb_free(subscriber->topics);
    sabir_ref_release(subscriber->ref);
}

static size_t place_of(const struct subscriber *subscriber, struct sb_text topic) {
    size_t i = 0;
    while (i < subscriber->topic_count && !sb_text_equal(subscriber->topics[i], topic)) i++;
    return i;
}

static int no_memory(void) {
    return sb_error(SABIR_ENOMEM, "no memory for a subscriber");
}

static int add_topic(struct subscriber *subscriber, struct sb_text topic) {
    if (place_of(subscriber, topic) < subscriber->topic_count) return SABIR_OK;
    struct sb_text *grown = sb_realloc(subscriber->topics, (subscriber->topic_count + 1) * sizeof *grown);
    if (grown) subscriber->topics = grown;
    char *copy = grown ? sb_strndup(topic.bytes, topic.len_bytes) : NULL;
    if (!copy) return no_memory();
    grown[subscriber->topic_count++] = (struct sb_text){copy, topic.len_bytes};
    return SABIR_OK;
}

static bool remove_topic(struct subscriber *subscriber, struct sb_text topic) {
    size_t i = place_of(subscriber, topic);
    if (i == subscriber->topic_count) return false;
    sb_free((void *)(uintptr_t)subscriber->topics[i].bytes);
    subscriber->topics[i] = subscriber->topics[--subscriber->topic_count];
    return true;
}

static bool wants(const struct subscriber *subscriber, struct sb_text topic) {
    return subscriber->wants_everything || (topic.bytes && place_of(subscriber, topic) < subscriber->topic_count);
}

/* ---- All of them ----------------------------------------------------------------------------------------------------- */

int sabir_subscribers_new(sabir_subscribers **subscribers) {
    if (!subscribers) return sb_error(SABIR_EINVAL, "there is nowhere to put the subscribers: the argument is NULL");
    *subscribers = sb_alloc_zero(1, sizeof **subscribers);
    return *subscribers ? SABIR_OK : no_memory();
}

static void clear_list(sabir_subscribers *subscribers) {
    while (subscribers->listed_count > 0) sabir_ref_release(subscribers->listed[--subscribers->listed_count]);
}

void sabir_subscribers_free(sabir_subscribers *subscribers) {
    if (!subscribers) return;
    clear_list(subscribers);
    for (size_t i = 0; i < subscribers->count; i++) subscriber_free(&subscribers->items[i]);
    sb_free(subscribers->items);
    sb_free(subscribers->listed);
    sb_free(subscribers);
}

static struct subscriber *find(const sabir_subscribers *subscribers, const sabir_ref *ref) {
    for (size_t i = 0; i < subscribers->count; i++)
        if (sabir_ref_equal(subscribers->items[i].ref, ref)) return &subscribers->items[i];
    return NULL;
}

/* The others keep their order. */
static void drop(sabir_subscribers *subscribers, struct subscriber *subscriber) {
    size_t place = (size_t)(subscriber - subscribers->items);
    subscriber_free(subscriber);
    memmove(subscriber, subscriber + 1, (--subscribers->count - place) * sizeof *subscriber);
}

static struct subscriber *append(sabir_subscribers *subscribers, sabir_ref *ref) {
    if (subscribers->count == subscribers->capacity) {
        size_t capacity = subscribers->capacity ? subscribers->capacity * 2 : 4;
        struct subscriber *grown = sb_realloc(subscribers->items, capacity * sizeof *grown);
        if (!grown) return NULL;
        subscribers->items = grown;
        subscribers->capacity = capacity;
    }
    struct subscriber *added = &subscribers->items[subscribers->count++];
    *added = (struct subscriber){.ref = sabir_ref_retain(ref)};
    return added;
}

static int check(const sabir_subscribers *subscribers, const sabir_ref *ref) {
    if (!subscribers) return sb_error(SABIR_EINVAL, "the subscribers are NULL");
    return ref ? SABIR_OK : sb_error(SABIR_EINVAL, "the subscriber's ref is NULL");
}

int sabir_subscribers_add(sabir_subscribers *subscribers, sabir_ref *ref, const char *topic, size_t topic_len_bytes) {
    int code = check(subscribers, ref);
    if (code != SABIR_OK) return code;
    struct subscriber *subscriber = find(subscribers, ref);
    bool is_new = !subscriber;
    if (is_new && !(subscriber = append(subscribers, ref))) return no_memory();
    if (topic)
        code = add_topic(subscriber, (struct sb_text){topic, topic_len_bytes});
    else
        subscriber->wants_everything = true;
    if (code != SABIR_OK && is_new) drop(subscribers, subscriber);
    return code;
}

int sabir_subscribers_remove(sabir_subscribers *subscribers, const sabir_ref *ref, const char *topic,
                             size_t topic_len_bytes) {
    int code = check(subscribers, ref);
    if (code != SABIR_OK) return code;
    struct subscriber *subscriber = find(subscribers, ref);
    if (!subscriber || (topic && !remove_topic(subscriber, (struct sb_text){topic, topic_len_bytes})))
        return sb_error(SABIR_ENOENT, "actor '%s' has not subscribed to that", ref->name);
    if (!topic || (subscriber->topic_count == 0 && !subscriber->wants_everything)) drop(subscribers, subscriber);
    return SABIR_OK;
}

size_t sabir_subscribers_count(const sabir_subscribers *subscribers) {
    return subscribers ? subscribers->count : 0;
}

/* ---- Those that have gone -------------------------------------------------------------------------------------------- */

bool sabir_subscribers_settle(sabir_subscribers *subscribers, const sabir_ref *ref, int code) {
    if (code != SABIR_ECLOSED || !subscribers || !ref) return false;
    struct subscriber *subscriber = find(subscribers, ref);
    if (subscriber) drop(subscribers, subscriber);
    return subscriber != NULL;
}

/* `name` NULL: whatever its name is. */
static size_t drop_remote(sabir_subscribers *subscribers, struct sb_text endpoint, const struct sb_text *name) {
    size_t dropped = 0;
    for (size_t i = subscribers->count; i-- > 0;) {
        struct subscriber *subscriber = &subscribers->items[i];
        const sabir_ref *ref = subscriber->ref;
        if (ref->kind != SB_REF_REMOTE || !sb_text_equal(sb_text_of(ref->endpoint), endpoint)) continue;
        if (name && !sb_text_equal(sb_text_of(ref->name), *name)) continue;
        drop(subscribers, subscriber);
        dropped++;
    }
    return dropped;
}

size_t sabir_subscribers_link_down(sabir_subscribers *subscribers, const char *endpoint, size_t endpoint_len_bytes) {
    if (!subscribers || !endpoint) return 0;
    return drop_remote(subscribers, (struct sb_text){endpoint, endpoint_len_bytes}, NULL);
}

static struct sb_text text_of(struct sabir_string string) {
    return (struct sb_text){string.bytes, string.len_bytes};
}

/* Another node says that there is no such actor there, or that it has stopped. */
static size_t drop_rejected(sabir_subscribers *subscribers, struct sb_text code, struct sb_text target,
                            struct sb_text endpoint) {
    if (!sb_text_equal(code, SB_TEXT("unknown_target")) && !sb_text_equal(code, SB_TEXT("stopped"))) return 0;
    return drop_remote(subscribers, endpoint, &target);
}

size_t sabir_subscribers_rejected(sabir_subscribers *subscribers, const char *code, const char *target,
                                  const char *rejected_by) {
    if (!subscribers || !code || !target || !rejected_by) return 0;
    return drop_rejected(subscribers, sb_text_of(code), sb_text_of(target), sb_text_of(rejected_by));
}

static void take_reject(sabir_subscribers *subscribers, const struct sabir_reject *reject) {
    drop_rejected(subscribers, text_of(reject->code), text_of(reject->target), text_of(reject->rejected_by));
}

/* A Down says of any subscriber, here or elsewhere, that it has ended or is out of sight; but for one reason it cannot be watched. */
static size_t drop_ended(sabir_subscribers *subscribers, struct sb_text name, struct sb_text endpoint,
                         struct sb_text reason) {
    size_t dropped = 0;
    if (sb_text_equal(reason, SB_TEXT("refused"))) return 0;
    for (size_t i = subscribers->count; i-- > 0;) {
        const sabir_ref *ref = subscribers->items[i].ref;
        if (!sb_text_equal(sb_text_of(ref->name), name)) continue;
        if (!sb_text_equal(sb_text_of(ref->endpoint ? ref->endpoint : ""), endpoint)) continue;
        drop(subscribers, &subscribers->items[i]);
        dropped++;
    }
    return dropped;
}

size_t sabir_subscribers_down(sabir_subscribers *subscribers, const char *name, const char *endpoint,
                              const char *reason) {
    if (!subscribers || !name || !endpoint || !reason) return 0;
    return drop_ended(subscribers, sb_text_of(name), sb_text_of(endpoint), sb_text_of(reason));
}

static void take_down(sabir_subscribers *subscribers, const struct sabir_down *down) {
    drop_ended(subscribers, text_of(down->name), text_of(down->endpoint), text_of(down->reason));
}

/* ---- What the actor gets --------------------------------------------------------------------------------------------- */

static int take_subscribe(sabir_subscribers *subscribers, const struct sabir_subscribe *subscribe, sabir_ref *sender) {
    if (!sender) return sb_error(SABIR_ENOENT, "a Subscribe names no sender: there is nobody to tell");
    if (!subscribe->topic.present) return sabir_subscribers_add(subscribers, sender, NULL, 0);
    return sabir_subscribers_add(subscribers, sender, subscribe->topic.value.bytes ? subscribe->topic.value.bytes : "",
                                 subscribe->topic.value.len_bytes);
}

/* Somebody who has not subscribed, or was dropped meanwhile, gets what he wants. */
static void take_unsubscribe(sabir_subscribers *subscribers, const struct sabir_unsubscribe *unsubscribe,
                             const sabir_ref *sender) {
    if (!sender) return;
    const struct sabir_string *topic = &unsubscribe->topic.value;
    sabir_subscribers_remove(subscribers, sender,
                             unsubscribe->topic.present ? (topic->bytes ? topic->bytes : "") : NULL, topic->len_bytes);
}

/* Whom nobody can watch (its node speaks another dialect) is dropped when a message does not reach it. */
static void watch(const sabir_subscribers *subscribers, sabir_context *context) {
    if (subscribers->watches) (void)sabir_ref_watch(context->sender, sabir_context_self(context));
}

static int take(sabir_subscribers *subscribers, sabir_message *message, sabir_context *context) {
    const sabir_type *type = message->type;
    sabir_ref *sender = context->sender;
    const void *value;
    int code = sabir_message_value_get(message, type, &value);
    if (code != SABIR_OK) return code;
    if (type == sabir_type_subscribe())
        code = take_subscribe(subscribers, value, sender);
    else if (type == sabir_type_unsubscribe())
        take_unsubscribe(subscribers, value, sender);
    else if (type == sabir_type_linkdown())
        drop_remote(subscribers, text_of(((const struct sabir_linkdown *)value)->endpoint), NULL);
    else if (type == sabir_type_reject())
        take_reject(subscribers, value);
    else if (type == sabir_type_down())
        take_down(subscribers, value);
    if (code == SABIR_OK && type == sabir_type_subscribe()) watch(subscribers, context);
    return code;
}

int sabir_subscribers_take(sabir_subscribers *subscribers, sabir_context *context) {
    if (!subscribers || !context) return sb_error(SABIR_EINVAL, "the subscribers or the context is NULL");
    sabir_message *message = sabir_context_message(context);
    if (!message) return sb_error(SABIR_EINVAL, "there is no message in hand");
    return take(subscribers, message, context);
}

static int on_message(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)self;
    return take(user_data, message, context);
}

int sabir_actor_on_subscribers(sabir_actor *actor, sabir_subscribers *subscribers) {
    if (!actor || !subscribers) return sb_error(SABIR_EINVAL, "the actor or the subscribers are NULL");
    const sabir_type *asked[] = {sabir_type_subscribe(), sabir_type_unsubscribe()};
    const sabir_type *gone[] = {sabir_type_linkdown(), sabir_type_reject(), sabir_type_down()};
    int code = SABIR_OK;
    for (size_t i = 0; i < 2 && code == SABIR_OK; i++)
        code = sabir_actor_on_message(actor, asked[i], on_message, subscribers);
    bool watches = !sb_actor_spec_handler(actor, sabir_type_down());
    for (size_t i = 0; i < 3 && code == SABIR_OK; i++)
        if (!sb_actor_spec_handler(actor, gone[i]))
            code = sabir_actor_on_message(actor, gone[i], on_message, subscribers);
    if (code == SABIR_OK) subscribers->watches = watches;
    return code;
}

/* ---- Telling them ---------------------------------------------------------------------------------------------------- */

static bool reserve_list(sabir_subscribers *subscribers) {
    if (subscribers->listed_capacity >= subscribers->count) return true;
    sabir_ref **grown = sb_realloc(subscribers->listed, subscribers->capacity * sizeof(sabir_ref *));
    if (!grown) return false;
    subscribers->listed = grown;
    subscribers->listed_capacity = subscribers->capacity;
    return true;
}

int sabir_subscribers_list(sabir_subscribers *subscribers, const char *topic, size_t topic_len_bytes,
                           sabir_ref *const **refs, size_t *count) {
    if (!subscribers || !refs || !count) return sb_error(SABIR_EINVAL, "the subscribers, refs or count is NULL");
    clear_list(subscribers);
    *count = 0;
    if (!reserve_list(subscribers)) return no_memory();
    struct sb_text wanted = {topic, topic_len_bytes};
    for (size_t i = 0; i < subscribers->count; i++)
        if (wants(&subscribers->items[i], wanted))
            subscribers->listed[subscribers->listed_count++] = sabir_ref_retain(subscribers->items[i].ref);
    *refs = subscribers->listed;
    *count = subscribers->listed_count;
    return SABIR_OK;
}

int sabir_subscribers_publish(sabir_subscribers *subscribers, const char *topic, size_t topic_len_bytes,
                              const sabir_type *type, const void *value, sabir_ref *sender, size_t *reached) {
    sabir_ref *const *refs;
    size_t count = 0, sent = 0;
    if (reached) *reached = 0;
    int code = sabir_subscribers_list(subscribers, topic, topic_len_bytes, &refs, &count);
    for (size_t i = 0; i < count && code == SABIR_OK; i++) {
        sabir_message *message; /* each its own: who gets one may change its form */
        code = sabir_message_new(type, value, &message);
        if (code != SABIR_OK) break;
        int outcome = sabir_ref_send(refs[i], message, sender);
        if (outcome == SABIR_OK)
            sent++;
        else
            sabir_message_free(message);
        sabir_subscribers_settle(subscribers, refs[i], outcome);
    }
    if (code == SABIR_OK && reached) *reached = sent;
    return code;
}
