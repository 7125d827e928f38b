/*
 * Mailbox, ownership and run queue, compiled with a seeded yield at every atomic operation (support/yield.h): what the models prove of the
 * algorithm, here of the code. Whatever the seed, order per sender and counts are exact, and nobody sleeps for ever. Under
 * ThreadSanitizer a memory order that is too weak is a race: what is handed over is plain memory here.
 *
 *     make yields SEEDS=200 [SEED=n]
 */
#include "support/yield.h"

#include <stdlib.h>

#include "mailbox.h"
#include "ownership.h"
#include "run_queue.h"
#include "support/random_value.h"
#include "support/stage.h"
#include "thread.h"

#define SEEDS 30

/* ---- The mailbox --------------------------------------------------------------------------------------------------------- */

#define PRODUCERS 3
#define EACH 400
#define ORDERS 40
#define LONELY 200
#define BETWEEN_SITE 1

struct post {
    struct sb_mailbox_rule rule;
    struct sb_mailbox mailbox;
    int64_t spin_ns;
    uint64_t dropped[PRODUCERS]; /* by its producer */
    struct gate over, acked, due;
    /* The consumer's. */
    int64_t last[PRODUCERS];
    uint64_t taken, orders;
};

struct producer {
    struct post *post;
    int64_t number;
};

static void bury(sabir_message *message, uint64_t *count) {
    if (message) ++*count;
    sabir_message_free(message);
}

static void produce(void *argument) {
    struct producer *producer = argument;
    struct post *post = producer->post;
    for (int64_t i = 0; i < EACH; i++) {
        sabir_message *dropped, *message = new_number(producer->number * EACH + i);
        while (sb_mailbox_push(&post->mailbox, message, &dropped) == SABIR_EFULL) sb_yield();
        bury(dropped, &post->dropped[producer->number]);
    }
}

static void give_orders(void *argument) {
    struct post *post = argument;
    for (int i = 0; i < ORDERS; i++) {
        sabir_message *order = new_number(i);
        order->control = SB_CONTROL_NEWS;
        sb_mailbox_push_control(&post->mailbox, order);
        if (i % 8 == 0) sb_mailbox_wake(&post->mailbox);
    }
}

static void check(struct post *post, sabir_message *message) {
    const void *value;
    if (message->control == SB_CONTROL_NEWS) {
        post->orders++;
    } else {
        assert_ok(sabir_message_value_get(message, Number_type(), &value));
        int64_t number = ((const struct Number *)value)->value, from = number / EACH;
        int64_t expected = sb_mailbox_drops_oldest(&post->mailbox) ? number % EACH : post->last[from] + 1;
        if (number % EACH <= post->last[from] || number % EACH != expected) abort(); /* lost, doubled or overtaken */
        post->last[from] = number % EACH;
        post->taken++;
    }
    sabir_message_free(message);
}

static void consume(void *argument) {
    struct post *post = argument;
    for (;;) {
        bool is_over = atomic_load(&post->over.count) > 0; /* before the last look */
        sabir_message *message = sb_mailbox_take(&post->mailbox);
        if (message)
            check(post, message);
        else if (is_over)
            return;
        else if (sb_mailbox_rest(&post->mailbox))
            sb_mailbox_wait(&post->mailbox, post->spin_ns, -1);
    }
}

static void post_with(uint64_t capacity, bool drops_oldest, int64_t spin_ns) {
    struct post post = {.spin_ns = spin_ns, .last = {-1, -1, -1}};
    struct producer producers[PRODUCERS];
    struct stage_thread consumer, controller, threads[PRODUCERS];
    sb_mailbox_rule_init(&post.rule, capacity, 0, drops_oldest);
    assert_ok(sb_mailbox_init(&post.mailbox, &post.rule));
    stage_thread_start(&consumer, consume, &post);
    stage_thread_start(&controller, give_orders, &post);
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i] = (struct producer){&post, i};
        stage_thread_start(&threads[i], produce, &producers[i]);
    }
    for (int i = 0; i < PRODUCERS; i++) stage_thread_join(&threads[i]);
    stage_thread_join(&controller);
    atomic_store(&post.over.count, 1);
    sb_mailbox_poke(&post.mailbox);
    stage_thread_join(&consumer);
    uint64_t dropped = 0;
    for (int i = 0; i < PRODUCERS; i++) dropped += post.dropped[i];
    assert_int_equal(post.taken + dropped, PRODUCERS * EACH);
    assert_int_equal(post.orders, ORDERS);
    if (!drops_oldest) assert_int_equal(dropped, 0);
    sb_mailbox_close(&post.mailbox);
    sb_mailbox_free(&post.mailbox);
}

static void play_mailbox(uint64_t seed) {
    int64_t spin_ns = seed % 2 ? 0 : -1;
    post_with(0, false, spin_ns);
    post_with(16, false, spin_ns);
    post_with(16, true, spin_ns);
}

static void a_mailbox_keeps_order_and_wakes(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_mailbox);
}

