/*
 * Tables of handlers that are equal are one: actors of one kind, however many, share the table that says what they handle.
 *
 *     spec -> handlers:  | type -> function | free | type -> function | ...      open addressing by the type's index
 *
 * A spec fills a table of its own; when it is managed, the table is exchanged for an equal one that somebody shares already, if there is one.
 */
#ifndef SB_HANDLER_TABLE_H
#define SB_HANDLER_TABLE_H

#include <sabir/actor.h>
#include <stddef.h>

#include "type.h"

/* `handle`, or `handle_message`; with the latter perhaps `handle_value`, for what carries no object. */
struct sb_handler {
    const sabir_type *type; /* NULL: a free place */
    sabir_handler handle;
    sabir_message_handler handle_message;
    sabir_value_handler handle_value;
    void *user_data;
};

/* A table of so many free places, the caller's; NULL without memory. */
struct sb_handler *sb_handler_table_new(size_t places);

/* Nobody writes to it any more: the table to use from now on, which may be another one. Any thread. */
struct sb_handler *sb_handler_table_share(struct sb_handler *table);

/* One user less; NULL is nothing. Any thread. */
void sb_handler_table_release(struct sb_handler *table);

#endif
