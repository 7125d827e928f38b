/* A till that fails at a bad coin and comes back empty, until that has happened too often. */
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>

#define CENTS_FIELDS(F) F(SABIR_INT64, cents)
SABIR_MESSAGE(Coin, CENTS_FIELDS);
SABIR_MESSAGE(Total, CENTS_FIELDS);
SABIR_SIGNAL(Count);

static const int64_t SECOND_NS = INT64_C(1000000000);

static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

/* ---- The till ---- */

struct till {
    int64_t cents;
};

static int on_open(void *self, sabir_context *context) {
    (void)self;
    (void)context;
    puts("the till opens");
    return SABIR_OK;
}

/* What it takes to come back: the state as it was when it was new. */
static int on_restart(void *self, sabir_context *context) {
    (void)context;
    *(struct till *)self = (struct till){0};
    return SABIR_OK;
}

static int on_coin(void *self, const void *value, sabir_context *context) {
    struct till *till = self;
    const struct Coin *coin = value;
    (void)context;
    if (coin->cents == 0) {
        sabir_error_detail_set("there is no such coin");
        return SABIR_EFAILED;
    }
    till->cents += coin->cents;
    return SABIR_OK;
}

static int on_count(void *self, const void *value, sabir_context *context) {
    const struct till *till = self;
    (void)value;
    return sabir_context_reply_value(context, Total_type(), &(struct Total){till->cents});
}

/* ---- Its owner ---- */

static int on_open_shop(void *self, sabir_context *context) {
    return sabir_ref_watch(self, sabir_context_self(context));
}

static int on_down(void *self, const void *value, sabir_context *context) {
    const struct sabir_down *down = value;
    (void)self;
    printf("the %.*s is gone: %.*s\n", (int)down->name.len_bytes, down->name.bytes, (int)down->reason.len_bytes,
           down->reason.bytes);
    sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

static void release(void *till) {
    sabir_ref_release(till);
}

/* ---- The shop ---- */

static sabir_ref *manage_till(sabir_manager *manager, struct till *till) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_open,
                                              .on_restart = on_restart};
    sabir_supervisor *supervisor;
    sabir_actor *actor;
    sabir_ref *ref;
    must(sabir_supervisor_new(manager, "shop", SABIR_STRATEGY_ONE_FOR_ONE, &supervisor));
    must(sabir_supervisor_set_restart_limit(supervisor, 2, 60 * SECOND_NS));
    must(sabir_actor_new(&callbacks, till, &actor));
    must(sabir_actor_on(actor, Coin_type(), on_coin));
    must(sabir_actor_on(actor, Count_type(), on_count));
    must(sabir_actor_set_supervisor(actor, supervisor));
    must(sabir_manager_manage(manager, "till", actor, &ref));
    return ref;
}

static void manage_owner(sabir_manager *manager, sabir_ref *till) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_open_shop, .drop = release};
    sabir_actor *actor;
    must(sabir_actor_new(&callbacks, sabir_ref_retain(till), &actor));
    must(sabir_actor_on(actor, sabir_type_down(), on_down));
    must(sabir_manager_manage(manager, "owner", actor, NULL));
}

static void insert(sabir_ref *till, int64_t cents) {
    must(sabir_ref_send_value(till, Coin_type(), &(struct Coin){cents}, NULL));
}

static void count(sabir_ref *till) {
    sabir_message *question, *answer;
    const void *value;
    must(sabir_message_new(Count_type(), NULL, &question));
    must(sabir_ref_ask(till, question, 10 * SECOND_NS, &answer));
    must(sabir_message_value_get(answer, Total_type(), &value));
    printf("the till holds %" PRId64 " cents\n", ((const struct Total *)value)->cents);
    sabir_message_free(answer);
}

static void keep_quiet(void *user_data, const char *line) {
    (void)user_data;
    (void)line;
}

int main(void) {
    struct till till = {0};
    sabir_manager *manager;
    sabir_log_set(keep_quiet, NULL);
    must(sabir_manager_new(NULL, &manager));
    sabir_ref *ref = manage_till(manager, &till);
    manage_owner(manager, ref);
    must(sabir_manager_start(manager));
    insert(ref, 10);
    insert(ref, 20);
    count(ref);
    insert(ref, 0); /* the first fault */
    insert(ref, 5); /* waits for the till that comes back */
    count(ref);
    insert(ref, 0);
    insert(ref, 0);
    must(sabir_manager_run(manager, 0));
    sabir_ref_release(ref);
    sabir_manager_free(manager);
    return 0;
}
