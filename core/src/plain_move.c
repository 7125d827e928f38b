#include <string.h>

#include "plain.h"

/* What stands on the desk stands in the block at the same distance from its beginning. */
struct move {
    const char *desk;
    char *block;
    char *bytes; /* the next free byte for strings */
};

static void move_values(struct move *move, const sabir_type *type, char *values, size_t count, size_t stride_bytes);

/* Most strings are short, and a call of memcpy longer than they are. */
static inline void copy_bytes(char *to, const char *from, size_t len_bytes) {
    if (len_bytes > 16 || len_bytes < 4) {
        memcpy(to, from, len_bytes);
    } else if (len_bytes >= 8) {
        memcpy(to, from, 8);
        memcpy(to + len_bytes - 8, from + len_bytes - 8, 8);
    } else {
        memcpy(to, from, 4);
        memcpy(to + len_bytes - 4, from + len_bytes - 4, 4);
    }
}

static void move_strings(struct move *move, char *strings, size_t count, size_t stride_bytes) {
    char *bytes = move->bytes;
    for (; count > 0; count--, strings += stride_bytes) {
        struct sabir_string *string = (struct sabir_string *)(void *)strings;
        size_t len_bytes = string->len_bytes;
        if (len_bytes > 0) copy_bytes(bytes, string->bytes, len_bytes);
        string->bytes = len_bytes > 0 ? bytes : NULL; /* an empty text needs no address */
        bytes += len_bytes;
    }
    move->bytes = bytes;
}

static void move_list(struct move *move, const struct sb_kind *item, struct sabir_list *list) {
    if (list->count == 0) return;
    char *items = move->block + ((const char *)list->items - move->desk);
    list->items = items;
    if (item->code == SB_KIND_STRING)
        move_strings(move, items, list->count, item->size_bytes);
    else if (!item->is_flat)
        move_values(move, item->type, items, list->count, item->size_bytes);
}

/* The structs are where they belong; now what they point to, field by field. */
static void move_values(struct move *move, const sabir_type *type, char *values, size_t count, size_t stride_bytes) {
    const struct sb_field *end = type->fields + type->field_count;
    for (const struct sb_field *field = type->fields; field != end; field++) {
        const struct sb_kind *kind = field->kind;
        char *members = values + field->offset_bytes;
        if (kind->is_flat) continue;
        if (kind->code == SB_KIND_STRING)
            move_strings(move, members, count, stride_bytes);
        else if (kind->code == SB_KIND_STRUCT)
            move_values(move, kind->type, members, count, stride_bytes);
        else
            move_list(move, kind->item, (struct sabir_list *)(void *)members); /* one: items hold no lists */
    }
}

void sb_plain_move(const sabir_type *type, const void *desk, const struct sb_plain_room *room, void *block) {
    size_t on_desk_bytes = sb_plain_on_desk_bytes(type, room);
    struct move move = {desk, block, (char *)block + on_desk_bytes};
    memcpy(block, desk, on_desk_bytes);
    if (!type->is_flat) move_values(&move, type, block, 1, 0);
}
