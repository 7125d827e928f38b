/* The store alone: no threads. The program is tested as it is, but for its main. */
#define main example_main
int example_main(void);
#include "key_value.c"
#undef main

#include "../../kit_test.h"

static void tell(sabir_ref *store, const sabir_type *type, const void *value, sabir_probe *client) {
    MUST(sabir_ref_send_value(store, type, value, sabir_probe_ref(client)));
}

static void put(sabir_ref *store, const char *key, const char *value, sabir_probe *client) {
    tell(store, Set_type(), &(struct Set){SABIR_STR(key), SABIR_STR(value)}, client);
}

static void test_values(sabir_ref *store, sabir_probe *client) {
    const struct Value three = {{true, SABIR_STR("3")}}, none = {0};
    const struct sabir_string keys[] = {SABIR_STR("a")}, values[] = {SABIR_STR("3")};
    put(store, "a", "1", client);
    put(store, "b", "2", client);
    put(store, "a", "3", client);
    tell(store, Get_type(), &(struct Get){SABIR_STR("a")}, client);
    tell(store, Delete_type(), &(struct Delete){SABIR_STR("b")}, client);
    tell(store, Get_type(), &(struct Get){SABIR_STR("b")}, client);
    tell(store, Delete_type(), &(struct Delete){SABIR_STR("c")}, client);
    tell(store, Dump_type(), NULL, client);
    MUST(sabir_probe_expect_value(client, Value_type(), &three, 0));
    MUST(sabir_probe_expect_value(client, Value_type(), &none, 0));
    MUST(sabir_probe_expect_value(client, Pairs_type(), &(struct Pairs){{keys, values, 1}}, 0));
    MUST(sabir_probe_expect_none(client, 0));
}

/* The seventeenth key finds no room: that message is lost, the store goes on. */
static void test_room(sabir_ref *store, sabir_probe *client) {
    char key[] = "k0";
    for (int i = 0; i < PAIRS_MAX; i++, key[1]++) put(store, key, "1", client);
    tell(store, Get_type(), &(struct Get){SABIR_STR("k>")}, client);
    tell(store, Get_type(), &(struct Get){SABIR_STR("k?")}, client);
    MUST(sabir_probe_expect_value(client, Value_type(), &(struct Value){{true, SABIR_STR("1")}}, 0));
    MUST(sabir_probe_expect_value(client, Value_type(), &(struct Value){0}, 0));
}

static void test_stop(sabir_ref *store, sabir_probe *client) {
    tell(store, Stop_type(), NULL, client);
    MUST(sabir_probe_expect(client, Stopped_type(), 0, NULL, NULL));
    MUST_HOLD(sabir_ref_send_value(store, Dump_type(), NULL, NULL) == SABIR_ECLOSED);
}

static void keep_quiet(void *user_data, const char *line) {
    (void)user_data;
    (void)line;
}

int main(void) {
    sabir_manager *manager = kit_new();
    sabir_ref *store = manage_store(manager);
    sabir_probe *client;
    sabir_log_set(keep_quiet, NULL);
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    test_values(store, client);
    test_room(store, client);
    test_stop(store, client);
    sabir_probe_free(client);
    sabir_ref_release(store);
    sabir_manager_free(manager);
    return 0;
}
