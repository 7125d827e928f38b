/* `typed`: fixed fields, also of binary data; a wrong shape never gets as far as the handler. */
#include "actors.h"
#include "messages.h"
#include "node.h"
#include "tags.h"

#include <stdlib.h>

static void put_list(sabir_json_writer *writer, struct sabir_list list) {
    const int64_t *items = list.items;
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "t");
    (void)port_text(writer, "list");
    (void)port_key(writer, "v");
    (void)sabir_json_writer_array_begin(writer);
    for (size_t i = 0; i < list.count; i++) (void)port_tag_int64(writer, items[i]);
    (void)sabir_json_writer_array_end(writer);
    (void)sabir_json_writer_object_end(writer);
}

static int on_typed(void *self, const void *value, sabir_context *context) {
    const struct Typed *typed = value;
    sabir_json_writer *writer;
    (void)self;
    int code = sabir_json_writer_new(&writer);
    if (code) return code;
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "i");
    (void)port_tag_int64(writer, typed->i);
    (void)port_key(writer, "f");
    (void)port_tag_double(writer, typed->f);
    (void)port_key(writer, "s");
    (void)port_tag_string(writer, typed->s);
    (void)port_key(writer, "b");
    (void)port_tag_bool(writer, typed->b);
    (void)port_key(writer, "l");
    put_list(writer, typed->l);
    if (typed->o.present) {
        (void)port_key(writer, "o");
        (void)port_tag_string(writer, typed->o.value);
    }
    (void)sabir_json_writer_object_end(writer);
    return port_reply_written(context, TypedReply_type(), writer);
}

/* The bytes as the program has them, and given back as binary data. */
static int on_binary(void *self, const void *value, sabir_context *context) {
    static const char DIGITS[] = "0123456789abcdef";
    const struct Binary *binary = value;
    char *hex = malloc(2 * binary->data.len_bytes + 1);
    (void)self;
    if (!hex) return SABIR_ENOMEM;
    for (size_t i = 0; i < binary->data.len_bytes; i++) {
        unsigned char byte = ((const unsigned char *)binary->data.bytes)[i];
        hex[2 * i] = DIGITS[byte >> 4];
        hex[2 * i + 1] = DIGITS[byte & 15];
    }
    struct BinaryReply reply = {.hex = {hex, 2 * binary->data.len_bytes}, .data = binary->data};
    int code = sabir_context_reply_value(context, BinaryReply_type(), &reply);
    free(hex);
    return code;
}

int port_manage_typed(sabir_manager *manager) {
    sabir_actor *actor;
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, Typed_type(), on_typed);
    if (!code) code = sabir_actor_on(actor, Binary_type(), on_binary);
    if (!code) code = sabir_manager_manage(manager, "typed", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
