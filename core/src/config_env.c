/*
 * What a node of a topology is told through its environment.
 */
#include <stdlib.h>

#include "config.h"
#include "error.h"
#include "text_show.h"

static int set_insecure(sabir_config *config, const char *value) {
    char shown[SB_SHOWN_LONG_BYTES];
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return sb_error(SABIR_EINVAL, "\"%s\" is neither 1 nor 0",
                        sb_text_show(sb_text_of(value), shown, sizeof shown));
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

int sabir_config_read_env(sabir_config *config) {
    if (!config) return sb_error(SABIR_EINVAL, "config is NULL");
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *value = getenv(settings[i].variable);
        if (!value || !*value) continue; /* a variable that is set to nothing says nothing */
        int error = settings[i].set(config, value);
        if (error) return sb_error(error, "%s: %s", settings[i].variable, sb_error_detail());
    }
    return SABIR_OK;
}
