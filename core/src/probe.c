#include "probe.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "buffer.h"
#include "codec.h"
#include "context.h"
#include "error.h"
#include "manager.h"
#include "stepper.h"
#include "text_show.h"
#include "watch.h"

struct sabir_probe {
    sabir_ref ref; /* first member: the ref's address is the probe's */
    char *name;
    struct sb_mutex lock;
    struct sb_condition came;
    struct sb_queue queue;
    size_t count;
    bool is_closed;
    struct sabir_probe *next_of_manager; /* under the manager's lock */
};

static struct sabir_probe *probe_of(sabir_ref *ref) {
    return (struct sabir_probe *)(void *)ref;
}

/* ---- Its ref --------------------------------------------------------------------------------------------------------- */

static int probe_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    struct sabir_probe *probe = probe_of(ref);
    struct sabir_context *cause = sb_chain_context();
    sb_mutex_lock(&probe->lock);
    bool is_closed = probe->is_closed;
    if (!is_closed) {
        sb_message_set_sender(message, sender);
        message->next = NULL;
        if (probe->queue.last)
            probe->queue.last->next = message;
        else
            probe->queue.first = message;
        probe->queue.last = message;
        probe->count++;
        sb_condition_broadcast(&probe->came);
    }
    sb_mutex_unlock(&probe->lock);
    if (is_closed) return sb_error(SABIR_ECLOSED, "the probe '%s' is freed", probe->name);
    if (cause) sb_count(&cause->actor->counts.sent);
    return SABIR_OK;
}

static void probe_free(sabir_ref *ref) {
    struct sabir_probe *probe = probe_of(ref);
    sb_condition_free(&probe->came);
    sb_mutex_free(&probe->lock);
    sb_free(probe->name);
    sb_free(probe);
}

static const struct sb_ref_ops probe_ops = {.send = probe_send, .free = probe_free};

/* ---- Life ------------------------------------------------------------------------------------------------------------ */

static struct sabir_probe *find_locked(sabir_manager *manager, struct sb_text name) {
    struct sabir_probe *probe = manager->probes;
    while (probe && !sb_text_equal(sb_text_of(probe->name), name)) probe = probe->next_of_manager;
    return probe;
}

sabir_ref *sb_probe_find(sabir_manager *manager, struct sb_text name) {
    sb_mutex_lock(&manager->lock);
    struct sabir_probe *probe = find_locked(manager, name);
    sabir_ref *ref = probe ? sabir_ref_retain(&probe->ref) : NULL;
    sb_mutex_unlock(&manager->lock);
    return ref;
}

static int enter(sabir_manager *manager, struct sabir_probe *probe) {
    struct sb_text name = sb_text_of(probe->name);
    bool is_taken = sb_directory_find(manager, name) != NULL;
    sb_mutex_lock(&manager->lock);
    is_taken = is_taken || find_locked(manager, name);
    if (!is_taken) {
        probe->next_of_manager = manager->probes;
        manager->probes = probe;
    }
    sb_mutex_unlock(&manager->lock);
    return is_taken ? sb_error(SABIR_EEXIST, "an actor or a probe '%s' is there already", probe->name) : SABIR_OK;
}

int sabir_probe_new(sabir_manager *manager, const char *name, sabir_probe **probe) {
    if (!manager || !name || !probe) return sb_error(SABIR_EINVAL, "the manager, name or probe is NULL");
    *probe = NULL;
    int code = sb_manager_check_name(name);
    if (code == SABIR_OK) code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    struct sabir_probe *made = sb_alloc_zero(1, sizeof *made);
    char *copy = sb_strndup(name, strlen(name));
    if (!made || !copy) {
        sb_free(made);
        sb_free(copy);
        return sb_error(SABIR_ENOMEM, "no memory for the probe '%s'", name);
    }
    made->name = copy;
    sb_mutex_init(&made->lock);
    sb_condition_init(&made->came);
    sb_ref_init(&made->ref, &probe_ops, SB_REF_PROBE, copy, sabir_manager_endpoint(manager));
    made->ref.manager = manager;
    code = enter(manager, made);
    if (code == SABIR_OK)
        *probe = made;
    else
        probe_free(&made->ref);
    return code;
}

static void leave(struct sabir_probe *probe) {
    sabir_manager *manager = probe->ref.manager;
    if (!manager) return;
    sb_mutex_lock(&manager->lock);
    struct sabir_probe **link = &manager->probes;
    while (*link && *link != probe) link = &(*link)->next_of_manager;
    if (*link) *link = probe->next_of_manager;
    sb_mutex_unlock(&manager->lock);
    probe->ref.manager = NULL;
    probe->ref.endpoint = NULL;
}

void sb_probes_detach(sabir_manager *manager) {
    while (manager->probes) leave(manager->probes);
}

static sabir_message *take(struct sabir_probe *probe) {
    sb_mutex_lock(&probe->lock);
    sabir_message *message = probe->queue.first;
    if (message) {
        probe->queue.first = message->next;
        if (!probe->queue.first) probe->queue.last = NULL;
        probe->count--;
    }
    sb_mutex_unlock(&probe->lock);
    return message;
}

