#include "message.h"

#include <string.h>

#include "alloc.h"
#include "codec.h"
#include "error.h"
#include "json_reader.h"
#include "pool.h"
#include "words.h"

/* The envelope is level 1 of what LIM-1 counts, so the payload has one level less. */
#define PAYLOAD_MAX_DEPTH (SB_ENVELOPE_MAX_DEPTH - 1)

/* ---- Making --------------------------------------------------------------------------------------------------------- */

static SB_HOT sabir_message *node_new(const sabir_type *type) {
    sabir_message *message = sb_pool_take();
    if (!message) return NULL;
    message->type = type;
    message->sender = NULL;
    message->value = NULL;
    message->extra = NULL;
    message->sender_counted = false;
    message->value_is_block = false;
    message->is_checked = false;
    message->from_wire = false;
    message->control = SB_CONTROL_NONE;
    message->ahead = 0;
    return message;
}

sabir_message *sb_message_new_words(const sabir_type *type, const void *value) {
    sabir_message *message = node_new(type);
    if (!message) return NULL;
    message->value = message->payload;
    sb_words_copy(message->payload, value, type->word_bytes);
    return message;
}

/* The extra part of a message that carries an object lies where others have a small value: nothing to allocate. */
_Static_assert(sizeof(struct sb_extra) <= SB_MESSAGE_INLINE_BYTES, "the extra part fits a node");

static struct sb_extra *extra_inside(sabir_message *message) {
    message->extra = (struct sb_extra *)(void *)message->payload;
    *message->extra = (struct sb_extra){0};
    return message->extra;
}

static bool extra_is_inside(const sabir_message *message) {
    return (const void *)message->extra == message->payload;
}

static struct sb_extra *extra_make(sabir_message *message) {
    if (!message->extra) message->extra = sb_alloc_zero(1, sizeof *message->extra);
    return message->extra;
}

/* An open type's value is its text: point the inline struct at it. */
static void value_is_text(sabir_message *message) {
    struct sabir_json text = {message->extra->json, message->extra->json_len_bytes};
    memcpy(message->payload, &text, sizeof text);
    message->value = message->payload;
}

static int no_memory(const sabir_type *type) {
    return sb_error(SABIR_ENOMEM, "no memory for a message of type '%s'", type->name.bytes);
}

/* The text right behind the extra part, NUL-terminated: one block for both, as each message from the wire needs them. */
static int copy_text(sabir_message *message, struct sb_text json) {
    struct sb_extra *extra = sb_alloc(sizeof *extra + json.len_bytes + 1);
    if (!extra) return no_memory(message->type);
    memset(extra, 0, sizeof *extra);
    extra->json = (char *)(extra + 1);
    memcpy(extra->json, json.bytes, json.len_bytes);
    extra->json[json.len_bytes] = '\0';
    extra->json_len_bytes = json.len_bytes;
    message->extra = extra;
    return SABIR_OK;
}

static int copy_value(sabir_message *message, const void *value) {
    const sabir_type *type = message->type;
    size_t len_bytes = !value || type->is_flat ? type->size_bytes : sb_value_len_bytes(type, value);
    message->value = message->payload;
    if (len_bytes > SB_MESSAGE_INLINE_BYTES) {
        message->value = sb_alloc(len_bytes);
        if (!message->value) return no_memory(type);
        message->value_is_block = true;
    }
    if (!value)
        memset(message->value, 0, len_bytes);
    else if (type->is_flat)
        memcpy(message->value, value, len_bytes);
    else
        sb_value_copy(type, value, message->value);
    return SABIR_OK;
}

static int new_from(const sabir_type *type, const void *value, struct sb_text json, sabir_message **message) {
    sabir_message *made = node_new(type);
    if (!made) return no_memory(type);
    int code = json.bytes ? copy_text(made, json) : copy_value(made, value);
    if (code != SABIR_OK) {
        sabir_message_free(made);
        return code;
    }
    *message = made;
    return SABIR_OK;
}

int sb_message_new_value(const sabir_type *type, const void *value, sabir_message **message) {
    return new_from(type, value, (struct sb_text){NULL, 0}, message);
}

/* The struct into the node itself: no block, no text. false: it does not fit, there or the type; the text will tell. */
static bool decode_inline(sabir_message *message, struct sb_text json) {
    const sabir_type *type = message->type;
    if (!type->is_flat || type->field_count == 0 || type->size_bytes > SB_MESSAGE_INLINE_BYTES) return false;
    if (sb_decode_flat(type, json, message->payload) != SABIR_OK) return false;
    message->value = message->payload;
    return true;
}

