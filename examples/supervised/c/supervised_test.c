/* The till and its owner in the kit's time: what takes a minute there is over at once. Tested as it is, but for its main. */
#define main example_main
int example_main(void);
#include "supervised.c"
#undef main

#include "../../kit_test.h"

static const int64_t DELAY_NS = INT64_C(10000000); /* before a first restart, unless the supervisor is told otherwise */

static void expect_total(sabir_ref *till, sabir_probe *client, int64_t cents, int64_t timeout_ns) {
    MUST(sabir_ref_send_value(till, Count_type(), NULL, sabir_probe_ref(client)));
    MUST(sabir_probe_expect_value(client, Total_type(), &(struct Total){cents}, timeout_ns));
}

static void test_a_till_comes_back_empty(sabir_manager *manager, sabir_ref *till, sabir_probe *client) {
    insert(till, 10);
    insert(till, 20);
    expect_total(till, client, 30, 0);
    insert(till, 0);
    insert(till, 5); /* waits for the till that comes back */
    MUST(sabir_kit_advance(manager, DELAY_NS - 1));
    MUST_HOLD(sabir_probe_count(client) == 0);
    expect_total(till, client, 5, 1);
}

static void test_three_faults_within_a_minute_are_the_end(sabir_manager *manager, sabir_ref *till) {
    for (int i = 0; i < 3; i++) { /* one a minute is not too often */
        MUST(sabir_kit_advance(manager, 60 * SECOND_NS));
        insert(till, 0);
    }
    MUST(sabir_kit_advance(manager, SECOND_NS));
    insert(till, 0);
    MUST(sabir_kit_advance(manager, SECOND_NS));
    insert(till, 0);
    MUST(sabir_kit_advance(manager, SECOND_NS));
    MUST_HOLD(sabir_ref_send_value(till, Count_type(), NULL, NULL) == SABIR_ECLOSED);
}

/* What they print is compared where the program is run as a whole. */
static void close_output(void) {
    if (!freopen("/dev/null", "w", stdout)) exit(1);
}

int main(void) {
    struct till state = {0};
    sabir_manager *manager = kit_new();
    sabir_probe *client;
    sabir_log_set(keep_quiet, NULL);
    close_output();
    sabir_ref *till = manage_till(manager, &state);
    manage_owner(manager, till);
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    test_a_till_comes_back_empty(manager, till, client);
    test_three_faults_within_a_minute_are_the_end(manager, till);
    sabir_probe_free(client);
    sabir_ref_release(till);
    sabir_manager_free(manager);
    return 0;
}
