#include "watch.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "manager.h"
#include "probe.h"
#include "thread.h"

/* Of all watches of the process: they change when an actor is watched or ends, which is seldom. */
static struct sb_mutex lock;

__attribute__((constructor)) static void watches_init(void) {
    sb_mutex_init(&lock);
}

struct sabir_string sb_end_reason_text(enum sb_end_reason reason) {
    static const char *const words[] = {
#define END_WORD(name, word) word,
        SB_END_REASONS(END_WORD)
#undef END_WORD
    };
    return SABIR_STR(words[reason]);
}

enum sb_end_reason sb_end_reason_of(struct sabir_string text) {
    for (int reason = SB_END_STOPPED; reason < SB_END_OTHER; reason++) {
        struct sabir_string word = sb_end_reason_text((enum sb_end_reason)reason);
        if (sb_text_equal((struct sb_text){word.bytes, word.len_bytes}, (struct sb_text){text.bytes, text.len_bytes}))
            return (enum sb_end_reason)reason;
    }
    return SB_END_OTHER;
}

void sb_watch_free(struct sb_actor_watch *watch) {
    sabir_message_free(watch->news);
    sabir_ref_release(watch->watched);
    sabir_ref_release(watch->watcher);
    sb_free(watch);
}

/* ---- The lists (under the lock) ---------------------------------------------------------------------------------------- */

/* The first of those who watch the actor, and of those whom it watches. */
static struct sb_actor_watch *watchers_of(const struct sb_actor *actor) {
    const struct sb_actor_extra *extra = sb_actor_extra(actor);
    return extra ? extra->watchers : NULL;
}

static struct sb_actor_watch *watching_of(const struct sb_actor *actor) {
    const struct sb_actor_extra *extra = sb_actor_extra(actor);
    return extra ? extra->watching : NULL;
}

/* Room for the lists that the watch will be in, ahead of the lock. `watched` NULL: in another node. */
bool sb_watch_make_lists(struct sb_actor *watched, struct sb_actor *watcher) {
    return (!watched || sb_actor_extra_make(watched)) && (!watcher || sb_actor_extra_make(watcher));
}

static struct sb_actor_watch **list_of(const struct sb_actor_watch *watch) {
    struct sb_actor *actor = sb_actor_of(watch->watched);
    return actor ? &sb_actor_extra(actor)->watchers : &sb_actor_of(watch->watcher)->manager->remote_watches;
}

static void enter(struct sb_actor_watch *watch) {
    struct sb_actor_watch **list = list_of(watch);
    watch->next_of_watched = *list;
    watch->link_of_watched = list;
    if (*list) (*list)->link_of_watched = &watch->next_of_watched;
    *list = watch;
    struct sb_actor *watcher = sb_actor_of(watch->watcher);
    if (!watcher) return;
    struct sb_actor_watch **own = &sb_actor_extra(watcher)->watching;
    watch->next_of_watcher = *own;
    watch->link_of_watcher = own;
    if (*own) (*own)->link_of_watcher = &watch->next_of_watcher;
    *own = watch;
}

static void leave(struct sb_actor_watch *watch) {
    *watch->link_of_watched = watch->next_of_watched;
    if (watch->next_of_watched) watch->next_of_watched->link_of_watched = watch->link_of_watched;
    if (!watch->link_of_watcher) return;
    *watch->link_of_watcher = watch->next_of_watcher;
    if (watch->next_of_watcher) watch->next_of_watcher->link_of_watcher = watch->link_of_watcher;
}

static struct sb_actor_watch *find_of_watcher(const struct sb_actor *watcher, const sabir_ref *watched) {
    struct sb_actor_watch *watch = watching_of(watcher);
    while (watch && !sabir_ref_equal(watch->watched, watched)) watch = watch->next_of_watcher;
    return watch;
}

/* Under the lock: a watcher that ends drops its watches under it first, and only then looks into its lane for the last time. */
static void post(struct sb_actor_watch *watch, enum sb_end_reason reason) {
    if (!watch->news) return; /* it has been told; nobody finds it in a list any more */
    struct sabir_down *down = watch->news->value;
    down->reason = sb_end_reason_text(reason);
    sb_mailbox_push_control(&sb_actor_of(watch->watcher)->mailbox, watch->news);
    watch->news = NULL;
}

static void free_all(struct sb_actor_watch *first) {
    while (first) {
        struct sb_actor_watch *watch = first;
        first = watch->next_of_watched;
        sb_watch_free(watch);
    }
}

/* Out of the lists, into one of those that are done with. */
static void move(struct sb_actor_watch *watch, struct sb_actor_watch **done) {
    leave(watch);
    watch->next_of_watched = *done;
    *done = watch;
}

/* ---- Watching ------------------------------------------------------------------------------------------------------------ */

