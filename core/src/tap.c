#include "tap.h"

#include <sabir/error.h>
#include <string.h>

#include "actor.h"
#include "alloc.h"
#include "buffer.h"
#include "codec.h"
#include "context.h"
#include "error.h"
#include "manager.h"
#include "tap_ring.h"
#include "utf8.h"

#define PLACES 8
#define JSON_MAX_BYTES 1023
#define MAX_CAPACITY (1u << 24)
#define VISIT_NS 100000 /* a sender is in and out much sooner */

/* What is known of a message at the moment that it passes. */
struct passing {
    sabir_manager *manager;
    const sabir_ref *from; /* NULL: nobody */
    struct sb_text to;
    const char *to_endpoint; /* NULL: this process */
    struct sb_text type;
    const char *outcome;
    const char *detail;
    struct sb_text json;
};

/* A record: the public struct, then its texts. */
struct record {
    struct sabir_tapped tapped;
    char texts[];
};

struct sabir_tap {
    struct sb_tap_ring ring;
    _Atomic(const sabir_manager *) manager; /* NULL: it is gone */
    char *from;                             /* patterns; NULL: everything */
    char *to;
    char *type;
    uint32_t place;
    uint32_t fork_generation; /* of the process that opened it */
    _Atomic uint64_t missed;
    _Atomic uint32_t news;      /* counts records; the reader sleeps on it */
    _Atomic uint32_t is_waited; /* the reader sleeps */
    struct record *read;        /* lent to the reader */
};

_Atomic uint32_t sb_taps_open;

static struct {
    _Atomic(struct sabir_tap *) tap;
    _Atomic uint32_t visitors;
} places[PLACES];

/* ---- Matching -------------------------------------------------------------------------------------------------------- */

