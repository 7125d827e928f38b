/* The logger without workers, and a worker without a logger. The program is tested as it is, but for its main. */
#define main example_main
int example_main(void);
#include "logger.c"
#undef main

#include "../../kit_test.h"

static void test_logger(void) {
    static struct logger logger;
    const struct sabir_string lines[] = {SABIR_STR("one"), SABIR_STR("two")};
    sabir_manager *manager = kit_new();
    sabir_ref *ref = manage_logger(manager, &logger);
    sabir_probe *client;
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    for (size_t i = 0; i < 2; i++) MUST(sabir_ref_send_value(ref, Log_type(), &(struct Log){lines[i]}, NULL));
    MUST(sabir_ref_send_value(ref, Dump_type(), NULL, sabir_probe_ref(client)));
    MUST(sabir_probe_expect_value(client, Lines_type(), &(struct Lines){{lines, 2}}, 0));
    sabir_probe_free(client);
    sabir_ref_release(ref);
    sabir_manager_free(manager);
}

static void test_worker(void) {
    sabir_manager *manager = kit_new();
    sabir_probe *logger;
    MUST(sabir_probe_new(manager, "logger", &logger));
    struct worker worker = {2, sabir_probe_ref(logger)};
    sabir_ref *ref = manage_worker(manager, &worker);
    MUST(sabir_manager_start(manager));
    MUST(sabir_ref_send_value(ref, Work_type(), &(struct Work){2}, NULL));
    MUST(sabir_probe_expect_value(logger, Log_type(), &(struct Log){SABIR_STR("worker 2 line 1")}, 0));
    MUST(sabir_probe_expect_value(logger, Log_type(), &(struct Log){SABIR_STR("worker 2 line 2")}, 0));
    MUST(sabir_probe_expect_none(logger, 0));
    sabir_probe_free(logger);
    sabir_ref_release(ref);
    sabir_manager_free(manager);
}

int main(void) {
    test_logger();
    test_worker();
    return 0;
}