/* ---- The mailbox, message by message: nobody else comes and wakes who was forgotten ----------------------------------------- */

static void make_post_due(struct sb_mailbox *mailbox) {
    gate_open(&((struct post *)(void *)((char *)mailbox - offsetof(struct post, mailbox)))->due);
}

/* As a thread of its own, or (with a `wake`) as a member of a group: asleep until it is due. */
static void consume_one_by_one(void *argument) {
    struct post *post = argument;
    for (uint32_t slept = 0;;) {
        sabir_message *message = sb_mailbox_take(&post->mailbox);
        if (message) {
            check(post, message);
            gate_open(&post->acked);
        } else if (atomic_load(&post->over.count) > 0) {
            return;
        } else if (post->rule.wake) {
            if (sb_mailbox_sleep(&post->mailbox)) gate_wait(&post->due, ++slept);
        } else if (sb_mailbox_rest(&post->mailbox)) {
            sb_mailbox_wait(&post->mailbox, post->spin_ns, -1);
        }
    }
}

static void post_one_by_one(uint64_t seed, bool drops_oldest, bool is_member) {
    struct random random = {seed};
    struct post post = {.spin_ns = seed % 2 ? 0 : -1, .last = {-1, -1, -1}};
    struct stage_thread consumer;
    sabir_message *dropped;
    int64_t ordinary = 0;
    sb_mailbox_rule_init(&post.rule, 0, 0, drops_oldest);
    if (is_member) post.rule.wake = make_post_due;
    assert_ok(sb_mailbox_init(&post.mailbox, &post.rule));
    stage_thread_start(&consumer, consume_one_by_one, &post);
    for (uint32_t i = 0; i < LONELY; i++) {
        bool is_order = random_below(&random, 2);
        sabir_message *message = new_number(is_order ? 0 : ordinary++);
        message->control = is_order ? SB_CONTROL_NEWS : SB_CONTROL_NONE;
        yield_here(BETWEEN_SITE);
        if (is_order)
            sb_mailbox_push_control(&post.mailbox, message);
        else
            assert_int_equal(sb_mailbox_push(&post.mailbox, message, &dropped), SABIR_OK);
        gate_wait(&post.acked, i + 1);
    }
    atomic_store(&post.over.count, 1);
    sb_mailbox_poke(&post.mailbox);
    stage_thread_join(&consumer);
    assert_int_equal(post.orders + post.taken, LONELY);
    sb_mailbox_close(&post.mailbox);
    sb_mailbox_free(&post.mailbox);
}

static void play_one_by_one(uint64_t seed) {
    for (int kind = 0; kind < 4; kind++) post_one_by_one(seed + (unsigned)kind, kind % 2, kind / 2);
}

static void a_lonely_message_is_not_left_lying(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_one_by_one);
}

/* ---- Ownership ------------------------------------------------------------------------------------------------------------ */

#define INSIDE_SITE 2
#define PLACES 4
#define TRAVELLERS 3
#define VISITS 200

/* Plain, all of it but the gates: who owns the place alone touches it. */
struct place {
    struct sb_ownership ownership;
    uint64_t visits;
    _Atomic bool is_taken;
    struct gate due;
};

static struct place places[PLACES];
static _Atomic bool is_over;

struct traveller {
    struct random random;
    uint64_t visits[PLACES];
};

static struct place *place_of(struct sb_ownership *ownership) {
    return (struct place *)(void *)((char *)ownership - offsetof(struct place, ownership));
}

static void make_due(struct sb_ownership *ownership) {
    gate_open(&place_of(ownership)->due);
}

/* Relaxed: this check must not be what puts the visitors in order. */
static void begin_visit(struct place *place) {
    if (atomic_exchange_explicit(&place->is_taken, true, memory_order_relaxed)) abort(); /* somebody is there */
    place->visits++;
    yield_here(INSIDE_SITE);
}

static void end_visit(struct place *place) {
    yield_here(INSIDE_SITE);
    atomic_store_explicit(&place->is_taken, false, memory_order_relaxed);
    sb_ownership_give(&place->ownership);
}

static void visit(struct traveller *traveller, int depth) {
    size_t at = random_below(&traveller->random, PLACES);
    bool is_timed = random_below(&traveller->random, 3) == 0;
    int64_t timeout_ns = (int64_t)random_below(&traveller->random, 50000);
    int code = sb_ownership_take_until(&places[at].ownership, is_timed ? sb_now_ns() + timeout_ns : -1);
    if (code != SABIR_OK && code != SABIR_EDEADLOCK && code != SABIR_EREENTRANT &&
        !(is_timed && code == SABIR_ETIMEDOUT))
        abort();
    if (code != SABIR_OK) return;
    begin_visit(&places[at]);
    traveller->visits[at]++;
    while (depth > 0 && random_below(&traveller->random, 3)) visit(traveller, --depth);
    end_visit(&places[at]);
}

