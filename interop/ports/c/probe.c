/* `probe`: says what the application saw of a message. */
#include "actors.h"
#include "messages.h"
#include "node.h"
#include "tags.h"

static void put_sender(sabir_json_writer *writer, const sabir_ref *sender) {
    if (!sender) {
        (void)sabir_json_writer_null(writer);
        return;
    }
    const char *endpoint = sabir_ref_endpoint(sender);
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "name");
    (void)port_text(writer, sabir_ref_name(sender));
    (void)port_key(writer, "endpoint");
    (void)(endpoint ? port_text(writer, endpoint) : sabir_json_writer_null(writer));
    (void)sabir_json_writer_object_end(writer);
}

static int on_describe(void *self, const void *value, sabir_context *context) {
    const struct sabir_json *payload = value;
    sabir_json_writer *writer;
    (void)self;
    int code = sabir_json_writer_new(&writer);
    if (code) return code;
    (void)sabir_json_writer_object_begin(writer);
    (void)port_key(writer, "seen");
    code = port_tag_json(writer, payload->bytes, payload->len_bytes);
    if (code) {
        sabir_json_writer_free(writer);
        return code; /* SABIR_EBADPAYLOAD for a number that no type of C holds */
    }
    (void)port_key(writer, "sender");
    put_sender(writer, sabir_context_sender(context));
    (void)port_key(writer, "type");
    (void)port_text(writer, sabir_type_name(sabir_message_type(sabir_context_message(context))));
    (void)sabir_json_writer_object_end(writer);
    return port_reply_written(context, Description_type(), writer);
}

int port_manage_probe(sabir_manager *manager) {
    sabir_actor *actor;
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, Describe_type(), on_describe);
    if (!code) code = sabir_manager_manage(manager, "probe", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
