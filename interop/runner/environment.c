#include "environment.h"

#include "cli/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

struct environment {
    char **items;
    size_t count;
};

static bool is_of(const char *item, const char *name) {
    size_t len_bytes = strlen(name);
    return strncmp(item, name, len_bytes) == 0 && item[len_bytes] == '=';
}

static void unset(struct environment *environment, const char *name) {
    for (size_t i = 0; i < environment->count; i++) {
        if (is_of(environment->items[i], name)) {
            free(environment->items[i]);
            environment->items[i--] = environment->items[--environment->count];
        }
    }
}

static void set(struct environment *environment, const char *name, const char *value) {
    unset(environment, name);
    environment->items = cli_grow(environment->items, environment->count + 1, sizeof *environment->items);
    environment->items[environment->count++] = cli_format("%s=%s", name, value);
}

static void set_all(struct environment *environment, const struct cli_variables *variables) {
    for (size_t i = 0; i < variables->count; i++) set(environment, variables->items[i].name, variables->items[i].value);
}

static void tell(struct environment *environment, const char *node, const struct run_told *told) {
    char *bind = cli_format("tcp://127.0.0.1:%u", (unsigned)told->tcp_port);
    set(environment, "SABIR_NODE", node);
    set(environment, "SABIR_BIND", bind);
    set(environment, "SABIR_PEERS", told->peers_path);
    set(environment, "NOTIFY_SOCKET", told->notify_path);
    unset(environment, "SABIR_ADVERTISE"); /* would be the runner's own, if that is a node of something larger */
    free(bind);
}

char **run_environment_new(const struct cli_topology *topology, const struct cli_node *node,
                           const struct run_told *told) {
    struct environment environment = {0};
    for (char **item = environ; *item; item++) {
        environment.items = cli_grow(environment.items, environment.count + 1, sizeof *environment.items);
        environment.items[environment.count++] = cli_copy(*item);
    }
    set_all(&environment, &topology->env);
    set_all(&environment, &node->env);
    set_all(&environment, &node->secrets);
    tell(&environment, node->name.text, told);
    environment.items = cli_grow(environment.items, environment.count + 1, sizeof *environment.items);
    environment.items[environment.count] = NULL;
    return environment.items;
}

void run_environment_free(char **environment) {
    for (char **item = environment; *item; item++) free(*item);
    free(environment);
}
