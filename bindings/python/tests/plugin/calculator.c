/*
 * A plugin for the tests: an actor in C that calculates, one that asks a Python actor by fast_send, and one that only forwards.
 */
#include <sabir/sabir.h>
#include <stdio.h>
#include <string.h>

#define ADD_FIELDS(F) F(SABIR_INT64, a) F(SABIR_INT64, b)
SABIR_MESSAGE_NAMED(Add, "plugin.Add", ADD_FIELDS);
#define SUM_FIELDS(F) F(SABIR_INT64, value) F(SABIR_OPTIONAL(SABIR_STRING), note)
SABIR_MESSAGE_NAMED(Sum, "plugin.Sum", SUM_FIELDS);
/* A type that no Python class declares. */
#define FACTS_FIELDS(F) F(SABIR_STRING, name) F(SABIR_LIST(SABIR_DOUBLE), numbers)
SABIR_MESSAGE_NAMED(Facts, "plugin.Facts", FACTS_FIELDS);
SABIR_SIGNAL_NAMED(Tell, "plugin.Tell");
/* "Call the Python actor `helper` by fast_send with this Add." */
SABIR_MESSAGE_NAMED(Delegate, "plugin.Delegate", ADD_FIELDS);

static int on_add(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Add *add = value;
    if (add->a < 0) {
        sabir_error_detail_set("this calculator fears negative numbers");
        return SABIR_EFAILED;
    }
    struct Sum sum = {.value = add->a + add->b};
    return sabir_context_reply_value(context, Sum_type(), &sum);
}

static int on_tell(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    static const double numbers[] = {0.5, -0.0};
    struct Facts facts = {.name = SABIR_STR("calculator"), .numbers = {numbers, 2}};
    return sabir_context_reply_value(context, Facts_type(), &facts);
}

static int on_delegate(void *self, const void *value, sabir_context *context) {
    (void)self;
    sabir_ref *helper;
    int code = sabir_manager_find(sabir_context_manager(context), "helper", &helper);
    if (code != SABIR_OK) return code;
    struct {
        struct Sum sum;
        char text[256];
    } reply;
    bool replied = false;
    code = sabir_ref_fast_send(helper, sabir_context_self(context), Add_type(), value, Sum_type(), &reply, sizeof reply,
                               0, &replied);
    sabir_ref_release(helper);
    if (code != SABIR_OK) return code;
    return replied ? sabir_context_reply_value(context, Sum_type(), &reply.sum) : SABIR_EUNHANDLED;
}

int sabir_plugin_manage(sabir_manager *manager, const char *prefix);

int sabir_plugin_manage(sabir_manager *manager, const char *prefix) {
    char name[256];
    int written = snprintf(name, sizeof name, "%scalculator", prefix);
    if (written < 0 || (size_t)written >= sizeof name) return SABIR_EINVAL;
    sabir_actor *actor;
    int code = sabir_actor_new(NULL, NULL, &actor);
    if (code != SABIR_OK) return code;
    code = sabir_actor_on(actor, Add_type(), on_add);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Tell_type(), on_tell);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Delegate_type(), on_delegate);
    if (code == SABIR_OK) code = sabir_manager_manage(manager, name, actor, NULL);
    if (code != SABIR_OK) sabir_actor_free(actor);
    return code;
}