static int check(sabir_ref *ref, sabir_ref *watcher) {
    if (!ref || !watcher) return sb_error(SABIR_EINVAL, "the %s is NULL", ref ? "watcher" : "ref to watch");
    struct sb_actor *local = sb_actor_of(watcher);
    if (!local)
        return sb_error(SABIR_EREMOTE, "the watcher '%s' is in another process: it watches for itself", watcher->name);
    if (ref == watcher) return sb_error(SABIR_EINVAL, "actor '%s' cannot see its own end", ref->name);
    if (ref->kind == SB_REF_ASK) return sb_error(SABIR_EINVAL, "a pending ask cannot be watched");
    return sb_actor_check_fork(local);
}

static int check_can_watch(const sabir_ref *ref, const struct sb_actor *watcher) {
    if (!sb_actor_handles(watcher, sabir_type_down()))
        return sb_error(SABIR_EUNHANDLED, "actor '%s' has no handler for 'Down'", watcher->ref.name);
    if (sb_actor_is_stopped(watcher)) return sb_error(SABIR_ECLOSED, "actor '%s' has stopped", watcher->ref.name);
    if (ref->kind == SB_REF_LOCAL || (ref->kind == SB_REF_PROBE && sb_probe_is_closed(ref))) return SABIR_OK;
    if (ref->manager != watcher->manager)
        return sb_error(SABIR_EINVAL, "the ref to '%s' is of another manager than its watcher '%s'", ref->name,
                        watcher->ref.name);
    return ref->kind == SB_REF_PROBE ? SABIR_OK : sb_watch_check_peer(ref);
}

static int make(sabir_ref *ref, sabir_ref *watcher, struct sb_actor_watch **watch) {
    bool has_lists = sb_watch_make_lists(sb_actor_of(ref), sb_actor_of(watcher));
    struct sb_actor_watch *made = has_lists ? sb_alloc_zero(1, sizeof *made) : NULL;
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a watch");
    const char *endpoint = ref->endpoint ? ref->endpoint : "";
    struct sabir_down down = {.name = SABIR_STR(ref->name), .endpoint = SABIR_STR(endpoint)};
    int code = sb_message_new_value(sabir_type_down(), &down, &made->news);
    if (code != SABIR_OK) {
        sb_free(made);
        return code;
    }
    made->news->control = SB_CONTROL_NEWS;
    made->watched = sabir_ref_retain(ref);
    made->watcher = sabir_ref_retain(watcher);
    if (ref->kind == SB_REF_REMOTE) { /* not to be guessed: who knows it can say that the actor is down */
        unsigned char chance[SB_WATCH_ID_BYTES / 2];
        sb_random(chance, sizeof chance);
        for (size_t i = 0; i < sizeof chance; i++) snprintf(made->id + 2 * i, 3, "%02x", chance[i]);
    }
    *watch = made;
    return SABIR_OK;
}

/* Enter the watch, or end it at once. *rest: what the caller frees without the lock. */
static int begin(struct sb_actor_watch *watch, struct sb_actor_watch **rest) {
    struct sb_actor *watcher = sb_actor_of(watch->watcher), *watched = sb_actor_of(watch->watched);
    *rest = watch;
    if (sb_actor_is_stopped(watcher)) return sb_error(SABIR_ECLOSED, "actor '%s' has stopped", watcher->ref.name);
    if (find_of_watcher(watcher, watch->watched)) return SABIR_OK;
    if (watched && watched->is_over) {
        post(watch, watched->has_failed ? SB_END_FAILED : SB_END_STOPPED);
        return SABIR_OK;
    }
    if (watch->watched->kind == SB_REF_PROBE && sb_probe_is_closed(watch->watched)) {
        post(watch, SB_END_STOPPED);
        return SABIR_OK;
    }
    enter(watch);
    *rest = NULL;
    return SABIR_OK;
}

static bool withdraw(struct sb_actor *watcher, const sabir_ref *watched) {
    sb_mutex_lock(&lock);
    struct sb_actor_watch *watch = find_of_watcher(watcher, watched);
    if (watch) leave(watch);
    sb_mutex_unlock(&lock);
    if (watch) sb_watch_free(watch);
    return watch != NULL;
}

int sabir_ref_watch(sabir_ref *ref, sabir_ref *watcher) {
    int code = check(ref, watcher);
    if (code == SABIR_OK) code = check_can_watch(ref, sb_actor_of(watcher));
    struct sb_actor_watch *watch = NULL, *rest = NULL;
    if (code == SABIR_OK) code = make(ref, watcher, &watch);
    if (code != SABIR_OK) return code;
    char id[SB_ID_MAX_BYTES + 1];
    memcpy(id, watch->id, sizeof id);
    sb_mutex_lock(&lock);
    code = begin(watch, &rest);
    sb_mutex_unlock(&lock);
    if (rest) {
        sb_watch_free(rest);
        return code;
    }
    if (ref->kind != SB_REF_REMOTE) return SABIR_OK;
    code = sb_watch_ask(ref, watcher, id);
    /* If its Down came first (the link was lost this very moment), the watch has had its one outcome. */
    return code == SABIR_OK || !withdraw(sb_actor_of(watcher), ref) ? SABIR_OK : code;
}

