/* A client asks a calculator; the answer comes back as a message of its own. */
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>

#define MULTIPLY_FIELDS(F) F(SABIR_INT64, a) F(SABIR_INT64, b)
SABIR_MESSAGE(Multiply, MULTIPLY_FIELDS);
#define PRODUCT_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE(Product, PRODUCT_FIELDS);

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

static int on_multiply(void *self, const void *value, sabir_context *context) {
    const struct Multiply *factors = value;
    (void)self;
    return sabir_context_reply_value(context, Product_type(), &(struct Product){factors->a * factors->b});
}

/* On the client's own thread, before its first message. */
static int on_start(void *calculator, sabir_context *context) {
    return sabir_ref_send_value(calculator, Multiply_type(), &(struct Multiply){7, 6}, sabir_context_self(context));
}

static int on_product(void *calculator, const void *value, sabir_context *context) {
    const struct Product *product = value;
    (void)calculator;
    printf("7 * 6 = %" PRId64 "\n", product->value);
    sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

int main(void) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start};
    sabir_manager *manager;
    sabir_actor *actor;
    sabir_ref *calculator;
    must(sabir_manager_new(NULL, &manager));

    must(sabir_actor_new(NULL, NULL, &actor));
    must(sabir_actor_on(actor, Multiply_type(), on_multiply));
    must(sabir_manager_manage(manager, "calculator", actor, &calculator));

    must(sabir_actor_new(&callbacks, calculator, &actor)); /* all that the client needs to know */
    must(sabir_actor_on(actor, Product_type(), on_product));
    must(sabir_manager_manage(manager, "client", actor, NULL));

    must(sabir_manager_start(manager));
    must(sabir_manager_run(manager, 0)); /* until on_product says terminate */
    must(sabir_manager_stop(manager));
    sabir_ref_release(calculator);
    sabir_manager_free(manager);
    return 0;
}
