/*
 * The READY line, as whoever started the node reads it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "json_reader.h"
#include "support/stage.h"

/* Standard output of `call`, which goes to a file meanwhile. */
static void capture(int (*call)(sabir_manager *manager), sabir_manager *manager, char *text, size_t room) {
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    FILE *file = tmpfile();
    assert_non_null(file);
    dup2(fileno(file), STDOUT_FILENO);
    int code = call(manager);
    dup2(before, STDOUT_FILENO);
    close(before);
    assert_ok(code);
    rewind(file);
    text[fread(text, 1, room - 1, file)] = '\0';
    fclose(file);
}

static int say_ready(sabir_manager *manager) {
    return sabir_manager_ready(manager, "c", "1.2.3", " special.unregistered  watch ");
}

static sabir_manager *bound(void) {
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    assert_ok(sabir_config_set_advertise(config, "tcp://127.0.0.1:65000"));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static void it_is_one_line_of_strict_json(void **state) {
    (void)state;
    char text[2048], *json = text + 6;
    sabir_manager *manager = bound();
    assert_fails(say_ready(manager), SABIR_ESTATE, "when it has started");
    assert_ok(sabir_manager_start(manager));
    capture(say_ready, manager, text, sizeof text);
    assert_memory_equal(text, "READY ", 6);
    size_t length = strlen(json);
    assert_true(length > 1 && json[length - 1] == '\n' && strchr(json, '\n') == json + length - 1);
    struct sb_fault fault;
    assert_ok(sb_json_check((struct sb_text){json, length - 1}, SB_JSON_MAX_DEPTH, &fault));
    assert_non_null(strstr(json, "\"endpoint\":\"tcp://127.0.0.1:65000\""));
    assert_non_null(strstr(json, sabir_manager_bound(manager)));
    assert_non_null(
        strstr(json, "\"port\":\"c\",\"version\":\"1.2.3\",\"suite\":1,\"limits\":{\"bytes\":2097152,\"depth\":64}"));
    assert_non_null(strstr(json, "\"special.unregistered\",\"watch\"]"));
    assert_fails(sabir_manager_ready(NULL, "c", "1", NULL), SABIR_EINVAL, NULL);
    stage_free(manager);
}

static void without_an_endpoint_there_is_nothing_to_say(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    assert_ok(sabir_manager_start(manager));
    assert_fails(say_ready(manager), SABIR_EUNBOUND, "SABIR_BIND");
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_one_line_of_strict_json),
        cmocka_unit_test(without_an_endpoint_there_is_nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
