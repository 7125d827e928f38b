/*
 * Where the fields of a new type stand in its struct: as the rows say, or as a C compiler would place them.
 */
#ifndef SB_TYPE_LAYOUT_H
#define SB_TYPE_LAYOUT_H

#include "type.h"

/*
 * Place the type's fields, whose names and kinds are set, and set its size, alignment, levels and flatness. SABIR_EINVAL with a detail
 * that names the field.
 */
int sb_type_layout(sabir_type *type, const struct sabir_field *rows, size_t struct_size_bytes);

#endif