int sb_message_new_wire(const sabir_type *type, struct sb_text json, bool prefers_text, sabir_message **message) {
    sabir_message *made = node_new(type);
    if (!made) return no_memory(type);
    made->from_wire = true;
    int code = !prefers_text && decode_inline(made, json) ? SABIR_OK : copy_text(made, json);
    if (code == SABIR_OK)
        *message = made;
    else
        sabir_message_free(made);
    return code;
}

int sb_message_new_wire_value(const sabir_type *type, const void *desk, const struct sb_plain_room *room,
                              sabir_message **message) {
    size_t len_bytes = sb_plain_block_bytes(type, room);
    sabir_message *made = node_new(type);
    if (!made) return no_memory(type);
    made->from_wire = true;
    made->value = made->payload;
    if (len_bytes > SB_MESSAGE_INLINE_BYTES) {
        made->value = sb_alloc(len_bytes);
        made->value_is_block = made->value != NULL;
        if (!made->value) {
            sabir_message_free(made);
            return no_memory(type);
        }
    }
    sb_plain_move(type, desk, room, made->value);
    *message = made;
    return SABIR_OK;
}

/* Start, Timeout, LinkDown and Down say what the core saw; nobody else may say it. */
static bool is_core_only(const sabir_type *type) {
    return type->builtin != SB_BUILTIN_NONE && type->builtin != SB_BUILTIN_SHUTDOWN &&
           type->builtin != SB_BUILTIN_REJECT && type->builtin != SB_BUILTIN_CONTINUE;
}

static int check_arguments(const sabir_type *type, sabir_message **message) {
    if (!type) return sb_type_missing("the message's type");
    if (!message) return sb_error(SABIR_EINVAL, "there is nowhere to put the message: the last argument is NULL");
    *message = NULL;
    if (is_core_only(type)) return sb_error(SABIR_ERESERVED, "only the core itself sends '%s'", type->name.bytes);
    return SABIR_OK;
}

static int check_text(struct sb_text json) {
    if (json.len_bytes > SB_ENVELOPE_MAX_BYTES)
        return sb_error(SABIR_ETOOBIG, "a payload of %zu bytes exceeds an envelope's %zu", json.len_bytes,
                        SB_ENVELOPE_MAX_BYTES);
    struct sb_fault fault;
    int code = sb_json_check(json, PAYLOAD_MAX_DEPTH, &fault);
    if (code == SABIR_EMALFORMED)
        return sb_error(code, "the payload breaks %s at byte %zu: %s", fault.clause, fault.offset_bytes, fault.reason);
    if (code != SABIR_OK) return code;
    size_t at = 0;
    while (json.bytes[at] == ' ' || json.bytes[at] == '\t' || json.bytes[at] == '\n' || json.bytes[at] == '\r') at++;
    if (json.bytes[at] != '{') return sb_error(SABIR_EMALFORMED, "the payload breaks ENV-8: it is not an object");
    return SABIR_OK;
}

int sabir_message_new(const sabir_type *type, const void *value, sabir_message **message) {
    int code = check_arguments(type, message);
    if (code != SABIR_OK) return code;
    if (type->is_open) {
        struct sb_text json = SB_TEXT("{}");
        if (value) memcpy(&json, value, sizeof json);
        return sabir_message_new_json(type, json.bytes, json.len_bytes, message);
    }
    if (value && !type->is_always_valid && (code = sb_value_check(type, value)) != SABIR_OK) return code;
    return sb_message_new_value(type, value, message);
}

int sabir_message_new_json(const sabir_type *type, const char *json, size_t len_bytes, sabir_message **message) {
    int code = check_arguments(type, message);
    if (code != SABIR_OK) return code;
    if (!json) return sb_error(SABIR_EINVAL, "the payload's text is NULL");
    struct sb_text text = {json, len_bytes};
    code = check_text(text);
    if (code == SABIR_OK) code = sb_check(type, text);
    if (code == SABIR_OK && !type->is_open) code = sb_check_numbers(text);
    if (code == SABIR_OK) code = new_from(type, NULL, text, message);
    if (code == SABIR_OK) (*message)->is_checked = true;
    return code;
}

int sabir_message_new_object(const sabir_type *type, const void *language, void *object, void (*drop)(void *object),
                             sabir_message **message) {
    int code = check_arguments(type, message);
    if (code == SABIR_OK && !language) code = sb_error(SABIR_EINVAL, "the object's language is NULL");
    sabir_message *made = code == SABIR_OK ? node_new(type) : NULL;
    if (code == SABIR_OK && !made) code = no_memory(type);
    if (code != SABIR_OK) {
        if (drop) drop(object);
        return code;
    }
    struct sb_extra *extra = extra_inside(made);
    extra->language = language;
    extra->object = object;
    extra->drop = drop;
    *message = made;
    return SABIR_OK;
}

