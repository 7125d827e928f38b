/*
 * The rows of a type's table: read when the type is made, found by name when a payload is read.
 */
#ifndef SB_TYPE_FIELDS_H
#define SB_TYPE_FIELDS_H

#include "type.h"

/* Set the type's fields but for their offsets. SABIR_EINVAL with a detail that names the field, SABIR_ENOMEM; then what is there is for free. */
int sb_type_fields_make(sabir_type *type, const struct sabir_field *rows, size_t row_count);
void sb_type_fields_free(sabir_type *type);

#endif
