#include "group.h"

#include <string.h>

#include "actor.h"
#include "alloc.h"
#include "error.h"
#include "manager.h"
#include "pool.h"
#include "puller.h"
#include "turn.h"

#define RETRY_NS 1000000
#define SHARED_FIRST_TURNS 61 /* so often a worker looks into the group's queue before its own: nobody there starves */

static _Thread_local struct sb_group_worker *own __attribute__((tls_model("initial-exec")));

/* ---- The group's queue --------------------------------------------------------------------------------------------- */

static void put_shared(sabir_group *group, struct sb_actor *actor) {
    sb_mutex_lock(&group->lock);
    actor->next_due = NULL;
    if (group->last_due)
        group->last_due->next_due = actor;
    else
        group->first_due = actor;
    group->last_due = actor;
    atomic_fetch_add(&group->due_count, 1);
    sb_mutex_unlock(&group->lock);
}

static struct sb_actor *detach_shared(sabir_group *group) {
    struct sb_actor *actor = group->first_due;
    if (!actor) return NULL;
    group->first_due = actor->next_due;
    if (!group->first_due) group->last_due = NULL;
    atomic_fetch_sub(&group->due_count, 1);
    return actor;
}

/* One to run, and a fair share of the rest into the own queue. */
static struct sb_actor *take_shared(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    if (atomic_load_explicit(&group->due_count, memory_order_relaxed) == 0) return NULL;
    sb_mutex_lock(&group->lock);
    size_t share = atomic_load(&group->due_count) / group->worker_count;
    if (share > SB_RUN_RING / 2) share = SB_RUN_RING / 2;
    struct sb_actor *first = detach_shared(group);
    for (size_t i = 1; i < share; i++) {
        struct sb_actor *actor = detach_shared(group);
        if (!actor) break;
        if (sb_run_queue_put(&worker->queue, actor)) continue;
        actor->next_due = group->first_due; /* no room after all: back to the front */
        group->first_due = actor;
        if (!group->last_due) group->last_due = actor;
        atomic_fetch_add(&group->due_count, 1);
        break;
    }
    sb_mutex_unlock(&group->lock);
    return first;
}

/* ---- Sleeping and waking --------------------------------------------------------------------------------------------- */

/* Somebody should look for work. One that searches already is enough: it wakes the next one when it finds something. */
static void wake_one(sabir_group *group) {
    if (atomic_load(&group->asleep_count) == 0 || atomic_load(&group->searching) > 0) return;
    sb_mutex_lock(&group->lock);
    struct sb_group_worker *worker = group->asleep;
    if (worker) {
        group->asleep = worker->next_asleep;
        atomic_fetch_sub(&group->asleep_count, 1);
        atomic_fetch_add(&group->searching, 1); /* in its name: it begins by searching */
        atomic_store(&worker->sleeps, 0);
    }
    sb_mutex_unlock(&group->lock);
    if (worker) sb_unpark_one(&worker->sleeps);
}

static bool has_work(const sabir_group *group) {
    if (atomic_load(&group->ends) || atomic_load(&group->due_count) > 0) return true;
    for (size_t i = 0; i < group->worker_count; i++)
        if (!sb_run_queue_is_empty(&group->workers[i].queue)) return true;
    return false;
}

static bool has_work_or_end(const void *group) {
    return has_work(group);
}

/* Take the worker out of the list of those asleep; false: somebody has woken it, and it counts as searching already. */
static bool get_up(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    sb_mutex_lock(&group->lock);
    bool is_listed = atomic_load(&worker->sleeps) == 1;
    if (is_listed) {
        struct sb_group_worker **link = &group->asleep;
        while (*link != worker) link = &(*link)->next_asleep;
        *link = worker->next_asleep;
        atomic_store(&worker->sleeps, 0);
        atomic_fetch_sub(&group->asleep_count, 1);
    }
    sb_mutex_unlock(&group->lock);
    return is_listed;
}

/* Called without work, not searching; returns searching. */
static void sleep_until_work(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    sb_pool_flush();
    sb_mutex_lock(&group->lock);
    atomic_store(&worker->sleeps, 1);
    worker->next_asleep = group->asleep;
    group->asleep = worker;
    atomic_fetch_add(&group->asleep_count, 1);
    sb_mutex_unlock(&group->lock);
    /* Sequentially consistent with who puts something and then looks whether anybody sleeps: one of the two sees the other. */
    if (has_work(group) && get_up(worker)) {
        atomic_fetch_add(&group->searching, 1);
        return;
    }
    while (atomic_load(&worker->sleeps) == 1) sb_park(&worker->sleeps, 1, -1);
}

/* ---- The worker ------------------------------------------------------------------------------------------------------ */

