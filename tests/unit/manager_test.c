/*
 * The directory: names, looking up, and arguments that cannot be.
 */
#include <stdio.h>
#include <string.h>

#include "support/stage.h"

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static int try_manage(sabir_manager *manager, const char *name) {
    sabir_actor *actor = stage_actor(NULL, Number_type(), on_number);
    int code = sabir_manager_manage(manager, name, actor, NULL);
    if (code != SABIR_OK) sabir_actor_free(actor); /* it stays the caller's */
    return code;
}

static void a_name_is_taken_once_and_obeys_the_protocol(void **state) {
    (void)state;
    char longest[257];
    memset(longest, 'x', sizeof longest);
    sabir_manager *manager = stage_new();
    assert_ok(try_manage(manager, "ledger"));
    assert_fails(try_manage(manager, "ledger"), SABIR_EEXIST, "an actor 'ledger' is managed already");
    assert_ok(try_manage(manager, "Ledger"));
    assert_ok(try_manage(manager, "ledger "));
    assert_ok(try_manage(manager, "\xc3\xa9t\xc3\xa9"));
    assert_fails(try_manage(manager, ""), SABIR_EINVAL, "1 to 255 bytes");
    assert_fails(try_manage(manager, NULL), SABIR_EINVAL, "name is NULL");
    assert_fails(try_manage(manager, "a\nb"), SABIR_EINVAL, "ENV-6");
    assert_fails(try_manage(manager, "\xff"), SABIR_EINVAL, "ENV-6");
    assert_fails(try_manage(manager, "sabir.clock"), SABIR_ERESERVED, "ENV-10");
    longest[256] = '\0';
    assert_fails(try_manage(manager, longest), SABIR_EINVAL, "ENV-6");
    longest[255] = '\0';
    assert_ok(try_manage(manager, longest));
    assert_fails(sabir_manager_manage(NULL, "a", NULL, NULL), SABIR_EINVAL, NULL);
    assert_fails(sabir_manager_new(NULL, NULL), SABIR_EINVAL, NULL);
    stage_free(manager);
}

static void a_stopped_manager_manages_nobody(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    assert_ok(sabir_manager_stop(manager));
    assert_fails(try_manage(manager, "late"), SABIR_ECLOSED, "'late' comes too late");
    stage_free(manager);
}

static void thousands_are_found_by_name(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    static sabir_ref *refs[COUNT];
    sabir_manager *manager = stage_new();
    char name[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "actor %d", i);
        refs[i] = stage_manage(manager, name, NULL, Number_type(), on_number);
    }
    for (int i = 0; i < COUNT; i++) {
        sabir_ref *found;
        snprintf(name, sizeof name, "actor %d", i);
        assert_ok(sabir_manager_find(manager, name, &found));
        assert_true(sabir_ref_equal(found, refs[i]));
        assert_string_equal(sabir_ref_name(found), name);
        assert_null(sabir_ref_endpoint(found));
        sabir_ref_release(found);
        sabir_ref_release(refs[i]);
    }
    stage_free(manager);
}

static void what_is_not_there_is_not_found(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref;
    assert_fails(sabir_manager_find(manager, "nobody", &ref), SABIR_ENOENT, "no actor 'nobody'");
    assert_fails(sabir_manager_find(manager, "a@nowhere", &ref), SABIR_ENOENT, "no node 'nowhere'");
    assert_fails(sabir_manager_find(manager, NULL, &ref), SABIR_EINVAL, NULL);
    assert_null(sabir_manager_endpoint(manager));
    assert_null(sabir_manager_bound(manager));
    stage_free(manager);
}

static void peers_are_found_by_actor_and_by_node(void **state) {
    (void)state;
    sabir_config *config;
    sabir_manager *manager;
    sabir_ref *ref;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_add_peer(config, "bank", "tcp://127.0.0.1:7001", SABIR_DIALECT_V1));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    assert_ok(sabir_manager_find(manager, "ledger@bank", &ref));
    assert_string_equal(sabir_ref_name(ref), "ledger");
    assert_string_equal(sabir_ref_endpoint(ref), "tcp://127.0.0.1:7001");
    sabir_ref_release(ref);
    assert_fails(sabir_manager_find(manager, "@bank", &ref), SABIR_EINVAL, "no actor's name");
    assert_fails(sabir_manager_find(manager, "sabir.ask@bank", &ref), SABIR_EINVAL, "no actor's name");
    stage_free(manager);
}

static void remote_refs_are_checked(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref, *same;
    assert_ok(sabir_manager_remote(manager, "ledger", "tcp://localhost:7001", SABIR_DIALECT_V1, &ref));
    assert_string_equal(sabir_ref_endpoint(ref), "tcp://127.0.0.1:7001");
    assert_null(sabir_ref_language(ref));
    assert_ok(sabir_manager_remote(manager, "ledger", "tcp://127.0.0.1:7001", SABIR_DIALECT_V1, &same));
    assert_true(sabir_ref_equal(ref, same));
    sabir_ref_release(same);
    assert_fails(sabir_ref_enter(ref, 0), SABIR_EREMOTE, "use ask");
    sabir_ref_release(ref);
    assert_fails(sabir_manager_remote(manager, "ledger", "tcp://127.1:7001", SABIR_DIALECT_V1, &ref), SABIR_EINVAL,
                 NULL);
    assert_fails(sabir_manager_remote(manager, "", "tcp://127.0.0.1:7001", SABIR_DIALECT_V1, &ref), SABIR_EINVAL,
                 "ENV-6");
    assert_fails(sabir_manager_remote(manager, "sabir.x", "tcp://127.0.0.1:7001", SABIR_DIALECT_V1, &ref),
                 SABIR_ERESERVED, NULL);
    assert_fails(sabir_manager_remote(manager, "a", "tcp://127.0.0.1:7001", 2, &ref), SABIR_EINVAL, "no dialect");
    assert_fails(sabir_manager_remote(manager, "a", NULL, 0, &ref), SABIR_EINVAL, NULL);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_taken_once_and_obeys_the_protocol),
        cmocka_unit_test(a_stopped_manager_manages_nobody),
        cmocka_unit_test(thousands_are_found_by_name),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(peers_are_found_by_actor_and_by_node),
        cmocka_unit_test(remote_refs_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