static void travel(void *argument) {
    struct traveller *traveller = argument;
    for (int i = 0; i < VISITS; i++) visit(traveller, 3);
}

/* As a worker of a group: it does not wait; who has the place tells it when it may come again. Seeks them one after the other. */
static void come_by(void *argument) {
    struct traveller *traveller = argument;
    for (size_t i = 0; i < VISITS; i++) {
        struct place *place = &places[i % PLACES];
        uint32_t told = atomic_load(&place->due.count);
        if (sb_ownership_take_or_defer(&place->ownership)) {
            begin_visit(place);
            traveller->visits[i % PLACES]++;
            end_visit(place);
        } else {
            gate_wait(&place->due, told + 1);
        }
    }
}

static void play_ownership(uint64_t seed) {
    struct random random = {seed};
    struct traveller travellers[TRAVELLERS + 1] = {0};
    struct stage_thread threads[TRAVELLERS + 1];
    static const char *const names[PLACES] = {"a", "b", "c", "d"};
    sb_patience =
        (struct sb_patience){0, 2}; /* a place is reserved for whoever comes, and taken away again, all the time */
    for (size_t i = 0; i < PLACES; i++) {
        places[i].visits = 0;
        atomic_init(&places[i].is_taken, false);
        sb_ownership_init(&places[i].ownership, names[i]);
        places[i].ownership.turn = make_due;
    }
    for (size_t i = 0; i <= TRAVELLERS; i++) {
        travellers[i].random.state = random_next(&random);
        stage_thread_start(&threads[i], i < TRAVELLERS ? travel : come_by, &travellers[i]);
    }
    for (size_t i = 0; i <= TRAVELLERS; i++) stage_thread_join(&threads[i]);
    for (size_t at = 0; at < PLACES; at++) {
        uint64_t visits = 0;
        for (size_t i = 0; i <= TRAVELLERS; i++) visits += travellers[i].visits[at];
        assert_int_equal(places[at].visits, visits);
        assert_ok(sb_ownership_take(&places[at].ownership, false)); /* everybody gave it back */
        sb_ownership_give(&places[at].ownership);
    }
}

static void an_actor_has_one_owner_and_is_handed_on(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_ownership);
}

/* ---- The run queue -------------------------------------------------------------------------------------------------------- */

#define THIEVES 2
#define GOODS 2000

/* What a queue hands over is plain memory: written before it is put, read and marked by whoever gets it. */
struct good {
    size_t number;
    unsigned handed_out;
};

static struct good goods[GOODS];
static struct sb_run_queue shop;

static void receive(struct sb_actor *actor, size_t *count) {
    struct good *good = (struct good *)(void *)actor;
    if (good->number != (size_t)(good - goods) || good->handed_out++ != 0) abort();
    ++*count;
}

static void rob(void *argument) {
    struct sb_run_queue mine;
    size_t *count = argument;
    sb_run_queue_init(&mine, false);
    while (!atomic_load_explicit(&is_over, memory_order_relaxed))
        for (struct sb_actor *actor = sb_run_queue_steal(&shop, &mine); actor; actor = sb_run_queue_take(&mine))
            receive(actor, count);
}

static void put(size_t number, bool first, size_t *count) {
    goods[number] = (struct good){number, 0};
    struct sb_actor *actor = (struct sb_actor *)(void *)&goods[number];
    if (first) actor = sb_run_queue_put_first(&shop, actor);
    if (actor && !sb_run_queue_put(&shop, actor)) receive(actor, count);
}

static void play_run_queue(uint64_t seed) {
    struct random random = {seed};
    struct stage_thread threads[THIEVES];
    size_t counts[THIEVES + 1] = {0}, total = 0;
    sb_run_queue_init(&shop, false);
    atomic_store(&is_over, false);
    for (size_t i = 0; i < THIEVES; i++) stage_thread_start(&threads[i], rob, &counts[i]);
    for (size_t i = 0; i < GOODS;) {
        size_t what = random_below(&random, 4);
        struct sb_actor *actor = what == 0 ? sb_run_queue_take(&shop) : NULL;
        if (actor) receive(actor, &counts[THIEVES]);
        if (what > 0) put(i++, what == 1, &counts[THIEVES]);
    }
    for (struct sb_actor *actor; (actor = sb_run_queue_take(&shop));) receive(actor, &counts[THIEVES]);
    atomic_store(&is_over, true);
    for (size_t i = 0; i < THIEVES; i++) stage_thread_join(&threads[i]);
    for (size_t i = 0; i <= THIEVES; i++) total += counts[i];
    assert_int_equal(total, GOODS);
    assert_true(sb_run_queue_is_empty(&shop));
}

static void who_is_due_is_handed_out_once(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_run_queue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mailbox_keeps_order_and_wakes),
        cmocka_unit_test(a_lonely_message_is_not_left_lying),
        cmocka_unit_test(an_actor_has_one_owner_and_is_handed_on),
        cmocka_unit_test(who_is_due_is_handed_out_once),
        cmocka_unit_test(there_were_yields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
