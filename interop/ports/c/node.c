#include "node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_NO_ENDPOINT = 10, DETAIL_BYTES = 512 };

static int complain(const char *what, int code) {
    char detail[DETAIL_BYTES] = "";
    (void)sabir_error_detail_copy(detail, sizeof detail);
    (void)fprintf(stderr, "%s: %s%s%s\n", what, sabir_error_text(code), *detail ? ": " : "", detail);
    return 1;
}

/* A bound manager as the environment says; the exit code if that is not possible. */
static int open_manager(sabir_manager **manager) {
    sabir_config *config;
    int code = sabir_config_new(&config);
    if (code) return complain("no configuration", code);
    code = sabir_config_read_env(config);
    if (!code) code = sabir_manager_new(config, manager);
    sabir_config_free(config);
    if (!code) return 0;
    (void)complain("this node cannot listen", code);
    return EXIT_NO_ENDPOINT;
}

static int serve(sabir_manager *manager, port_manage manage, const char *features) {
    int code = manage(manager);
    if (code) return complain("an actor cannot be managed", code);
    code = sabir_manager_start(manager);
    if (code) return complain("the actors cannot be started", code);
    code = sabir_manager_ready(manager, "c", sabir_version_text(), features);
    if (code) return complain("READY cannot be said", code);
    code = sabir_manager_run(manager, SABIR_WAIT_STDIN);
    return code ? complain("waiting failed", code) : 0;
}

int port_node_run(port_manage manage, const char *features) {
    sabir_manager *manager;
    int exit_code = open_manager(&manager);
    if (exit_code) return exit_code;
    exit_code = serve(manager, manage, features);
    /* A handler that does not come back in time (it sleeps, say) is no failure of the node: it ends as it was told (LIFE-2). */
    int code = sabir_manager_stop(manager);
    if (code) (void)complain("not every actor has stopped", code);
    sabir_manager_free(manager);
    return exit_code;
}

int port_node_actor(sabir_actor **actor, void *self) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = free};
    return sabir_actor_new(&callbacks, self, actor);
}

const char *port_error_name(int code) {
    const char *name = sabir_error_name(code);
    return name ? name + strlen("SABIR_E") : "UNKNOWN";
}