/* `*` is any characters; after a mismatch only the last one can take more. */
static bool matches(const char *pattern, struct sb_text text) {
    if (!pattern) return true;
    const char *star = NULL;
    size_t at = 0, mark = 0;
    while (at < text.len_bytes) {
        if (*pattern == '*') {
            star = ++pattern;
            mark = at;
        } else if (*pattern && *pattern == text.bytes[at]) {
            pattern++;
            at++;
        } else if (star) {
            pattern = star;
            at = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}

static bool is_wanted(const struct sabir_tap *tap, const struct passing *passing) {
    struct sb_text from = sb_text_of(passing->from ? passing->from->name : "");
    return atomic_load_explicit(&tap->manager, memory_order_relaxed) == passing->manager && matches(tap->from, from) &&
           matches(tap->to, passing->to) && matches(tap->type, passing->type);
}

/* ---- Writing a record ------------------------------------------------------------------------------------------------ */

static const char *put_text(struct record *record, size_t *used_bytes, struct sb_text text) {
    char *at = record->texts + *used_bytes;
    if (text.len_bytes > 0) memcpy(at, text.bytes, text.len_bytes);
    at[text.len_bytes] = '\0';
    *used_bytes += text.len_bytes + 1;
    return at;
}

static const char *put_address(struct record *record, size_t *used_bytes, struct sb_text name,
                               struct sb_text endpoint) {
    const char *text = put_text(record, used_bytes, name);
    if (endpoint.len_bytes == 0) return text;
    record->texts[*used_bytes - 1] = '@';
    put_text(record, used_bytes, endpoint);
    return text;
}

static struct sb_text cut(struct sb_text json) {
    if (json.len_bytes <= JSON_MAX_BYTES) return json;
    return (struct sb_text){json.bytes, sb_utf8_valid_len_bytes((struct sb_text){json.bytes, JSON_MAX_BYTES})};
}

static struct sb_text endpoint_of(const sabir_ref *ref) {
    return ref && ref->kind == SB_REF_REMOTE ? sb_text_of(ref->endpoint) : (struct sb_text){NULL, 0};
}

static struct record *record_of(const struct passing *passing, size_t json_len_bytes) {
    struct sb_text from = sb_text_of(passing->from ? passing->from->name : ""), from_at = endpoint_of(passing->from);
    struct sb_text to_at = sb_text_of(passing->to_endpoint), outcome = sb_text_of(passing->outcome);
    struct sb_text detail = sb_text_of(passing->detail), json = cut(passing->json);
    size_t room = from.len_bytes + from_at.len_bytes + passing->to.len_bytes + to_at.len_bytes +
                  passing->type.len_bytes + outcome.len_bytes + detail.len_bytes + json.len_bytes + 8;
    struct record *made = sb_alloc(sizeof *made + room);
    if (!made) return NULL;
    size_t used_bytes = 0;
    made->tapped = (struct sabir_tapped){.size_bytes = sizeof made->tapped, .time_ns = sb_wall_ns()};
    made->tapped.from = put_address(made, &used_bytes, from, from_at);
    made->tapped.to = put_address(made, &used_bytes, passing->to, to_at);
    made->tapped.type = put_text(made, &used_bytes, passing->type);
    made->tapped.outcome = put_text(made, &used_bytes, outcome);
    made->tapped.detail = put_text(made, &used_bytes, detail);
    made->tapped.json = put_text(made, &used_bytes, json);
    made->tapped.json_len_bytes = json_len_bytes;
    return made;
}

static void wake_reader(struct sabir_tap *tap) {
    /* Sequentially consistent with the reader, who says that it waits and then looks again: one of the two sees the other. */
    atomic_fetch_add(&tap->news, 1);
    if (atomic_load(&tap->is_waited)) sb_unpark_one(&tap->news);
}

static void write_record(struct sabir_tap *tap, const struct passing *passing, size_t json_len_bytes) {
    struct record *record = record_of(passing, json_len_bytes);
    if (record && sb_tap_ring_put(&tap->ring, record)) {
        wake_reader(tap);
        return;
    }
    sb_free(record);
    atomic_fetch_add_explicit(&tap->missed, 1, memory_order_relaxed);
}

/* Whether any tap wants it; `writes`: they get it too. */
static bool visit(const struct passing *passing, bool writes, size_t json_len_bytes) {
    bool is_wanted_by_any = false;
    uint32_t open = atomic_load_explicit(&sb_taps_open, memory_order_relaxed);
    for (uint32_t i = 0; i < PLACES; i++) {
        if (!(open & 1u << i)) continue;
        /* Sequentially consistent with sabir_tap_free, which empties the place and then looks for visitors. */
        atomic_fetch_add(&places[i].visitors, 1);
        struct sabir_tap *tap = atomic_load(&places[i].tap);
        bool wanted = tap && is_wanted(tap, passing);
        if (wanted && writes) write_record(tap, passing, json_len_bytes);
        is_wanted_by_any = is_wanted_by_any || wanted;
        atomic_fetch_sub(&places[i].visitors, 1);
    }
    return is_wanted_by_any;
}

static bool is_wanted_somewhere(const struct passing *passing) {
    return visit(passing, false, 0);
}

static void write_records(const struct passing *passing, size_t json_len_bytes) {
    visit(passing, true, json_len_bytes);
}

/* ---- What passes ----------------------------------------------------------------------------------------------------- */

static sabir_manager *manager_of(const sabir_ref *ref) {
    const struct sb_actor *actor = sb_actor_of(ref);
    return actor ? actor->manager : ref->manager;
}

static struct passing passing_to(const sabir_ref *to, const sabir_ref *from, struct sb_text type) {
    return (struct passing){.manager = manager_of(to),
                            .from = from,
                            .to = sb_text_of(to->name),
                            .to_endpoint = to->kind == SB_REF_REMOTE ? to->endpoint : NULL,
                            .type = type};
}

static const char *outcome_of(int code, const char *done) {
    static const char prefix[] = "SABIR_E";
    if (code == SABIR_OK) return done;
    const char *name = sabir_error_name(code);
    return name ? name + sizeof prefix - 1 : "FAILED";
}

/* The payload as text, cut; an object of one language has none. Copied, for the message is about to go. */
struct payload {
    struct sb_buffer text;
    size_t len_bytes; /* of the whole */
};

static void copy_payload(const sabir_type *type, const void *value, const sabir_message *message,
                         struct payload *payload) {
    *payload = (struct payload){.text = SB_BUFFER_INIT};
    if (!value && message && message->extra && message->extra->json) {
        struct sb_text json = {message->extra->json, message->extra->json_len_bytes}, part = cut(json);
        sb_buffer_append(&payload->text, part.bytes, part.len_bytes);
        payload->len_bytes = json.len_bytes;
        return;
    }
    if (!value && message) value = message->value;
    if (value && sb_encode(type, value, &payload->text) == SABIR_OK) payload->len_bytes = payload->text.len_bytes;
}

static void note_with(struct passing *passing, struct payload *payload, const char *outcome) {
    if (!payload->text.failed) passing->json = (struct sb_text){payload->text.bytes, payload->text.len_bytes};
    passing->outcome = outcome;
    write_records(passing, payload->len_bytes);
    sb_buffer_free(&payload->text);
}

int sb_tap_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    struct passing passing = passing_to(ref, sender, message->type->name);
    if (!is_wanted_somewhere(&passing)) return ref->ops->send(ref, message, sender);
    struct payload payload;
    copy_payload(message->type, NULL, message, &payload);
    sabir_ref_retain(ref); /* a pending ask's may go with its answer */
    if (sender) sabir_ref_retain(sender);
    int code = ref->ops->send(ref, message, sender);
    note_with(&passing, &payload, outcome_of(code, "sent"));
    if (sender) sabir_ref_release(sender);
    sabir_ref_release(ref);
    return code;
}

void sb_tap_received(sabir_ref *to, const sabir_message *message) {
    struct passing passing = passing_to(to, message->sender, message->type->name);
    if (!is_wanted_somewhere(&passing)) return;
    struct payload payload;
    copy_payload(message->type, NULL, message, &payload);
    note_with(&passing, &payload, "received");
}

void sb_tap_called(const struct sabir_context *context, int code) {
    const sabir_type *type = context->fast->request_type ? context->fast->request_type : context->message->type;
    struct passing passing = passing_to(&context->actor->ref, context->sender, type->name);
    if (!is_wanted_somewhere(&passing)) return;
    struct payload payload;
    copy_payload(type, context->fast->request, context->fast->request_type ? NULL : context->message, &payload);
    note_with(&passing, &payload, outcome_of(code, "called"));
}

void sb_tap_died(sabir_manager *manager, struct sb_text target, struct sb_text type, const char *reason,
                 const char *detail) {
    struct passing passing = {.manager = manager, .to = target, .type = type, .outcome = reason, .detail = detail};
    write_records(&passing, 0);
}

/* ---- The reader's side ----------------------------------------------------------------------------------------------- */

static bool copy_pattern(const char *from, char **to) {
    *to = from ? sb_strndup(from, strlen(from)) : NULL;
    return *to || !from;
}

/* Of a tap that is in no place. */
static void tap_free(struct sabir_tap *tap) {
    struct record *record;
    while (tap->ring.cells && (record = sb_tap_ring_take(&tap->ring))) sb_free(record);
    sb_tap_ring_free(&tap->ring);
    sb_free(tap->read);
    sb_free(tap->from);
    sb_free(tap->to);
    sb_free(tap->type);
    sb_free(tap);
}

static bool take_place(struct sabir_tap *tap) {
    for (uint32_t i = 0; i < PLACES; i++) {
        struct sabir_tap *none = NULL;
        if (!atomic_compare_exchange_strong(&places[i].tap, &none, tap)) continue;
        tap->place = i;
        atomic_fetch_or(&sb_taps_open, 1u << i);
        return true;
    }
    return false;
}

int sabir_tap_new(sabir_manager *manager, const char *from, const char *to, const char *type, size_t capacity_msgs,
                  sabir_tap **tap) {
    if (!manager || !tap) return sb_error(SABIR_EINVAL, "the manager is NULL, or there is nowhere to put the tap");
    *tap = NULL;
    if (capacity_msgs == 0 || capacity_msgs > MAX_CAPACITY)
        return sb_error(SABIR_EINVAL, "a tap holds 1 to %u messages, not %zu", MAX_CAPACITY, capacity_msgs);
    struct sabir_tap *made = sb_alloc_aligned(_Alignof(struct sabir_tap), sizeof *made);
    if (made) memset(made, 0, sizeof *made);
    if (!made || !sb_tap_ring_init(&made->ring, capacity_msgs) || !copy_pattern(from, &made->from) ||
        !copy_pattern(to, &made->to) || !copy_pattern(type, &made->type)) {
        if (made) tap_free(made);
        return sb_error(SABIR_ENOMEM, "no memory for a tap of %zu messages", capacity_msgs);
    }
    atomic_store(&made->manager, manager);
    made->fork_generation = sb_fork_generation();
    if (!take_place(made)) {
        tap_free(made);
        return sb_error(SABIR_EFULL, "%d taps are open in this process already: free one", PLACES);
    }
    *tap = made;
    return SABIR_OK;
}

/* The next record; NULL: there is none, and the deadline has passed or none will come. */
static struct record *wait_for_record(struct sabir_tap *tap, int64_t deadline_ns) {
    for (;;) {
        uint32_t seen = atomic_load(&tap->news);
        struct record *record = sb_tap_ring_take(&tap->ring);
        if (record || !atomic_load(&tap->manager)) return record;
        atomic_store(&tap->is_waited, 1);
        bool in_time = sb_park(&tap->news, seen, deadline_ns);
        atomic_store(&tap->is_waited, 0);
        if (!in_time) return sb_tap_ring_take(&tap->ring);
    }
}

int sabir_tap_next(sabir_tap *tap, int64_t timeout_ns, const struct sabir_tapped **tapped) {
    if (!tap || !tapped) return sb_error(SABIR_EINVAL, "the tap is NULL, or there is nowhere to put what it saw");
    *tapped = NULL;
    sb_free(tap->read);
    tap->read = sb_tap_ring_take(&tap->ring);
    if (!tap->read && timeout_ns != 0) tap->read = wait_for_record(tap, timeout_ns < 0 ? -1 : sb_now_ns() + timeout_ns);
    if (tap->read) {
        *tapped = &tap->read->tapped;
        return SABIR_OK;
    }
    if (!atomic_load(&tap->manager)) return sb_error(SABIR_ECLOSED, "the tap's manager is freed");
    return sb_error(SABIR_ETIMEDOUT, "no message passed the tap in time");
}

uint64_t sabir_tap_missed(const sabir_tap *tap) {
    return tap ? atomic_load_explicit(&tap->missed, memory_order_relaxed) : 0;
}

static void wait_until_left(uint32_t place) {
    uint32_t count;
    while ((count = atomic_load(&places[place].visitors)) > 0)
        sb_park(&places[place].visitors, count, sb_now_ns() + VISIT_NS);
}

void sabir_tap_free(sabir_tap *tap) {
    if (!tap) return;
    atomic_fetch_and(&sb_taps_open, ~(1u << tap->place));
    atomic_store(&places[tap->place].tap, NULL);
    /* In a child of the process that opened it those who visited at the fork are not there to leave. */
    if (tap->fork_generation == sb_fork_generation()) wait_until_left(tap->place);
    tap_free(tap);
}

void sb_taps_close(const sabir_manager *manager) {
    uint32_t open = atomic_load_explicit(&sb_taps_open, memory_order_relaxed);
    for (uint32_t i = 0; i < PLACES; i++) {
        if (!(open & 1u << i)) continue;
        atomic_fetch_add(&places[i].visitors, 1);
        struct sabir_tap *tap = atomic_load(&places[i].tap);
        const sabir_manager *own = manager;
        if (tap && atomic_compare_exchange_strong(&tap->manager, &own, NULL)) wake_reader(tap);
        atomic_fetch_sub(&places[i].visitors, 1);
    }
}