static SB_COLD void free_parts(sabir_message *message) {
    struct sb_extra *extra = message->extra;
    if (extra) {
        if (extra->language && extra->drop) extra->drop(extra->object);
        if (extra->json != (char *)(extra + 1)) sb_free(extra->json);
        sb_free(extra->meta);
        if (!extra_is_inside(message)) sb_free(extra);
    }
    if (message->value_is_block) sb_free(message->value);
    if (message->sender_counted) sabir_ref_release(message->sender);
}

void sabir_message_free(sabir_message *message) {
    if (!message) return;
    if (message->extra || message->value_is_block || message->sender_counted) free_parts(message);
    sb_pool_give(message);
}

/* ---- Forms ---------------------------------------------------------------------------------------------------------- */

const sabir_type *sabir_message_type(const sabir_message *message) {
    return message->type;
}

static bool has_text(const sabir_message *message) {
    return message->extra && message->extra->json;
}

static struct sb_text text_of(const sabir_message *message) {
    return (struct sb_text){message->extra->json, message->extra->json_len_bytes};
}

static int carries_object(const sabir_message *message) {
    return sb_error(SABIR_EMISMATCH, "a message of type '%s' carries an object of another language",
                    message->type->name.bytes);
}

int sabir_message_check(sabir_message *message) {
    if (message->is_checked || !has_text(message)) return SABIR_OK;
    int code = sb_check(message->type, text_of(message));
    message->is_checked = code == SABIR_OK;
    return code;
}

int sabir_message_value_get(sabir_message *message, const sabir_type *type, const void **value) {
    if (message->type != type)
        return sb_error(SABIR_EMISMATCH, "the message is of type '%s', not '%s'", message->type->name.bytes,
                        type ? type->name.bytes : "NULL");
    if (!message->value) {
        if (!has_text(message)) return carries_object(message);
        int code = SABIR_OK;
        if (type->is_open) {
            code = sabir_message_check(message);
            if (code == SABIR_OK) value_is_text(message);
        } else {
            code = sb_decode(type, text_of(message), &message->value);
            message->value_is_block = message->is_checked = code == SABIR_OK;
        }
        if (code != SABIR_OK) return code;
    }
    *value = message->value;
    return SABIR_OK;
}

int sb_message_json(sabir_message *message, struct sb_text *json) {
    if (!has_text(message)) {
        if (!message->value) return carries_object(message);
        struct sb_buffer out = SB_BUFFER_INIT;
        int code = sb_encode(message->type, message->value, &out);
        if (code == SABIR_OK && !extra_make(message)) code = no_memory(message->type);
        if (code != SABIR_OK) {
            sb_buffer_free(&out);
            return code;
        }
        message->extra->json = out.bytes;
        message->extra->json_len_bytes = out.len_bytes;
        message->is_checked = true;
    }
    *json = text_of(message);
    return SABIR_OK;
}

void sb_message_forget_text(sabir_message *message) {
    if (!has_text(message)) return;
    sb_free(message->extra->json);
    message->extra->json = NULL;
}

int sabir_message_json_get(sabir_message *message, const char **json, size_t *len_bytes) {
    struct sb_text text;
    int code = sb_message_json(message, &text);
    if (code != SABIR_OK) return code;
    *json = text.bytes;
    *len_bytes = text.len_bytes;
    return SABIR_OK;
}

void *sabir_message_object_get(const sabir_message *message, const void *language) {
    const struct sb_extra *extra = message->extra;
    return language && extra && extra->language == language ? extra->object : NULL;
}

void *sabir_message_object_take(sabir_message *message, const void *language) {
    void *object = sabir_message_object_get(message, language);
    if (object) message->extra->drop = NULL;
    return object;
}

/* ---- What goes with it ---------------------------------------------------------------------------------------------- */

struct sb_meta *sb_message_meta_make(sabir_message *message) {
    if (!extra_make(message)) return NULL;
    if (!message->extra->meta) message->extra->meta = sb_alloc_zero(1, sizeof *message->extra->meta);
    return message->extra->meta;
}

const struct sb_meta *sb_message_meta(const sabir_message *message) {
    return message->extra ? message->extra->meta : NULL;
}

void sb_message_set_sender(sabir_message *message, sabir_ref *sender) {
    if (message->sender_counted) sabir_ref_release(message->sender);
    message->sender = sender ? sabir_ref_retain(sender) : NULL;
    message->sender_counted = sender != NULL;
}
