/*
 * Two nodes in one process, over TCP on loopback: envelopes there and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sabir/sabir.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "thread.h"

#define COUNT_FIELDS(F) F(SABIR_INT64, count)
SABIR_MESSAGE_NAMED(Ping, "node_test.Ping", COUNT_FIELDS);
SABIR_MESSAGE_NAMED(Pong, "node_test.Pong", COUNT_FIELDS);

static int on_ping(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Ping *ping = value;
    struct Pong pong = {.count = ping->count + 1};
    return sabir_context_reply_value(context, Pong_type(), &pong);
}

struct seen {
    _Atomic uint32_t pongs;
    _Atomic int64_t last;
    _Atomic uint32_t disorder;
};

static int on_pong(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct seen *seen = self;
    const struct Pong *pong = value;
    if (pong->count <= atomic_load(&seen->last)) atomic_fetch_add(&seen->disorder, 1);
    atomic_store(&seen->last, pong->count);
    atomic_fetch_add(&seen->pongs, 1);
    sb_unpark_all(&seen->pongs);
    return SABIR_OK;
}

static sabir_manager *node_at(const char *endpoint) {
    sabir_config *config;
    sabir_manager *manager;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    assert_int_equal(sabir_config_set_bind(config, endpoint), SABIR_OK);
    assert_int_equal(sabir_manager_new(config, &manager), SABIR_OK);
    sabir_config_free(config);
    return manager;
}

static void wait_for(_Atomic uint32_t *word, uint32_t value) {
    int64_t deadline = sb_now_ns() + INT64_C(10000000000);
    for (uint32_t now; (now = atomic_load(word)) < value;)
        if (!sb_park(word, now, deadline)) break;
    assert_true(atomic_load(word) >= value);
}

static void two_nodes_exchange_envelopes_in_order(void **state) {
    (void)state;
    struct seen seen = {0};
    sabir_actor *ponger, *pinger;
    sabir_ref *ping_ref, *remote;
    sabir_manager *a = node_at("tcp://127.0.0.1:*"), *b = node_at("tcp://127.0.0.1:*");
    assert_int_equal(sabir_actor_new(NULL, NULL, &ponger), SABIR_OK);
    assert_int_equal(sabir_actor_on(ponger, Ping_type(), on_ping), SABIR_OK);
    assert_int_equal(sabir_manager_manage(b, "pong", ponger, NULL), SABIR_OK);
    assert_int_equal(sabir_actor_new(NULL, &seen, &pinger), SABIR_OK);
    assert_int_equal(sabir_actor_on(pinger, Pong_type(), on_pong), SABIR_OK);
    assert_int_equal(sabir_manager_manage(a, "ping", pinger, &ping_ref), SABIR_OK);
    assert_int_equal(sabir_manager_start(a), SABIR_OK);
    assert_int_equal(sabir_manager_start(b), SABIR_OK);
    assert_int_equal(sabir_manager_remote(a, "pong", sabir_manager_endpoint(b), SABIR_DIALECT_V1, &remote), SABIR_OK);
    for (int64_t i = 1; i <= 1000; i++) {
        struct Ping ping = {.count = i};
        assert_int_equal(sabir_ref_send_value(remote, Ping_type(), &ping, ping_ref), SABIR_OK);
    }
    wait_for(&seen.pongs, 1000);
    assert_int_equal(atomic_load(&seen.disorder), 0);
    sabir_snapshot *snapshot;
    assert_int_equal(sabir_snapshot_new(a, &snapshot), SABIR_OK);
    puts(sabir_snapshot_json(snapshot));
    sabir_snapshot_free(snapshot);
    assert_int_equal(sabir_manager_stop(a), SABIR_OK);
    assert_int_equal(sabir_manager_stop(b), SABIR_OK);
    sabir_ref_release(ping_ref);
    sabir_manager_free(a);
    sabir_manager_free(b);
    sabir_message *late;
    assert_int_equal(sabir_message_new(Ping_type(), NULL, &late), SABIR_OK);
    assert_int_equal(sabir_ref_send(remote, late, NULL), SABIR_ECLOSED);
    sabir_message_free(late);
    sabir_ref_release(remote);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_nodes_exchange_envelopes_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
