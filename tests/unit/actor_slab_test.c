/*
 * Room for actors: never the same twice, on lines of its own, all given back; and what an actor of a group costs in all.
 */
#include "actor_slab.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "actor.h"
#include "alloc.h"
#include "asan.h"
#include "support/random_value.h"
#include "support/stage.h"

static void assert_fresh(const struct sb_actor *actor) {
    static const struct sb_actor zeros;
    struct sb_actor copy;
    memcpy(&copy, actor, sizeof copy);
    copy.slot = 0;
    assert_memory_equal(&copy, &zeros, sizeof zeros);
    assert_int_equal((uintptr_t)actor % 64, 0);
}

/* Each that is taken is filled to the last byte but its slot: were two of them one, the check would see it. */
static void fill(struct sb_actor *actor, unsigned char mark) {
    uint8_t slot = actor->slot;
    memset(actor, mark, sizeof *actor);
    actor->slot = slot;
}

static void assert_filled(const struct sb_actor *actor, unsigned char mark) {
    const unsigned char *bytes = (const unsigned char *)actor;
    for (size_t i = 0; i < sizeof *actor; i++)
        if (i != offsetof(struct sb_actor, slot)) assert_int_equal(bytes[i], mark);
}

static void what_is_taken_is_nobody_elses_until_it_is_given_back(void **state) {
    (void)state;
    enum { ACTORS = 3000 };
    static struct sb_actor *taken[ACTORS];
    struct random random = random_new();
    size_t count = 0;
    for (int step = 0; step < 30000; step++) {
        bool grows = (step / 6000) % 2 == 0; /* in waves, so that slabs fill and empty */
        if (count < ACTORS && (count == 0 || random_below(&random, 4) < (grows ? 3 : 1))) {
            struct sb_actor *actor = sb_actor_slab_take();
            assert_non_null(actor);
            assert_fresh(actor);
            fill(actor, (unsigned char)((uintptr_t)actor >> 6));
            taken[count++] = actor;
        } else {
            size_t which = random_below(&random, count);
            assert_filled(taken[which], (unsigned char)((uintptr_t)taken[which] >> 6));
            sb_actor_slab_give(taken[which]);
            taken[which] = taken[--count];
        }
    }
    while (count > 0) {
        assert_filled(taken[count - 1], (unsigned char)((uintptr_t)taken[count - 1] >> 6));
        sb_actor_slab_give(taken[--count]);
    }
}

static void without_memory_there_is_none(void **state) {
    (void)state;
    sb_alloc_fail_after(1);
    assert_null(sb_actor_slab_take());
    struct sb_actor *actor = sb_actor_slab_take();
    assert_non_null(actor);
    sb_actor_slab_give(actor);
}

/* ---- What an actor costs ---------------------------------------------------------------------------------------------------- */

static int ignore(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    return SABIR_OK;
}

static size_t manage_members(sabir_manager *manager, sabir_group *group, const char *prefix, int count) {
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < count; i++) {
        char name[40];
        sabir_actor *actor = stage_actor(NULL, Number_type(), ignore);
        snprintf(name, sizeof name, "%s%d", prefix, i);
        assert_ok(sabir_actor_set_group(actor, group));
        assert_ok(sabir_manager_manage(manager, name, actor, NULL));
    }
    return (mallinfo2().uordblks - before) / (size_t)count;
}

static void a_member_of_a_group_costs_at_most_four_hundred_bytes(void **state) {
    (void)state;
#ifdef SB_ASAN
    skip();
#endif
    sabir_manager *manager = stage_new();
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "many", 2, &group));
    assert_ok(sabir_manager_start(manager));
    size_t long_bytes = manage_members(manager, group, "a member with a longer name ", 10000);
    size_t short_bytes = manage_members(manager, group, "m", 10000);
    if (short_bytes > 0) { /* else the allocator is another one, and counts nothing */
        assert_in_range(short_bytes, 1, 400);
        assert_in_range(long_bytes, 1, 450);
    }
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_nobody_elses_until_it_is_given_back),
        cmocka_unit_test(without_memory_there_is_none),
        cmocka_unit_test(a_member_of_a_group_costs_at_most_four_hundred_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
