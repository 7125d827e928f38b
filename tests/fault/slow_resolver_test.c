/*
 * A resolver of names that does not answer delays neither other peers nor the stop. The resolver is this program's own.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>

#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

static _Atomic uint32_t asked;   /* for slow.example */
static _Atomic uint32_t is_free; /* 1: the resolver answers */
static _Atomic uint32_t answered;

typedef int resolve(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* Takes the place of the system's, for libzmq too, so it must be seen. */
__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **result) {
    if (node && strcmp(node, "slow.example") == 0) {
        atomic_fetch_add(&asked, 1);
        sb_unpark_all(&asked);
        while (!atomic_load(&is_free)) sb_park(&is_free, 0, -1);
        atomic_fetch_add(&answered, 1);
        sb_unpark_all(&answered);
        return EAI_NONAME;
    }
    resolve *next;
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&next, &symbol, sizeof next);
    return next(node, service, hints, result);
}

static void a_name_that_nobody_resolves_delays_neither_others_nor_the_stop(void **state) {
    (void)state;
    struct test_node node, other;
    sabir_ref *slow, *quick;
    test_node_start(&node);
    test_node_start(&other);
    assert_int_equal(sabir_manager_remote(node.manager, "x", "tcp://slow.example:7001", SABIR_DIALECT_V1, &slow),
                     SABIR_OK);
    assert_int_equal(
        sabir_manager_remote(node.manager, "sink", sabir_manager_endpoint(other.manager), SABIR_DIALECT_V1, &quick),
        SABIR_OK);
    assert_int_equal(test_send_note(slow, 1, node.sink), SABIR_OK);
    test_wait(&asked, 1);
    int64_t begin_ns = sb_now_ns();
    assert_int_equal(test_send_note(quick, 1, node.sink), SABIR_OK);
    test_wait(&other.notes, 1);
    assert_true(sb_now_ns() - begin_ns < INT64_C(1000000000));
    test_node_stop(&node); /* checks that it takes less than 2 s */
    test_node_stop(&other);
    assert_int_equal(atomic_load(&answered), 0);
    atomic_store(&is_free, 1);
    sb_unpark_all(&is_free);
    test_wait(&answered, 1);
    sabir_ref_release(slow);
    sabir_ref_release(quick);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_nobody_resolves_delays_neither_others_nor_the_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
