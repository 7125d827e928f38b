/*
 * A snapshot for people: whatever its JSON holds, in aligned columns. What a later release counts besides appears by itself.
 *
 *     "key": scalar        a line on top
 *     "key": [{...} ...]   a table of its own, the members' names as headings
 *     "key": {...}         one line for each member that is not 0
 */
#ifndef SB_SNAPSHOT_TABLE_H
#define SB_SNAPSHOT_TABLE_H

#include "buffer.h"

/* `json` is what a snapshot wrote. SABIR_ENOMEM. */
int sb_snapshot_table(const char *json, struct sb_buffer *out);

#endif
