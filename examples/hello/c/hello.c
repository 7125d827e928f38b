#include <sabir/sabir.h>
#include <stdio.h>

#define GREET_FIELDS(F) F(SABIR_STRING, name)
SABIR_MESSAGE(Greet, GREET_FIELDS);
#define GREETING_FIELDS(F) F(SABIR_STRING, text)
SABIR_MESSAGE(Greeting, GREETING_FIELDS);

static int on_greet(void *self, const void *value, sabir_context *context) {
    (void)self; /* this actor has no state */
    const struct Greet *greet = value;
    char text[64];
    int shown = greet->name.len_bytes < 50 ? (int)greet->name.len_bytes : 50;
    int length = snprintf(text, sizeof text, "Hello, %.*s!", shown, greet->name.bytes);
    struct Greeting greeting = {.text = {text, (size_t)length}};
    return sabir_context_reply_value(context, Greeting_type(), &greeting);
}

int main(void) {
    sabir_manager *manager;
    sabir_actor *actor;
    sabir_ref *greeter;
    sabir_message *question, *answer;
    const void *value;

    if (sabir_manager_new(NULL, &manager) || sabir_actor_new(NULL, NULL, &actor)) return 1;
    if (sabir_actor_on(actor, Greet_type(), on_greet)) return 1;
    if (sabir_manager_manage(manager, "greeter", actor, &greeter) || sabir_manager_start(manager)) return 1;

    struct Greet greet = {.name = SABIR_STR("Sabir")};
    if (sabir_message_new(Greet_type(), &greet, &question)) return 1;
    if (sabir_ref_ask(greeter, question, 1000000000, &answer)) return 1; /* at most a second */
    if (sabir_message_value_get(answer, Greeting_type(), &value)) return 1;
    const struct Greeting *greeting = value;
    printf("%.*s\n", (int)greeting->text.len_bytes, greeting->text.bytes);

    sabir_message_free(answer);
    sabir_ref_release(greeter);
    sabir_manager_free(manager); /* stops it first */
    return 0;
}
