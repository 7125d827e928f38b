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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_aligned_and_used_again),
        cmocka_unit_test(nodes_that_others_gave_back_are_found_again),
        cmocka_unit_test(the_pool_of_a_thread_that_ended_is_adopted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