void sabir_probe_free(sabir_probe *probe) {
    if (!probe) return;
    sabir_manager *manager = probe->ref.manager;
    sb_mutex_lock(&probe->lock);
    probe->is_closed = true;
    sb_mutex_unlock(&probe->lock);
    if (manager) sb_watches_of_probe_end(manager, &probe->ref);
    leave(probe);
    sabir_message *message;
    while ((message = take(probe))) sabir_message_free(message);
    sabir_ref_release(&probe->ref);
}

bool sb_probe_is_closed(const sabir_ref *ref) {
    struct sabir_probe *probe = (struct sabir_probe *)(uintptr_t)(const void *)ref; /* its first member */
    sb_mutex_lock(&probe->lock);
    bool is_closed = probe->is_closed;
    sb_mutex_unlock(&probe->lock);
    return is_closed;
}

sabir_ref *sabir_probe_ref(sabir_probe *probe) {
    return probe ? &probe->ref : NULL;
}

size_t sabir_probe_count(sabir_probe *probe) {
    if (!probe) return 0;
    sb_mutex_lock(&probe->lock);
    size_t count = probe->count;
    sb_mutex_unlock(&probe->lock);
    return count;
}

/* ---- Waiting --------------------------------------------------------------------------------------------------------- */

static bool has_mail(const void *argument) {
    return sabir_probe_count((sabir_probe *)(uintptr_t)argument) > 0;
}

static void wait_for_mail(struct sabir_probe *probe, int64_t timeout_ns) {
    sabir_manager *manager = probe->ref.manager;
    struct sb_stepper *stepper = manager ? manager->stepper : NULL;
    if (stepper) {
        int64_t now_ns = sb_clock_now_ns(&stepper->clock);
        int64_t deadline_ns = timeout_ns < 0 || timeout_ns > INT64_MAX - now_ns ? INT64_MAX : now_ns + timeout_ns;
        sb_stepper_run_until(stepper, deadline_ns, has_mail, probe);
        return;
    }
    int64_t deadline_ns = timeout_ns < 0 ? -1 : sb_now_ns() + timeout_ns;
    sb_mutex_lock(&probe->lock);
    while (!probe->queue.first && sb_condition_wait(&probe->came, &probe->lock, deadline_ns)) {
    }
    sb_mutex_unlock(&probe->lock);
}

static int timed_out(const struct sabir_probe *probe, const sabir_type *type, int64_t timeout_ns) {
    if (!type)
        return sb_error(SABIR_ETIMEDOUT, "nothing came to the probe '%s' within %g s", probe->name,
                        (double)timeout_ns / 1e9);
    return sb_error(SABIR_ETIMEDOUT, "the probe '%s' expects '%s', and nothing came within %g s", probe->name,
                    type->name.bytes, (double)timeout_ns / 1e9);
}

static int next(struct sabir_probe *probe, const sabir_type *type, int64_t timeout_ns, sabir_message **message) {
    *message = take(probe);
    if (*message) return SABIR_OK;
    wait_for_mail(probe, timeout_ns);
    *message = take(probe);
    return *message ? SABIR_OK : timed_out(probe, type, timeout_ns);
}

static void give(sabir_message *found, sabir_message **message, sabir_ref **sender) {
    if (sender) *sender = message ? found->sender : NULL;
    if (message)
        *message = found;
    else
        sabir_message_free(found);
}

int sabir_probe_next(sabir_probe *probe, int64_t timeout_ns, sabir_message **message, sabir_ref **sender) {
    if (!probe || !message) return sb_error(SABIR_EINVAL, "the probe is NULL, or there is nowhere to put the message");
    if (sender) *sender = NULL;
    int code = next(probe, NULL, timeout_ns, message);
    if (code == SABIR_OK && sender) *sender = (*message)->sender;
    return code;
}

/* ---- Expecting ------------------------------------------------------------------------------------------------------- */

static struct sb_text text_of(sabir_message *message) {
    struct sb_text json = {NULL, 0};
    return sb_message_json(message, &json) == SABIR_OK ? json : SB_TEXT("an object of one language");
}

/* "'Answer' {"value":4} of 'calculator'" */
static int mismatch(const struct sabir_probe *probe, const char *expected, sabir_message *found) {
    char shown[SB_SHOWN_LONG_BYTES];
    sb_text_show(text_of(found), shown, sizeof shown);
    return sb_error(SABIR_EMISMATCH, "the probe '%s' expects %s, but got '%s' %s of %s%s%s", probe->name, expected,
                    found->type->name.bytes, shown, found->sender ? "'" : "",
                    found->sender ? found->sender->name : "nobody", found->sender ? "'" : "");
}

static int check(const struct sabir_probe *probe, const sabir_type *type) {
    if (!probe) return sb_error(SABIR_EINVAL, "the probe is NULL");
    if (!type) return sb_type_missing("the expected type");
    return SABIR_OK;
}

