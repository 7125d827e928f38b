/*
 * What the examples' tests in C share: a manager without threads, and the end of the program, with words, at the first thing that is wrong.
 */
#ifndef EXAMPLES_KIT_TEST_H
#define EXAMPLES_KIT_TEST_H

#include <sabir/kit.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>

static inline void kit_must(int code, const char *what) {
    char detail[512] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", what, *detail ? detail : sabir_error_text(code));
    exit(1);
}
#define MUST(call) kit_must((call), #call)

static inline void kit_must_hold(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "it does not hold that %s\n", what);
    exit(1);
}
#define MUST_HOLD(condition) kit_must_hold((condition), #condition)

static inline sabir_manager *kit_new(void) {
    sabir_config *config;
    sabir_manager *manager;
    MUST(sabir_config_new(&config));
    MUST(sabir_config_set_stepped(config, true));
    MUST(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

#endif
