/*
 * Actors in C for the tests of the Rust crate, loaded into a Rust manager: `sabir_plugin_manage` is what any plugin exports.
 *
 *     PREFIX doubler     Double {value} -> Doubled {value}
 *     PREFIX shouter     Text {text, tags} -> Text, its ASCII letters in capitals
 *     PREFIX forwarder   Text -> sends it on, as it came, to the actor named by its first tag
 *     PREFIX caller      Text -> has that actor handle it by fast_send in the sender's name, and replies with the reply
 */
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE(Double, VALUE_FIELDS);
SABIR_MESSAGE(Doubled, VALUE_FIELDS);
#define TEXT_FIELDS(F) F(SABIR_STRING, text) F(SABIR_LIST(SABIR_STRING), tags)
SABIR_MESSAGE(Text, TEXT_FIELDS);

int sabir_plugin_manage(sabir_manager *manager, const char *prefix);

static int on_double(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Double *request = value;
    struct Doubled reply = {.value = 2 * request->value};
    return sabir_context_reply_value(context, Doubled_type(), &reply);
}

static int on_shout(void *self, const void *value, sabir_context *context) {
    (void)self;
    struct Text text = *(const struct Text *)value;
    char *loud = malloc(text.text.len_bytes + 1);
    if (!loud) return SABIR_ENOMEM;
    for (size_t i = 0; i < text.text.len_bytes; i++) {
        char letter = text.text.bytes[i];
        loud[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    }
    text.text.bytes = loud;
    int code = sabir_context_reply_value(context, Text_type(), &text);
    free(loud);
    return code;
}

/* The actor that the first tag names. */
static int find_by_tag(const struct Text *text, sabir_context *context, sabir_ref **to) {
    const struct sabir_string *tags = text->tags.items;
    char name[64] = "";
    if (text->tags.count) snprintf(name, sizeof name, "%.*s", (int)tags[0].len_bytes, tags[0].bytes);
    return sabir_manager_find(sabir_context_manager(context), name, to);
}

static int on_forward(void *self, const void *value, sabir_context *context) {
    (void)self;
    sabir_ref *to;
    int code = find_by_tag(value, context, &to);
    if (code != SABIR_OK) return code;
    code = sabir_ref_send_value(to, Text_type(), value, sabir_context_self(context));
    sabir_ref_release(to);
    return code;
}

static int on_call(void *self, const void *value, sabir_context *context) {
    (void)self;
    sabir_ref *to;
    int code = find_by_tag(value, context, &to);
    if (code != SABIR_OK) return code;
    _Alignas(16) char reply[1024];
    bool replied;
    code = sabir_ref_fast_send(to, sabir_context_sender(context), Text_type(), value, Text_type(), reply, sizeof reply,
                               0, &replied);
    if (code == SABIR_OK && replied) code = sabir_context_reply_value(context, Text_type(), reply);
    sabir_ref_release(to);
    return code;
}

static int manage(sabir_manager *manager, const char *prefix, const char *name, const sabir_type *type,
                  sabir_handler handler) {
    char full[64];
    sabir_actor *actor;
    snprintf(full, sizeof full, "%s%s", prefix, name);
    int code = sabir_actor_new(NULL, NULL, &actor);
    if (code != SABIR_OK) return code;
    code = sabir_actor_on(actor, type, handler);
    if (code == SABIR_OK) code = sabir_manager_manage(manager, full, actor, NULL);
    if (code != SABIR_OK) sabir_actor_free(actor);
    return code;
}

int sabir_plugin_manage(sabir_manager *manager, const char *prefix) {
    int code = manage(manager, prefix, "doubler", Double_type(), on_double);
    if (code == SABIR_OK) code = manage(manager, prefix, "shouter", Text_type(), on_shout);
    if (code == SABIR_OK) code = manage(manager, prefix, "forwarder", Text_type(), on_forward);
    if (code == SABIR_OK) code = manage(manager, prefix, "caller", Text_type(), on_call);
    return code;
}
