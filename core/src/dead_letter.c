#include "dead_letter.h"

#include "alloc.h"
#include "error.h"
#include "manager.h"
#include "tap.h"

void sb_dead_letters_init(struct sb_dead_letters *letters) {
    for (size_t i = 0; i < SABIR_DEAD_REASON_COUNT; i++) atomic_init(&letters->counts[i], 0);
    sb_mutex_init(&letters->lock);
    letters->subscription = NULL;
}

static struct sb_subscription *acquire(struct sb_dead_letters *letters) {
    sb_mutex_lock(&letters->lock);
    struct sb_subscription *subscription = letters->subscription;
    if (subscription) subscription->owners++;
    sb_mutex_unlock(&letters->lock);
    return subscription;
}

static void release(struct sb_dead_letters *letters, struct sb_subscription *subscription) {
    if (!subscription) return;
    sb_mutex_lock(&letters->lock);
    bool is_last = --subscription->owners == 0;
    sb_mutex_unlock(&letters->lock);
    if (!is_last) return;
    if (subscription->drop) subscription->drop(subscription->user_data);
    sb_free(subscription);
}

void sb_dead_letters_free(struct sb_dead_letters *letters) {
    release(letters, letters->subscription);
    sb_mutex_free(&letters->lock);
}

/* Whose subscriber this thread is inside of; the innermost. */
static _Thread_local const sabir_manager *told __attribute__((tls_model("initial-exec")));

bool sb_dead_letter_is_told_here(const sabir_manager *manager) {
    return told == manager;
}

static const char *terminated_copy(struct sb_text text) {
    return text.bytes ? sb_strndup(text.bytes, text.len_bytes) : NULL;
}

void sb_dead_letter(sabir_manager *manager, uint32_t reason, struct sb_text target, struct sb_text type,
                    const char *detail) {
    if (!manager) return;
    struct sb_dead_letters *letters = &manager->dead_letters;
    atomic_fetch_add_explicit(&letters->counts[reason], 1, memory_order_relaxed);
    if (sb_tap_is_open()) sb_tap_died(manager, target, type, sabir_dead_reason_name(reason), detail);
    struct sb_subscription *subscription = acquire(letters);
    if (!subscription) return;
    const char *target_copy = terminated_copy(target); /* NULL without memory, as if there were none */
    const char *type_copy = terminated_copy(type);
    const sabir_manager *outer = told;
    told = manager;
    subscription->handler(subscription->user_data, reason, target_copy, type_copy, detail);
    told = outer;
    sb_free((void *)(uintptr_t)target_copy);
    sb_free((void *)(uintptr_t)type_copy);
    release(letters, subscription);
}

int sabir_manager_on_dead_letter(sabir_manager *manager, sabir_dead_letter_handler handler, void *user_data,
                                 void (*drop)(void *user_data)) {
    struct sb_subscription *made = NULL;
    int code = manager ? SABIR_OK : sb_error(SABIR_EINVAL, "the manager is NULL");
    if (code == SABIR_OK && handler && !(made = sb_alloc(sizeof *made)))
        code = sb_error(SABIR_ENOMEM, "no memory for a dead letter subscription");
    if (code != SABIR_OK || !handler) {
        if (drop) drop(user_data);
        if (code != SABIR_OK) return code;
    }
    if (made) *made = (struct sb_subscription){handler, user_data, drop, 1};
    struct sb_dead_letters *letters = &manager->dead_letters;
    sb_mutex_lock(&letters->lock);
    struct sb_subscription *before = letters->subscription;
    letters->subscription = made;
    sb_mutex_unlock(&letters->lock);
    release(letters, before);
    return SABIR_OK;
}

const char *sabir_dead_reason_name(uint32_t reason) {
    switch (reason) {
#define REASON_CASE(value, name, text)                                                                                 \
    case value:                                                                                                        \
        return text;
        SABIR_DEAD_REASONS(REASON_CASE)
#undef REASON_CASE
    default:
        return NULL;
    }
}
