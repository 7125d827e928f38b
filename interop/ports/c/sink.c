/* `sink`: counts notes per sender, whether they came in order, and a digest of what they carried; keeps whatever else comes. */
#include "actors.h"
#include "messages.h"
#include "node.h"
#include "tags.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MSGS = 262144 };
static const uint64_t FNV_BASIS = 0xCBF29CE484222325, FNV_PRIME = 0x100000001B3;

/* What came of some notes: those of one sender, or all. */
struct tally {
    uint64_t count;
    uint64_t digest; /* FNV-1a, 64 bits */
    bool is_in_order;
};

struct source {
    struct source *next;
    struct tally tally;
    int64_t last;
    size_t name_len_bytes;
    char name[];
};

/* Something other than a note. */
struct other {
    struct other *next;
    const sabir_type *type;
    size_t len_bytes;
    char json[];
};

struct sink {
    struct tally all;
    struct source *sources; /* the latest first: notes come in rows */
    struct other *others;
    struct other **others_end;
};

static void forget(struct sink *sink) {
    for (struct source *source = sink->sources, *next; source; source = next) {
        next = source->next;
        free(source);
    }
    for (struct other *other = sink->others, *next; other; other = next) {
        next = other->next;
        free(other);
    }
    *sink = (struct sink){.all = {0, FNV_BASIS, true}, .others_end = &sink->others};
}

static void drop(void *self) {
    forget(self);
    free(self);
}

/* The source of that name, moved to the front; NULL if there is none. */
static struct source *find(struct sink *sink, struct sabir_string name) {
    for (struct source **at = &sink->sources; *at; at = &(*at)->next) {
        struct source *source = *at;
        if (source->name_len_bytes == name.len_bytes && memcmp(source->name, name.bytes, name.len_bytes) == 0) {
            *at = source->next;
            source->next = sink->sources;
            sink->sources = source;
            return source;
        }
    }
    return NULL;
}

static struct source *add(struct sink *sink, struct sabir_string name, int64_t first) {
    struct source *source = calloc(1, sizeof *source + name.len_bytes + 1);
    if (!source) return NULL;
    source->tally = (struct tally){0, FNV_BASIS, true};
    source->last = first;
    source->name_len_bytes = name.len_bytes;
    if (name.len_bytes) memcpy(source->name, name.bytes, name.len_bytes);
    source->next = sink->sources;
    sink->sources = source;
    return source;
}

static void count(struct tally *tally, struct sabir_string data, bool is_in_order) {
    tally->count++;
    tally->is_in_order = tally->is_in_order && is_in_order;
    for (size_t i = 0; i < data.len_bytes; i++)
        tally->digest = (tally->digest ^ (unsigned char)data.bytes[i]) * FNV_PRIME;
}

static int on_note(void *self, const void *value, sabir_context *context) {
    struct sink *sink = self;
    const struct Note *note = value;
    struct sabir_string nothing = {NULL, 0};
    (void)context;
    struct source *source = find(sink, note->from);
    bool is_in_order = !source || note->seq > source->last;
    if (!source) source = add(sink, note->from, note->seq);
    if (!source) return SABIR_ENOMEM;
    source->last = note->seq;
    count(&source->tally, note->data.present ? note->data.value : nothing, is_in_order);
    count(&sink->all, note->data.present ? note->data.value : nothing, is_in_order);
    return SABIR_OK;
}

static void put_last(sabir_json_writer *writer, const struct source *source) {
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, source->last);
    (void)sabir_json_writer_key(writer, source->name, source->name_len_bytes);
    (void)port_text(writer, text);
}

static int on_report(void *self, const void *value, sabir_context *context) {
    struct sink *sink = self;
    const struct Report *report = value;
    const struct source *one = report->from.present ? find(sink, report->from.value) : NULL;
    struct tally none = {0, FNV_BASIS, true};
    const struct tally *tally = one ? &one->tally : report->from.present ? &none : &sink->all;
    char text[24];
    sabir_json_writer *writer;
    int code = sabir_json_writer_new(&writer);
    if (code) return code;
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "count");
    (void)snprintf(text, sizeof text, "%" PRIu64, tally->count);
    (void)port_text(writer, text);
    (void)port_key(writer, "in_order");
    (void)sabir_json_writer_bool(writer, tally->is_in_order);
    (void)port_key(writer, "last");
    (void)sabir_json_writer_object_begin(writer);
    if (one) put_last(writer, one);
    for (const struct source *source = report->from.present ? NULL : sink->sources; source; source = source->next)
        put_last(writer, source);
    (void)sabir_json_writer_object_end(writer);
    (void)port_key(writer, "digest");
    (void)snprintf(text, sizeof text, "%016" PRIx64, tally->digest);
    (void)port_text(writer, text);
    (void)sabir_json_writer_object_end(writer);
    return port_reply_written(context, Reported_type(), writer);
}

static int on_other(void *self, const void *value, sabir_context *context) {
    struct sink *sink = self;
    sabir_message *message = sabir_context_message(context);
    const char *json;
    size_t len_bytes;
    (void)value;
    int code = sabir_message_json_get(message, &json, &len_bytes);
    if (code) return code;
    struct other *other = malloc(sizeof *other + len_bytes);
    if (!other) return SABIR_ENOMEM;
    other->next = NULL;
    other->type = sabir_message_type(message);
    other->len_bytes = len_bytes;
    memcpy(other->json, json, len_bytes);
    *sink->others_end = other;
    sink->others_end = &other->next;
    return SABIR_OK;
}

static int on_collect(void *self, const void *value, sabir_context *context) {
    struct sink *sink = self;
    sabir_json_writer *writer;
    (void)value;
    int code = sabir_json_writer_new(&writer);
    if (code) return code;
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "items");
    (void)sabir_json_writer_array_begin(writer);
    for (const struct other *other = sink->others; other; other = other->next) {
        (void)sabir_json_writer_object_begin(writer);
        (void)port_key(writer, "type");
        (void)port_text(writer, sabir_type_name(other->type));
        (void)port_key(writer, "seen");
        (void)port_tag_json(writer, other->json, other->len_bytes);
        (void)sabir_json_writer_object_end(writer);
    }
    (void)sabir_json_writer_array_end(writer);
    (void)sabir_json_writer_object_end(writer);
    return port_reply_written(context, Collected_type(), writer);
}

static int on_reset(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    forget(self);
    return SABIR_OK;
}

static int handle(sabir_actor *actor) {
    const struct {
        const sabir_type *type;
        sabir_handler handler;
    } rows[] = {
        {Note_type(), on_note},         {Report_type(), on_report},      {Collect_type(), on_collect},
        {Reset_type(), on_reset},       {EchoReply_type(), on_other},    {TypedReply_type(), on_other},
        {Description_type(), on_other}, {sabir_type_reject(), on_other},
    };
    int code = SABIR_OK;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !code; i++)
        code = sabir_actor_on(actor, rows[i].type, rows[i].handler);
    return code;
}

int port_manage_sink(sabir_manager *manager) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    struct sink *sink = calloc(1, sizeof *sink);
    sabir_actor *actor;
    if (!sink) return SABIR_ENOMEM;
    forget(sink);
    int code = sabir_actor_new(&callbacks, sink, &actor);
    if (code) return code;
    code = sabir_actor_set_capacity_msgs(actor, CAPACITY_MSGS);
    if (!code) code = handle(actor);
    if (!code) code = sabir_manager_manage(manager, "sink", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