static struct sb_actor *rob_others(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    worker->chance = worker->chance * 6364136223846793005u + 1442695040888963407u;
    size_t first = (size_t)(worker->chance >> 33) % group->worker_count;
    for (size_t i = 0; i < group->worker_count; i++) {
        struct sb_group_worker *other = &group->workers[(first + i) % group->worker_count];
        struct sb_actor *actor = other == worker ? NULL : sb_run_queue_steal(&other->queue, &worker->queue);
        if (actor) return actor;
    }
    return NULL;
}

static struct sb_actor *take_near(struct sb_group_worker *worker) {
    struct sb_actor *actor = NULL;
    if (worker->turns-- == 0) {
        worker->turns = SHARED_FIRST_TURNS - 1;
        actor = take_shared(worker);
    }
    if (!actor) actor = sb_run_queue_take(&worker->queue);
    return actor ? actor : take_shared(worker);
}

/* Counted as searching. Whoever finds something and was the last to search sends the next one. */
static struct sb_actor *found(sabir_group *group, struct sb_actor *actor) {
    if (atomic_fetch_sub(&group->searching, 1) == 1 && actor && has_work(group)) wake_one(group);
    return actor;
}

/*
 * Counted as searching from before to the end, also while it spins: whoever puts something meanwhile need wake nobody. Should the search end
 * in vain just then, the worker looks once more before it sleeps (sleep_until_work).
 */
static struct sb_actor *search(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    struct sb_actor *actor;
    atomic_store_explicit(&worker->stint.actor, NULL, memory_order_relaxed);
    atomic_store_explicit(&worker->stint.tick_ns, 0, memory_order_relaxed);
    do {
        actor = take_near(worker);
        if (!actor) actor = rob_others(worker);
    } while (!actor && !atomic_load(&group->ends) && sb_spin_until(&worker->spin, -1, has_work_or_end, group));
    return found(group, actor);
}

static void get_ready(struct sb_group_worker *worker) {
    own = worker;
    while (!sb_chain_prepare())
        sb_park(&worker->sleeps, 0, sb_now_ns() + RETRY_NS); /* no memory yet: no turn without a chain */
}

/* The next actor to run; NULL: the group ends. */
static struct sb_actor *next(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    struct sb_actor *actor = take_near(worker);
    if (actor || atomic_load(&group->ends)) return actor;
    atomic_fetch_add(&group->searching, 1);
    actor = search(worker);
    while (!actor && !atomic_load(&group->ends)) {
        sleep_until_work(worker);
        actor = search(worker);
    }
    return actor;
}

static void put_own(struct sb_group_worker *worker, struct sb_actor *actor) {
    if (!sb_run_queue_put(&worker->queue, actor)) put_shared(worker->group, actor);
    wake_one(worker->group);
}

static void run(void *argument) {
    struct sb_group_worker *worker = argument;
    get_ready(worker);
    struct sb_actor *actor;
    while ((actor = next(worker)))
        if (sb_turn_run(actor, &worker->stint)) put_own(worker, actor);
    own = NULL;
}

/* ---- A binding's thread as a worker ------------------------------------------------------------------------------------ */

void sb_group_enter(struct sb_group_worker *worker) {
    sb_thread_apply(&(struct sb_thread_options){.name = worker->group->name}); /* a name alone is always permitted */
    /* Sequentially consistent with the end, which is written before this is read: one of the two sees the other. */
    atomic_fetch_add(&worker->group->inside, 1);
    get_ready(worker);
}

void sb_group_leave(struct sb_group_worker *worker) {
    sabir_group *group = worker->group;
    own = NULL;
    atomic_fetch_sub(&group->inside, 1);
    sb_unpark_all(&group->inside);
    sb_group_free(group);
}

bool sb_group_is_over(const struct sb_group_worker *worker) {
    return atomic_load(&worker->group->ends);
}

/* What is in the queues when the group has ended has come to its end as well. */
struct sb_actor *sb_group_next(struct sb_group_worker *worker, bool may_wait) {
    if (sb_group_is_over(worker)) return NULL;
    struct sb_actor *actor = may_wait ? next(worker) : take_near(worker);
    /* From here on a message makes it due again. Sequentially consistent with the exchange in sb_group_due. */
    if (actor) atomic_store(&actor->is_due, false);
    return actor;
}

void sb_group_turn_over(struct sb_group_worker *worker, struct sb_actor *actor, bool has_more) {
    if (has_more && !atomic_exchange(&actor->is_due, true)) put_own(worker, actor);
}

int sabir_group_puller_get(sabir_group *group, size_t index, sabir_puller **puller) {
    if (!group || !puller || !group->is_pulled || index >= group->worker_count)
        return sb_error(SABIR_EINVAL,
                        "there is no puller %zu: that takes a group of pulled actors with so many workers", index);
    struct sb_group_worker *worker = &group->workers[index];
    if (worker->puller)
        return sb_error(SABIR_EEXIST, "worker %zu of group '%s' has its puller already", index, group->name);
    struct sabir_puller *made = sb_puller_new();
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a puller of group '%s'", group->name);
    made->worker = worker;
    worker->puller = made;
    atomic_fetch_add(&group->owners, 1);
    *puller = made;
    return SABIR_OK;
}

