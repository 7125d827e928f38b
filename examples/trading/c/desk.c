/*
 * The desk: when every instrument has reported it asks risk, in its process, for its books, compares, prints the day and ends it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "trading.h"

enum { SHOWN = 5 };
static const int64_t ASK_TIMEOUT_NS = INT64_C(30) * 1000000000;

struct desk {
    int64_t count, reported;
    bool *went_well;
    struct Report reports[INSTRUMENTS_MAX];
};

static void add(struct Report *all, const struct Report *one) {
    all->prices += one->prices;
    all->accepted += one->accepted;
    all->refused += one->refused;
    all->position += one->position;
    all->value_cents += one->value_cents;
    if (one->largest_cents > all->largest_cents) all->largest_cents = one->largest_cents;
}

static void print_row(const char *name, const struct Report *row) {
    printf("%-10s %6" PRId64 " %6" PRId64 " %8" PRId64 " %7" PRId64 " %8" PRId64 " %12" PRId64 " %13" PRId64 "\n", name,
           row->prices, row->accepted + row->refused, row->accepted, row->refused, row->position, row->value_cents,
           row->largest_cents);
}

static struct Report print_table(const struct desk *desk) {
    struct Report all = {0};
    char name[NAME_BYTES];
    puts("instrument prices orders accepted refused position  value cents  most exposed");
    for (int64_t i = 0; i < desk->count; i++) {
        add(&all, &desk->reports[i]);
        if (i < SHOWN) print_row(instrument_name(i, name), &desk->reports[i]);
    }
    print_row("all", &all);
    return all;
}

/* ---- Is it right? ------------------------------------------------------------------------------------------------------ */

static int64_t position_at_risk(const struct Held *held, int64_t instrument) {
    const int64_t *positions = held->positions.items;
    return (uint64_t)instrument < held->positions.count ? positions[instrument] : 0;
}

/* Each line is a promise that the example keeps; false: it was broken. */
static bool check(const struct desk *desk, const struct Report *all, const struct Held *held) {
    int64_t same = 0, saw_last = 0;
    for (int64_t i = 0; i < desk->count; i++) {
        same += position_at_risk(held, i) == desk->reports[i].position;
        saw_last += desk->reports[i].saw_last;
    }
    printf("exposure: at most %" PRId64 " of %" PRId64 " cents\n", all->largest_cents, held->limit_cents);
    printf("answers: %" PRId64 " for %" PRId64 " orders that risk has seen\n", all->accepted + all->refused,
           held->accepted + held->refused);
    printf("books: %" PRId64 " of %" PRId64 " positions are the same at risk\n", same, desk->count);
    printf("prices: %" PRId64 " of %" PRId64 " instruments saw the pricer's last\n", saw_last, desk->count);
    return all->largest_cents <= held->limit_cents && all->accepted == held->accepted &&
           all->refused == held->refused && same == desk->count && saw_last == desk->count;
}

/* A blocking ask to another process; the desk has a thread of its own and nothing else to do. */
static int ask_risk(sabir_manager *manager, sabir_message **answer) {
    sabir_ref *risk;
    sabir_message *question;
    int code = sabir_manager_find(manager, "risk", &risk);
    if (code) return code;
    code = sabir_message_new(Holdings_type(), NULL, &question);
    if (!code) code = sabir_ref_ask(risk, question, ASK_TIMEOUT_NS, answer);
    sabir_ref_release(risk);
    return code;
}

static int close_day(struct desk *desk, sabir_manager *manager) {
    sabir_message *answer = NULL;
    const void *held;
    int code = ask_risk(manager, &answer);
    if (!code) code = sabir_message_value_get(answer, Held_type(), &held);
    if (!code) {
        struct Report all = print_table(desk);
        *desk->went_well = check(desk, &all, held);
        sabir_manager_terminate(manager);
    }
    sabir_message_free(answer);
    return code;
}

static int on_report(void *self, const void *value, sabir_context *context) {
    struct desk *desk = self;
    const struct Report *report = value;
    if (report->instrument < 0 || report->instrument >= desk->count) return SABIR_EBADPAYLOAD;
    desk->reports[report->instrument] = *report;
    return ++desk->reported == desk->count ? close_day(desk, sabir_context_manager(context)) : SABIR_OK;
}

int desk_new(const struct day *day, bool *went_well, sabir_actor **actor) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = free};
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk) return SABIR_ENOMEM;
    desk->count = day->instruments;
    desk->went_well = went_well;
    int code = sabir_actor_new(&callbacks, desk, actor);
    if (!code && !Held_type()) code = SABIR_ENOMEM; /* declared before it comes from another process */
    return code ? code : sabir_actor_on(*actor, Report_type(), on_report);
}
