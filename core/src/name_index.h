/*
 * Where the actor of a name stands in its manager's list. Names only come; none goes before all do.
 *
 *     hash -> place: | hash, number | free | hash, number | ...      open addressing, half full at most
 *
 * A place knows the hash of its name, so that neither a search nor growing looks at other actors: each of them would be a cache miss or two.
 * Whoever shares it holds a lock.
 */
#ifndef SB_NAME_INDEX_H
#define SB_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* `number` is the place in the list and one more; 0: free. */
struct sb_name_place {
    uint32_t hash;
    uint32_t number;
};

/* All zero is an empty one. */
struct sb_name_index {
    struct sb_name_place *places;
    size_t place_count; /* a power of two, or 0 */
};

uint32_t sb_name_hash(struct sb_text name);

/* Room for so many names, a power of two. false: no memory, and all is as it was. */
bool sb_name_index_grow(struct sb_name_index *index, size_t name_count);

/* There is room. */
void sb_name_index_add(struct sb_name_index *index, uint32_t hash, uint32_t number);

/* The number of the next name with that hash, 0: there is none. *at is the hash at first. */
uint32_t sb_name_index_next(const struct sb_name_index *index, uint32_t hash, size_t *at);

void sb_name_index_free(struct sb_name_index *index);

#endif
