/*
 * The types that come with the library: static tables, so that they are there before anything else and need no memory.
 */
#ifndef SB_TYPE_BUILTIN_H
#define SB_TYPE_BUILTIN_H

#include "type.h"

#define SB_TYPE_BUILTIN_COUNT 7

/* The built-in at `index`; the registry puts it in its buckets. */
sabir_type *sb_type_builtin(size_t index);

/* What a name is to the protocol, whether it is a type yet or kept for later; SB_BUILTIN_NONE for all others. */
enum sb_builtin sb_type_builtin_of(struct sb_text name);

#endif
