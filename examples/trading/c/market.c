/*
 * The market node: a pricer and a router with threads of their own on CPUs of their own, hundreds of instruments on the two workers of a
 * group, and the desk. Risk is in another node (../python/risk.py). `sabir run --until market ../trading.json` starts both.
 *
 * A CPU or a priority that cannot be had is a line in the log, and the thread does without. A message that ends nowhere ends the day: the
 * exit code is 1 then, as when a sum is wrong.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "trading.h"

enum { WORKERS = 2, PRICER_CPU = 0, ROUTER_CPU = 1, FIRST_IN_FIRST_OUT = 1, PRICER_PRIORITY = 10 };

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "market: %s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

/* ---- What the environment says ------------------------------------------------------------------------------------------- */

static int64_t number(const char *name, int64_t otherwise, int64_t most) {
    const char *text = getenv(name);
    char *end;
    if (!text || !*text) return otherwise;
    long long value = strtoll(text, &end, 10);
    if (*end == '\0' && value >= 1 && value <= most) return value;
    fprintf(stderr, "market: %s is '%s'; it must be a number from 1 to %" PRId64 "\n", name, text, most);
    exit(2);
}

static struct day read_day(void) {
    struct day day = {.instruments = number("TRADING_INSTRUMENTS", 300, INSTRUMENTS_MAX)};
    day.rounds = number("TRADING_ROUNDS", 40, PRICES_MAX / day.instruments); /* the router's mailbox takes them all */
    day.seed = (uint64_t)number("TRADING_SEED", 1, INT32_MAX);
    return day;
}

/* ---- The actors ---------------------------------------------------------------------------------------------------------- */

static void manage_pricer(sabir_manager *manager, const struct day *day) {
    sabir_actor *actor;
    must(pricer_new(day, &actor));
    must(sabir_actor_set_cpus(actor, (const uint32_t[]){PRICER_CPU}, 1));
    must(sabir_actor_set_scheduling(actor, FIRST_IN_FIRST_OUT, PRICER_PRIORITY));
    must(sabir_manager_manage(manager, "pricer", actor, NULL));
}

static void manage_router(sabir_manager *manager, const struct day *day) {
    sabir_actor *actor;
    must(router_new(day, &actor));
    must(sabir_actor_set_cpus(actor, (const uint32_t[]){ROUTER_CPU}, 1));
    must(sabir_manager_manage(manager, "router", actor, NULL));
}

static void manage_instruments(sabir_manager *manager, const struct day *day) {
    sabir_group *group;
    sabir_actor *actor;
    char name[NAME_BYTES];
    must(sabir_group_new(manager, "instruments", WORKERS, &group));
    for (int64_t i = 0; i < day->instruments; i++) {
        must(instrument_new(day, i, &actor));
        must(sabir_actor_set_group(actor, group));
        must(sabir_manager_manage(manager, instrument_name(i, name), actor, NULL));
    }
}

/* Actors stop in the reverse order: nobody sends to one that has stopped. */
static void manage_all(sabir_manager *manager, const struct day *day, bool *went_well) {
    sabir_actor *desk;
    must(desk_new(day, went_well, &desk));
    must(sabir_manager_manage(manager, "desk", desk, NULL));
    manage_instruments(manager, day);
    manage_router(manager, day);
    manage_pricer(manager, day);
}

/* ---- The node ------------------------------------------------------------------------------------------------------------ */

/* The first says why; what follows from it need not be said. */
static void end_day(void *manager, uint32_t reason, const char *target, const char *type, const char *detail) {
    static atomic_flag is_over = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&is_over)) return;
    fprintf(stderr, "market: a %s for %s ended nowhere: %s%s%s\n", type ? type : "message", target ? target : "nobody",
            sabir_dead_reason_name(reason), detail ? ": " : "", detail ? detail : "");
    sabir_manager_terminate(manager);
}

int main(void) {
    const struct day day = read_day();
    bool went_well = false;
    sabir_config *config;
    sabir_manager *manager;
    must(sabir_config_new(&config));
    must(sabir_config_read_env(config));
    must(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    must(sabir_manager_on_dead_letter(manager, end_day, manager, NULL));
    manage_all(manager, &day, &went_well);
    must(sabir_manager_start(manager));
    must(sabir_manager_ready(manager, "c", sabir_version_text(), NULL));
    must(sabir_manager_run(manager, SABIR_WAIT_STDIN));
    must(sabir_manager_stop(manager));
    sabir_manager_free(manager);
    return went_well ? 0 : 1;
}
