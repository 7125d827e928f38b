/*
 * Node pools: nodes come back, from any thread, also when threads come and go.
 */
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#include "support/stage.h"

static void nodes_are_aligned_and_used_again(void **state) {
    (void)state;
    sabir_message *first = sb_pool_take();
    assert_non_null(first);
    assert_int_equal((uintptr_t)first % SB_MESSAGE_NODE_BYTES, 0);
    sb_pool_give(first);
    assert_ptr_equal(sb_pool_take(), first);
    sb_pool_give(first);
}

#define COUNT 1000

struct relay {
    sabir_message *nodes[COUNT];
};

static void give_all(void *argument) {
    struct relay *relay = argument;
    for (size_t i = 0; i < COUNT; i++) sb_pool_give(relay->nodes[i]);
    sb_pool_flush();
}

static void take_all(void *argument) {
    struct relay *relay = argument;
    for (size_t i = 0; i < COUNT; i++) {
        relay->nodes[i] = sb_pool_take();
        memset(relay->nodes[i]->payload, 0xA5, SB_MESSAGE_INLINE_BYTES);
    }
}

static int by_address(const void *a, const void *b) {
    uintptr_t left = (uintptr_t) * (sabir_message *const *)a, right = (uintptr_t) * (sabir_message *const *)b;
    return (left > right) - (left < right);
}

static void nodes_that_others_gave_back_are_found_again(void **state) {
    (void)state;
    static struct relay relay, again;
    take_all(&relay);
    struct stage_thread thread;
    stage_thread_start(&thread, give_all, &relay);
    stage_thread_join(&thread);
    take_all(&again);
    qsort(relay.nodes, COUNT, sizeof relay.nodes[0], by_address);
    qsort(again.nodes, COUNT, sizeof again.nodes[0], by_address);
    size_t same = 0;
    for (size_t i = 0, k = 0; i < COUNT; i++) {
        if (i > 0) assert_true(again.nodes[i] != again.nodes[i - 1]); /* nothing is handed out twice */
        while (k < COUNT && relay.nodes[k] < again.nodes[i]) k++;
        same += k < COUNT && relay.nodes[k] == again.nodes[i];
    }
    assert_true(same > COUNT - 128); /* but for what the free list still held */
    give_all(&again);
}

static void the_pool_of_a_thread_that_ended_is_adopted(void **state) {
    (void)state;
    static struct relay relay, again;
    struct stage_thread thread;
    stage_thread_start(&thread, take_all, &relay); /* ends while its nodes are out */
    stage_thread_join(&thread);
    give_all(&relay);
    stage_thread_start(&thread, take_all, &again);
    stage_thread_join(&thread);
    size_t same = 0;
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) same += relay.nodes[i] == again.nodes[k];
    assert_true(same > COUNT - 128);
    give_all(&again);
}

/* Another thread gives all of it back: how many come again, and how many of them behind the one that went before them. */
struct found {
    size_t same;
    size_t behind;
};

static struct found give_elsewhere_and_take(struct relay *relay) {
    static struct relay again;
    struct stage_thread other;
    stage_thread_start(&other, give_all, relay);
    stage_thread_join(&other);
    take_all(&again);
    struct found found = {0, 0};
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) {
            if (relay->nodes[i] != again.nodes[k]) continue;
            found.same++;
            found.behind += i > 0 && k > 0 && relay->nodes[i - 1] == again.nodes[k - 1];
        }
    give_all(&again);
    return found;
}

static void keep_order(void *argument) {
    struct relay *relay = argument;
    take_all(relay);
    struct found found = give_elsewhere_and_take(relay);
    assert_true(found.same > COUNT - 128);
    assert_true(found.behind > found.same * 3 / 4);
}

static void nodes_come_back_in_the_order_in_which_they_were_given(void **state) {
    (void)state;
    static struct relay relay;
    struct stage_thread thread;
    stage_thread_start(&thread, keep_order, &relay); /* with a pool of its own: no other one waits for a thread yet */
    stage_thread_join(&thread);
}

static void have_no_number(void *argument) {
    struct relay *relay = argument;
    take_all(relay);
    if (sb_own_pool->number <=
        UINT16_MAX) { /* it was another thread's before; while we keep it, the next one has to make its own */
        struct stage_thread next;
        give_all(relay);
        stage_thread_start(&next, have_no_number, relay);
        stage_thread_join(&next);
        return;
    }
    assert_int_equal(relay->nodes[0]->home, 0);
    sabir_message *last = relay->nodes[COUNT - 1];
    sb_pool_give(last); /* to ourselves */
    assert_ptr_equal(sb_pool_take(), last);
    assert_true(give_elsewhere_and_take(relay).same > COUNT - 128);
}

static void a_pool_without_a_number_gets_its_nodes_back_too(void **state) {
    (void)state;
    static struct relay relay;
    uint32_t before = sb_pool_numbers;
    sb_pool_numbers = 0;
    struct stage_thread thread;
    stage_thread_start(&thread, have_no_number, &relay);
    stage_thread_join(&thread);
    sb_pool_numbers = before;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_come_back_in_the_order_in_which_they_were_given),
        cmocka_unit_test(a_pool_without_a_number_gets_its_nodes_back_too),
        cmocka_unit_test(nodes_are_aligned_and_used_again),
        cmocka_unit_test(nodes_that_others_gave_back_are_found_again),
        cmocka_unit_test(the_pool_of_a_thread_that_ended_is_adopted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
