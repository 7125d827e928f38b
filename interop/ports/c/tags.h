/*
 * What the application saw, every scalar as a string beside its kind, so that nothing is lost on the way back:
 * {"t": "int", "v": "42"}, {"t": "list", "v": [...]}.
 *
 * Numbers are read into C's own types and written from them: a port that only copies bytes could not tell.
 */
#ifndef PORT_TAGS_H
#define PORT_TAGS_H

#include <sabir/sabir.h>

/* All return SABIR_OK or the error of a reader or writer. */
int port_tag_int64(sabir_json_writer *writer, int64_t value);
int port_tag_double(sabir_json_writer *writer, double value);
int port_tag_bool(sabir_json_writer *writer, bool value);
int port_tag_string(sabir_json_writer *writer, struct sabir_string value);

/* Any JSON text, tagged throughout. */
int port_tag_json(sabir_json_writer *writer, const char *json, size_t len_bytes);

/* Writes a NUL-terminated key. */
int port_key(sabir_json_writer *writer, const char *key);
int port_text(sabir_json_writer *writer, const char *text);

/* Reply with the writer's text as an open payload, and free the writer. */
int port_reply_written(sabir_context *context, const sabir_type *type, sabir_json_writer *writer);

#endif
