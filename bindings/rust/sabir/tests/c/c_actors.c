/*
 * Actors in C for the tests of the Rust crate, loaded into a Rust manager: `sabir_plugin_manage` is what any plugin exports.
 *
 *     PREFIX doubler     Double {value} -> Doubled {value}
 *     PREFIX shouter     Text {text, tags} -> Text, its ASCII letters in capitals
 *     PREFIX forwarder   Text -> sends it on, as it came, to the actor named by its first tag
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

static int on_forward(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Text *text = value;
    const struct sabir_string *tags = text->tags.items;
    char name[64];
    snprintf(name, sizeof name, "%.*s", text->tags.count ? (int)tags[0].len_bytes : 0, text->tags.count ? tags[0].bytes : "");
    sabir_ref *to;
    int code = sabir_manager_find(sabir_context_manager(context), name, &to);
    if (code != SABIR_OK) return code;
    code = sabir_ref_send_value(to, Text_type(), text, sabir_context_self(context));
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
    return code;
}