int sabir_ref_unwatch(sabir_ref *ref, sabir_ref *watcher) {
    int code = check(ref, watcher);
    if (code != SABIR_OK) return code;
    if (withdraw(sb_actor_of(watcher), ref)) return SABIR_OK;
    return sb_error(SABIR_ENOENT, "actor '%s' does not watch '%s', or is being told of its end", watcher->name,
                    ref->name);
}

/* ---- The outcome --------------------------------------------------------------------------------------------------------- */

/* Those in other nodes are told without the lock: what cannot be sent is a dead letter, and that may call the application. */
void sb_watches_tell(struct sb_actor *actor) {
    enum sb_end_reason reason = actor->has_failed ? SB_END_FAILED : SB_END_STOPPED;
    struct sb_actor_watch *done = NULL, *remote = NULL;
    sb_mutex_lock(&lock);
    actor->is_over = true;
    while (watchers_of(actor)) {
        struct sb_actor_watch *watch = watchers_of(actor);
        bool is_here = sb_actor_of(watch->watcher) != NULL;
        move(watch, is_here ? &done : &remote);
        if (is_here) post(watch, reason);
    }
    sb_mutex_unlock(&lock);
    free_all(done);
    while (remote) {
        struct sb_actor_watch *watch = remote;
        remote = watch->next_of_watched;
        sb_watch_answer(watch, reason);
    }
}

void sb_watches_drop(struct sb_actor *actor) {
    struct sb_actor_watch *done = NULL;
    sb_mutex_lock(&lock);
    while (watching_of(actor)) move(watching_of(actor), &done);
    sb_mutex_unlock(&lock);
    free_all(done);
}

/* Whoever watches `watched`, or, if that is NULL, something at `endpoint`. */
static void end_all(sabir_manager *manager, const sabir_ref *watched, const char *endpoint, enum sb_end_reason reason) {
    struct sb_actor_watch *done = NULL, *next;
    sb_mutex_lock(&lock);
    for (struct sb_actor_watch *watch = manager->remote_watches; watch; watch = next) {
        next = watch->next_of_watched;
        const sabir_ref *ref = watch->watched;
        bool is_at_endpoint = endpoint && ref->kind == SB_REF_REMOTE && strcmp(ref->endpoint, endpoint) == 0;
        if (watched ? ref != watched : !is_at_endpoint) continue;
        move(watch, &done); /* before its news is gone, so that nobody finds it without */
        post(watch, reason);
    }
    sb_mutex_unlock(&lock);
    free_all(done);
}

void sb_watches_lost(sabir_manager *manager, const char *endpoint) {
    end_all(manager, NULL, endpoint, SB_END_LOST);
}

void sb_watches_of_probe_end(sabir_manager *manager, const sabir_ref *probe) {
    end_all(manager, probe, NULL, SB_END_STOPPED);
}

bool sb_watch_end(sabir_manager *manager, struct sb_text id, enum sb_end_reason reason) {
    sb_mutex_lock(&lock);
    struct sb_actor_watch *watch = manager->remote_watches;
    while (watch && (watch->watched->kind != SB_REF_REMOTE || !sb_text_equal(sb_text_of(watch->id), id)))
        watch = watch->next_of_watched;
    if (watch) {
        leave(watch);
        post(watch, reason);
    }
    sb_mutex_unlock(&lock);
    if (watch) sb_watch_free(watch);
    return watch != NULL;
}

bool sb_watch_enter_from_wire(struct sb_actor *actor, struct sb_actor_watch *watch, enum sb_end_reason *reason) {
    struct sb_actor_watch *before = NULL;
    size_t count = 0;
    sb_mutex_lock(&lock);
    for (struct sb_actor_watch *other = watchers_of(actor); other && !before; other = other->next_of_watched) {
        if (sb_actor_of(other->watcher)) continue;
        count++;
        if (sabir_ref_equal(other->watcher, watch->watcher)) before = other; /* it began anew: the older one is void */
    }
    if (before) leave(before);
    bool enters = !actor->is_over && (before || count < SB_WATCHERS_MAX);
    if (enters) enter(watch);
    *reason = !actor->is_over ? SB_END_REFUSED : actor->has_failed ? SB_END_FAILED : SB_END_STOPPED;
    sb_mutex_unlock(&lock);
    if (before) sb_watch_free(before);
    return enters;
}