static int expect(sabir_probe *probe, const sabir_type *type, int64_t timeout_ns, sabir_message **found) {
    int code = next(probe, type, timeout_ns, found);
    if (code != SABIR_OK || (*found)->type == type) return code;
    char expected[SB_SHOWN_LONG_BYTES];
    snprintf(expected, sizeof expected, "'%s'", type->name.bytes);
    code = mismatch(probe, expected, *found);
    sabir_message_free(*found);
    return code;
}

int sabir_probe_expect(sabir_probe *probe, const sabir_type *type, int64_t timeout_ns, sabir_message **message,
                       sabir_ref **sender) {
    if (message) *message = NULL;
    if (sender) *sender = NULL;
    sabir_message *found;
    int code = check(probe, type);
    if (code == SABIR_OK) code = expect(probe, type, timeout_ns, &found);
    if (code == SABIR_OK) give(found, message, sender);
    return code;
}

/* A text from elsewhere may be spelled otherwise: both are written by the same hand. */
static int write_alike(sabir_message *message, struct sb_buffer *out) {
    const void *value;
    int code = sabir_message_value_get(message, message->type, &value);
    if (code == SABIR_OK && !message->type->is_open) return sb_encode(message->type, value, out);
    if (code == SABIR_OK) sb_buffer_append(out, ((const struct sabir_json *)value)->bytes, text_of(message).len_bytes);
    return code;
}

static int compare(const struct sabir_probe *probe, sabir_message *wanted, sabir_message *found) {
    struct sb_buffer left = SB_BUFFER_INIT, right = SB_BUFFER_INIT;
    int code = write_alike(wanted, &left);
    if (code == SABIR_OK) code = write_alike(found, &right);
    if (code == SABIR_OK && (left.failed || right.failed)) code = sb_error(SABIR_ENOMEM, "no memory to compare");
    struct sb_text a = {left.bytes, left.len_bytes}, b = {right.bytes, right.len_bytes};
    if (code == SABIR_OK && !sb_text_equal(a, b)) {
        char shown[SB_SHOWN_LONG_BYTES], expected[2 * SB_SHOWN_LONG_BYTES];
        snprintf(expected, sizeof expected, "'%s' %s", wanted->type->name.bytes, sb_text_show(a, shown, sizeof shown));
        code = mismatch(probe, expected, found);
    }
    sb_buffer_free(&left);
    sb_buffer_free(&right);
    return code;
}

int sabir_probe_expect_value(sabir_probe *probe, const sabir_type *type, const void *value, int64_t timeout_ns) {
    sabir_message *wanted, *found;
    int code = check(probe, type);
    if (code == SABIR_OK) code = sabir_message_new(type, value, &wanted);
    if (code != SABIR_OK) return code;
    code = expect(probe, type, timeout_ns, &found);
    if (code == SABIR_OK) {
        code = compare(probe, wanted, found);
        sabir_message_free(found);
    }
    sabir_message_free(wanted);
    return code;
}

int sabir_probe_expect_order(sabir_probe *probe, const sabir_type *const *types, size_t count, int64_t timeout_ns) {
    if (!types && count > 0) return sb_error(SABIR_EINVAL, "the list of types is NULL");
    for (size_t i = 0; i < count; i++) {
        int code = sabir_probe_expect(probe, types[i], timeout_ns, NULL, NULL);
        if (code == SABIR_OK) continue;
        char detail[512];
        sabir_error_detail_copy(detail, sizeof detail);
        return sb_error(code, "message %zu of %zu: %s", i + 1, count, detail);
    }
    return SABIR_OK;
}

int sabir_probe_expect_none(sabir_probe *probe, int64_t timeout_ns) {
    if (!probe) return sb_error(SABIR_EINVAL, "the probe is NULL");
    if (timeout_ns < 0) return sb_error(SABIR_EINVAL, "that nothing ever comes cannot be waited for: give a time");
    sabir_message *found;
    int code = next(probe, NULL, timeout_ns, &found);
    if (code == SABIR_ETIMEDOUT) return SABIR_OK;
    code = mismatch(probe, "nothing", found);
    sabir_message_free(found);
    return code;
}

/* As much of the time as is left, on whichever clock it runs. */
int sabir_probe_fish(sabir_probe *probe, const sabir_type *type, int64_t timeout_ns, sabir_message **message,
                     sabir_ref **sender) {
    if (message) *message = NULL;
    if (sender) *sender = NULL;
    int code = check(probe, type);
    if (code != SABIR_OK) return code;
    const sabir_manager *manager = probe->ref.manager;
    int64_t begin_ns = sabir_kit_now_ns(manager);
    for (;;) {
        sabir_message *found;
        int64_t past_ns = timeout_ns < 0 ? 0 : sabir_kit_now_ns(manager) - begin_ns;
        code = next(probe, type, past_ns < timeout_ns || timeout_ns < 0 ? timeout_ns - past_ns : 0, &found);
        if (code != SABIR_OK) return code == SABIR_ETIMEDOUT ? timed_out(probe, type, timeout_ns) : code;
        if (found->type == type) {
            give(found, message, sender);
            return SABIR_OK;
        }
        sabir_message_free(found);
    }
}
