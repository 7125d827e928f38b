/*
 * A message: a type and its payload, in the form that its sender had.
 *
 *     value   the C struct of the type's table, deep-copied into the message
 *     json    the payload's text
 *     object  something of one language (a Python object, a Rust value), which only that language can look into
 *
 * A receiver asks for the form that it speaks; value and json are converted into each other when first asked for and kept.
 * A message belongs to one owner at a time and is not safe to share between threads.
 */
#ifndef SABIR_MESSAGE_H
#define SABIR_MESSAGE_H

#include <sabir/export.h>
#include <sabir/type.h>

typedef struct sabir_message sabir_message;

SABIR_BEGIN_DECLS

/**
 * Make a message from a struct.
 *
 * Shape    value: the type's struct; NULL: all zero (a type without fields, or every field empty).
 * Owner    everything that value reaches is copied before the call returns; the message is the caller's.
 * Threads  any
 * Errors   SABIR_EINVAL     type or message is NULL
 *          SABIR_ERESERVED  the type is a built-in one that only the core sends (Start, Timeout, LinkDown, Down)
 *          SABIR_EVALUE     NaN, an infinity, or a STRING or JSON that is not what it should be; the detail names the field
 *          SABIR_ETOOBIG    the payload would exceed the limit of an envelope
 *          SABIR_ENOMEM
 * Since    1.0
 * Source   docs/protocol.md NUM-2, TXT-1
 */
SABIR_API int sabir_message_new(const sabir_type *type, const void *value, sabir_message **message);

/**
 * Make a message from the text of its payload, which is read as strictly as one from the wire.
 *
 * Shape    json: one JSON object, len_bytes bytes, UTF-8.
 * Owner    json is copied; the message is the caller's.
 * Errors   SABIR_EINVAL, SABIR_ERESERVED, SABIR_ETOOBIG, SABIR_ENOMEM as sabir_message_new
 *          SABIR_EMALFORMED   not a JSON object as the protocol asks for
 *          SABIR_EBADPAYLOAD  it does not fit the type's fields, or holds a number that cannot be carried (NUM-1, NUM-3)
 * Since    1.0
 */
SABIR_API int sabir_message_new_json(const sabir_type *type, const char *json, size_t len_bytes,
                                     sabir_message **message);

/**
 * Make a message that carries an object of one language. It can be sent only to actors of the same language in this process.
 *
 * Shape    language: the address of something that only this copy of the binding has; see sabir_ref_language.
 * Owner    drop(object) is called exactly once, on whatever thread frees the message, and also when this call fails; drop may be NULL.
 * Errors   SABIR_EINVAL, SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_message_new_object(const sabir_type *type, const void *language, void *object,
                                       void (*drop)(void *object), sabir_message **message);

/** Free a message that was not sent; NULL is nothing. Since 1.0 */
SABIR_API void sabir_message_free(sabir_message *message);

/** The message's type, never NULL. Since 1.0 */
SABIR_API const sabir_type *sabir_message_type(const sabir_message *message);

/**
 * The payload as a C struct (struct sabir_json for an open type).
 *
 * Owner    borrowed: valid as long as the message.
 * Errors   SABIR_EMISMATCH    the message is of another type than `type`, or carries an object
 *          SABIR_EBADPAYLOAD  the text does not fit the type
 *          SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_message_value_get(sabir_message *message, const sabir_type *type, const void **value);

/**
 * The payload as JSON text.
 *
 * Owner    borrowed: valid as long as the message.
 * Errors   SABIR_EMISMATCH  the message carries an object
 *          SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_message_json_get(sabir_message *message, const char **json, size_t *len_bytes);

/** The object that the message carries if it is of `language`, else NULL; borrowed. Since 1.0 */
SABIR_API void *sabir_message_object_get(const sabir_message *message, const void *language);

/**
 * Move the object out of the message: `drop` will not be called. NULL if it carries none of `language`. Since 1.0
 */
SABIR_API void *sabir_message_object_take(sabir_message *message, const void *language);

/**
 * Fail with SABIR_EBADPAYLOAD if the payload does not fit the message's own type or holds a number that cannot be carried; the
 * detail says where. For bindings that decode the text themselves; SABIR_OK for values and objects. Since 1.0
 */
SABIR_API int sabir_message_check(sabir_message *message);

SABIR_END_DECLS

#endif
