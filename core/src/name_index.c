#include "name_index.h"

#include "alloc.h"

#define PLACES_PER_NAME 2

uint32_t sb_name_hash(struct sb_text name) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < name.len_bytes; i++) hash = (hash ^ (unsigned char)name.bytes[i]) * 1099511628211u;
    return (uint32_t)(hash ^ hash >> 32);
}

void sb_name_index_add(struct sb_name_index *index, uint32_t hash, uint32_t number) {
    size_t mask = index->place_count - 1, at = hash & mask;
    while (index->places[at].number != 0) at = (at + 1) & mask;
    index->places[at] = (struct sb_name_place){hash, number};
}

bool sb_name_index_grow(struct sb_name_index *index, size_t name_count) {
    struct sb_name_index grown = {.place_count = name_count * PLACES_PER_NAME};
    grown.places = sb_alloc_zero(grown.place_count, sizeof *grown.places);
    if (!grown.places) return false;
    for (size_t i = 0; i < index->place_count; i++)
        if (index->places[i].number != 0) sb_name_index_add(&grown, index->places[i].hash, index->places[i].number);
    sb_name_index_free(index);
    *index = grown;
    return true;
}

uint32_t sb_name_index_next(const struct sb_name_index *index, uint32_t hash, size_t *at) {
    if (index->place_count == 0) return 0;
    for (;;) {
        const struct sb_name_place *place = &index->places[(*at)++ & (index->place_count - 1)];
        if (place->number == 0 || place->hash == hash) return place->number;
    }
}

void sb_name_index_free(struct sb_name_index *index) {
    sb_free(index->places);
}