void sb_group_due(struct sb_actor *actor) {
    if (atomic_exchange(&actor->is_due, true)) return;
    sabir_group *group = actor->spec->group;
    if (own && own->group == group) {
        /* The one that was just woken runs next here, where its message is in the cache; who had that place can go elsewhere. */
        struct sb_actor *displaced = sb_run_queue_put_first(&own->queue, actor);
        if (displaced)
            put_own(own, displaced);
        else if (group->is_pulled)
            wake_one(group); /* a handler of a binding may take its time, or sleep */
        return;
    }
    put_shared(group, actor);
    wake_one(group);
}

void sb_group_about_to_wait(void) {
    if (own && !sb_run_queue_is_empty(&own->queue)) wake_one(own->group);
}

/* ---- Life ------------------------------------------------------------------------------------------------------------ */

int sb_group_start(sabir_group *group) {
    int code = SABIR_OK;
    if (group->manager->stepper) return code; /* its actors run when somebody steps */
    if (group->is_pulled) return code;        /* its binding's threads come by themselves */
    for (size_t i = 0; i < group->worker_count && code == SABIR_OK; i++) {
        struct sb_group_worker *worker = &group->workers[i];
        if (worker->has_thread) continue;
        code = sb_thread_start(&worker->thread, group->name, run, worker);
        worker->has_thread = code == SABIR_OK;
    }
    return code;
}

void sb_group_stop(sabir_group *group) {
    atomic_store(&group->ends, true);
    for (size_t i = 0; i < group->worker_count; i++) {
        struct sb_group_worker *worker = &group->workers[i];
        if ((worker->has_thread || worker->puller) && get_up(worker)) {
            atomic_fetch_add(&group->searching, 1);
            sb_unpark_one(&worker->sleeps);
        }
    }
    for (size_t i = 0; i < group->worker_count; i++) {
        if (group->workers[i].has_thread) sb_thread_join(&group->workers[i].thread);
        group->workers[i].has_thread = false;
    }
    uint32_t
        inside; /* threads of a binding are not ours to join, but the actors are there as long as they are inside */
    while ((inside = atomic_load(&group->inside)) > 0) sb_park(&group->inside, inside, -1);
}

/* One owner less: the manager goes when all is over, a puller when its thread has learnt that. */
void sb_group_free(sabir_group *group) {
    if (atomic_fetch_sub(&group->owners, 1) > 1) return;
    for (size_t i = 0; i < group->worker_count; i++) sb_free(group->workers[i].puller);
    sb_mutex_free(&group->lock);
    sb_free(group->workers);
    sb_free(group->name);
    sb_free(group);
}

static int group_make(sabir_manager *manager, const char *name, size_t workers, bool is_pulled, sabir_group **group) {
    sabir_group *made = sb_alloc_aligned(_Alignof(sabir_group), sizeof *made);
    struct sb_group_worker *list = sb_alloc_aligned(_Alignof(struct sb_group_worker), workers * sizeof *list);
    char *own_name = sb_strndup(name, strlen(name));
    if (!made || !list || !own_name) {
        sb_free(made);
        sb_free(list);
        sb_free(own_name);
        return sb_error(SABIR_ENOMEM, "no memory for group '%s' of %zu workers", name, workers);
    }
    memset(made, 0, sizeof *made);
    memset(list, 0, workers * sizeof *list);
    made->manager = manager;
    made->name = own_name;
    made->worker_count = workers;
    made->is_pulled = is_pulled;
    atomic_init(&made->owners, 1);
    made->workers = list;
    sb_mutex_init(&made->lock);
    for (size_t i = 0; i < workers; i++) {
        list[i].group = made;
        list[i].chance = i + 1;
        sb_run_queue_init(&list[i].queue, workers == 1);
        sb_spin_init(&list[i].spin);
    }
    *group = made;
    return SABIR_OK;
}

static int group_new(sabir_manager *manager, const char *name, size_t workers, bool is_pulled, sabir_group **group) {
    if (!manager || !name || !*name || !group)
        return sb_error(SABIR_EINVAL, "the manager, the group's name or the place to put the group is missing");
    int code = sb_manager_check_fork(manager);
    if (code == SABIR_OK) code = group_make(manager, name, workers ? workers : sb_cpu_count(), is_pulled, group);
    if (code != SABIR_OK) return code;
    code = sb_manager_add_group(manager, *group);
    if (code != SABIR_OK) {
        sb_group_free(*group);
        *group = NULL;
    }
    return code;
}

int sabir_group_new(sabir_manager *manager, const char *name, size_t workers, sabir_group **group) {
    return group_new(manager, name, workers, false, group);
}

int sabir_group_new_pulled(sabir_manager *manager, const char *name, size_t workers, sabir_group **group) {
    return group_new(manager, name, workers, true, group);
}

size_t sabir_group_workers(const sabir_group *group) {
    return group->worker_count;
}
