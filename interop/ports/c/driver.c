/* `driver`: sends what it is told through the public API, also what JSON cannot carry. */
#include "actors.h"
#include "address.h"
#include "messages.h"
#include "node.h"
#include "tags.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Write the value that the word stands for; what cannot be written is the writer's error. */
static int put_special(sabir_json_writer *writer, struct sabir_string special) {
    if (port_is_text(special, "nan")) return sabir_json_writer_double(writer, (double)NAN);
    if (port_is_text(special, "inf")) return sabir_json_writer_double(writer, (double)INFINITY);
    if (port_is_text(special, "-inf")) return sabir_json_writer_double(writer, (double)-INFINITY);
    if (port_is_text(special, "bigint")) return sabir_json_writer_json(writer, "18446744073709551616", 20);
    if (port_is_text(special, "nul")) return sabir_json_writer_string(writer, "a\0b", 3);
    if (port_is_text(special, "lone-surrogate")) return sabir_json_writer_string(writer, "\xED\xA0\x80", 3);
    return SABIR_EINVAL;
}

/* The payload, an object, with one more member whose value is `value`. To be freed; NULL without memory. */
static char *with_special(struct sabir_json payload, const char *value, size_t value_len_bytes, size_t *len_bytes) {
    static const char KEY[] = "\"special\":";
    size_t open_len_bytes = payload.len_bytes;
    while (payload.bytes[open_len_bytes - 1] != '}') open_len_bytes--;
    size_t last = --open_len_bytes; /* what the last member, or the brace, ends with */
    while (last > 0 && strchr(" \t\r\n", payload.bytes[last - 1])) last--;
    bool is_empty = last == 1;
    char *text = malloc(open_len_bytes + sizeof KEY + value_len_bytes + 2);
    if (!text) return NULL;
    char *at = text;
    memcpy(at, payload.bytes, open_len_bytes);
    at += open_len_bytes;
    if (!is_empty) *at++ = ',';
    memcpy(at, KEY, sizeof KEY - 1);
    at += sizeof KEY - 1;
    memcpy(at, value, value_len_bytes);
    at += value_len_bytes;
    *at++ = '}';
    *len_bytes = (size_t)(at - text);
    return text;
}

/* Make the message, which is the caller's. */
static int make_special(const sabir_type *type, const struct Send *order, sabir_message **message) {
    sabir_json_writer *writer;
    const char *value;
    size_t value_len_bytes, len_bytes;
    int code = sabir_json_writer_new(&writer);
    if (code) return code;
    (void)put_special(writer, order->special.value);
    code = sabir_json_writer_text_get(writer, &value, &value_len_bytes);
    if (!code) {
        char *json = with_special(order->payload, value, value_len_bytes, &len_bytes);
        code = json ? sabir_message_new_json(type, json, len_bytes, message) : SABIR_ENOMEM;
        free(json);
    }
    sabir_json_writer_free(writer);
    return code;
}

static int make_message(const struct Send *order, sabir_message **message) {
    const sabir_type *type = NULL;
    bool is_special = order->special.present;
    if (is_special && port_is_text(order->special.value, "unregistered"))
        return sabir_message_new_json(sabir_type_find("conf.NobodyDeclaredThis"), "{}", 2, message);
    int code = port_type_find(order->type, &type);
    if (code) return code;
    return is_special ? make_special(type, order, message)
                      : sabir_message_new_json(type, order->payload.bytes, order->payload.len_bytes, message);
}

static int find_sender(sabir_manager *manager, const struct Send *order, sabir_ref **sender) {
    *sender = NULL;
    if (!order->as.present) return SABIR_OK;
    char *name = port_copy(order->as.value);
    int code = name ? sabir_manager_find(manager, name, sender) : SABIR_ENOMEM;
    free(name);
    return code;
}

static int send_once(sabir_manager *manager, const struct Send *order) {
    sabir_ref *target = NULL, *sender = NULL;
    sabir_message *message = NULL;
    int code = port_address_find(manager, &order->to, &target);
    if (!code) code = find_sender(manager, order, &sender);
    if (!code) code = make_message(order, &message);
    if (!code) code = sabir_ref_send(target, message, sender);
    if (code) sabir_message_free(message);
    sabir_ref_release(target);
    sabir_ref_release(sender);
    return code;
}

static int on_send(void *self, const void *value, sabir_context *context) {
    const struct Send *order = value;
    int64_t repeat = order->repeat.present ? order->repeat.value : 1;
    struct sabir_string *errors = NULL;
    struct Sent sent = {0};
    (void)self;
    for (int64_t i = 0; i < repeat; i++) {
        int code = send_once(sabir_context_manager(context), order);
        if (!code) {
            sent.ok++;
            continue;
        }
        struct sabir_string *longer = realloc(errors, (sent.errors.count + 1) * sizeof *errors);
        if (!longer) {
            free(errors);
            return SABIR_ENOMEM;
        }
        errors = longer;
        errors[sent.errors.count++] = SABIR_STR(port_error_name(code));
    }
    sent.errors.items = errors;
    int code = sabir_context_reply_value(context, Sent_type(), &sent);
    free(errors);
    return code;
}

int port_manage_driver(sabir_manager *manager) {
    sabir_actor *actor;
    if (!Address_type()) return SABIR_ENOMEM; /* Send contains it */
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, Send_type(), on_send);
    if (!code) code = sabir_manager_manage(manager, "driver", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
