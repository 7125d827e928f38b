/*
 * A library of C actors that a program in any language loads into its manager: `libone_process.so`.
 *
 *     doubler      Double {value}         replies Doubled {value}
 *     quadrupler   Quadruple {value, by}  has the actor named `by`, of whatever language, double twice: Quadrupled {value}
 *
 * Types belong to the process: a Rust library that declares the same fields shares these structs, so that what passes between
 * the two is never serialised.
 */
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE(Double, VALUE_FIELDS);
SABIR_MESSAGE(Doubled, VALUE_FIELDS);
#define QUADRUPLE_FIELDS(F) F(SABIR_INT64, value) F(SABIR_STRING, by)
SABIR_MESSAGE(Quadruple, QUADRUPLE_FIELDS);
SABIR_MESSAGE(Quadrupled, VALUE_FIELDS);

enum { NAME_MAX_BYTES = 255 };

static int on_double(void *self, const void *value, sabir_context *context) {
    const struct Double *task = value;
    (void)self;
    return sabir_context_reply_value(context, Doubled_type(), &(struct Doubled){2 * task->value});
}

static int find(sabir_manager *manager, struct sabir_string name, sabir_ref **ref) {
    char terminated[NAME_MAX_BYTES + 1];
    if (name.len_bytes > NAME_MAX_BYTES) return SABIR_EINVAL;
    memcpy(terminated, name.bytes, name.len_bytes);
    terminated[name.len_bytes] = '\0';
    return sabir_manager_find(manager, terminated, ref);
}

/* Runs the doubler's handler here and now: request and reply stand on this stack, whatever language it is written in. */
static int twice(sabir_ref *doubler, int64_t *value, sabir_context *context) {
    struct Double task = {*value};
    struct Doubled doubled = {0};
    bool replied = false;
    int code = sabir_ref_fast_send(doubler, sabir_context_self(context), Double_type(), &task, Doubled_type(), &doubled,
                                   sizeof doubled, 0, &replied);
    if (!code && !replied) code = SABIR_EFAILED;
    *value = doubled.value;
    return code;
}

static int on_quadruple(void *self, const void *value, sabir_context *context) {
    const struct Quadruple *task = value;
    struct Quadrupled answer = {task->value};
    sabir_ref *doubler;
    (void)self;
    int code = find(sabir_context_manager(context), task->by, &doubler);
    if (code) return code;
    code = twice(doubler, &answer.value, context);
    if (!code) code = twice(doubler, &answer.value, context);
    sabir_ref_release(doubler);
    return code ? code : sabir_context_reply_value(context, Quadrupled_type(), &answer);
}

static int manage(sabir_manager *manager, const char *prefix, const char *name, const sabir_type *type,
                  sabir_handler handler) {
    char whole[NAME_MAX_BYTES + 1];
    sabir_actor *actor;
    int code = sabir_actor_new(NULL, NULL, &actor);
    if (code) return code;
    (void)snprintf(whole, sizeof whole, "%s%s", prefix ? prefix : "", name);
    code = sabir_actor_on(actor, type, handler);
    if (!code) code = sabir_manager_manage(manager, whole, actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}

/* What every library of actors exports: give the manager its actors, their names behind `prefix`. */
__attribute__((visibility("default"))) int sabir_plugin_manage(sabir_manager *manager, const char *prefix);

int sabir_plugin_manage(sabir_manager *manager, const char *prefix) {
    int code = manage(manager, prefix, "doubler", Double_type(), on_double);
    return code ? code : manage(manager, prefix, "quadrupler", Quadruple_type(), on_quadruple);
}
