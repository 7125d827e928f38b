/*
 * The plain form of a struct that holds numbers and truth values only, as this library writes it: every field in the order of the table,
 * nothing between them. It is written, and read with all that the strict reader demands, in one pass without tokens:
 *
 *     {"number":42,"price":1.5,"is_firm":true}
 *
 * A text that looks in any way otherwise is left to decode.c, a value that cannot be written to encode.c: they know why.
 */
#ifndef SB_PLAIN_H
#define SB_PLAIN_H

#include "type.h"

/* The most bytes that the plain form of a struct of these fields can have; 0: it has none. */
size_t sb_plain_max_bytes(const struct sb_field *fields, size_t field_count);

/* Read the object that `text` begins with; more may follow. Returns its length; 0: it is not of that form, *value is anything. */
size_t sb_plain_read(const sabir_type *type, struct sb_text text, void *value);

/* Write the value to `to`, which has room for type->plain_max_bytes. Returns the end; NULL: a number that is not finite. */
char *sb_plain_write(const sabir_type *type, const void *value, char *to);

#endif
