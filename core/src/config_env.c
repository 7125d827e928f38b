/*
 * What a node of a topology is told through its environment.
 */
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "error.h"

#define WORDS_BYTES 1024

static int set_insecure(sabir_config *config, const char *value) {
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return sb_error(SABIR_EINVAL, "\"%.100s\" is neither 1 nor 0", value);
    return sabir_config_set_insecure(config, value[0] == '1');
}

static const struct {
    const char *variable;
    int (*set)(sabir_config *config, const char *value);
} settings[] = {
    {"SABIR_BIND", sabir_config_set_bind},    {"SABIR_ADVERTISE", sabir_config_set_advertise},
    {"SABIR_NODE", sabir_config_set_node},    {"SABIR_INSECURE", set_insecure},
    {"SABIR_PEERS", sabir_config_read_peers},
};

/* Tell the last error again, with the variable that caused it in front. */
static int blame(int error, const char *variable) {
    char words[WORDS_BYTES];
    snprintf(words, sizeof words, "%s", sb_error_detail());
    return sb_error(error, "%s: %s", variable, words);
}

int sabir_config_read_env(sabir_config *config) {
    if (!config) return sb_error(SABIR_EINVAL, "config is NULL");
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *value = getenv(settings[i].variable);
        if (!value || !*value) continue; /* a variable that is set to nothing says nothing */
        int error = settings[i].set(config, value);
        if (error) return blame(error, settings[i].variable);
    }
    return SABIR_OK;
}
