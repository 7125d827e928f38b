/*
 * Deep copies. The copy is one block that is filled from front to back, in the order of a walk over the value; measuring is the same walk
 * with nothing at its end, so the two cannot disagree.
 *
 *     | struct | what its first field reaches | what its second field reaches | ...
 */
#include "codec.h"
#include "type.h"

#define ITEM_ALIGN_BYTES 8 /* no kind needs more */

struct copier {
    char *block; /* NULL: measure only */
    size_t used_bytes;
};

static void copy_beyond(struct copier *copier, const struct sb_kind *kind, const void *from, void *to);
static void copy_beyond_struct(struct copier *copier, const sabir_type *type, const void *from, void *to);

/* Copy `len_bytes` bytes to the end of the block; where they are, NULL when measuring or when there are none. */
static void *append(struct copier *copier, const void *bytes, size_t len_bytes, size_t align_bytes) {
    if (len_bytes == 0) return NULL;
    size_t at = (copier->used_bytes + align_bytes - 1) / align_bytes * align_bytes;
    copier->used_bytes = at + len_bytes;
    if (!copier->block) return NULL;
    return memcpy(copier->block + at, bytes, len_bytes);
}

static void *append_items(struct copier *copier, const struct sb_kind *item, const void *items, size_t count) {
    char *copies = append(copier, items, count * item->size_bytes, ITEM_ALIGN_BYTES);
    for (size_t i = 0; i < count && !item->is_flat; i++)
        copy_beyond(copier, item, (const char *)items + i * item->size_bytes,
                    copies ? copies + i * item->size_bytes : NULL);
    return copies;
}

static void copy_text(struct copier *copier, const struct sabir_string *from, struct sabir_string *to) {
    const char *bytes = append(copier, from->bytes, from->len_bytes, 1);
    if (to) to->bytes = bytes;
}

static void copy_list(struct copier *copier, const struct sb_kind *item, const struct sabir_list *from,
                      struct sabir_list *to) {
    const void *items = append_items(copier, item, from->items, from->count);
    if (to) to->items = items;
}

static void copy_map(struct copier *copier, const struct sb_kind *item, const struct sabir_map *from,
                     struct sabir_map *to) {
    struct sabir_string *keys = append(copier, from->keys, from->count * sizeof *keys, ITEM_ALIGN_BYTES);
    for (size_t i = 0; i < from->count; i++) copy_text(copier, &from->keys[i], keys ? &keys[i] : NULL);
    const void *values = append_items(copier, item, from->values, from->count);
    if (!to) return;
    to->keys = keys;
    to->values = values;
}

/* An absent value is cleared: what its bytes point to is not ours. */
static void copy_optional(struct copier *copier, const struct sb_kind *kind, const char *from, char *to) {
    char *value = to ? to + kind->value_offset_bytes : NULL;
    if (*(const unsigned char *)from)
        copy_beyond(copier, kind->item, from + kind->value_offset_bytes, value);
    else if (value)
        memset(value, 0, kind->item->size_bytes);
}

/* `to` holds a copy of from's bytes (NULL when measuring): make its pointers point to copies too. */
static void copy_beyond(struct copier *copier, const struct sb_kind *kind, const void *from, void *to) {
    switch (kind->code) {
    case SB_KIND_STRING:
    case SB_KIND_BYTES:
    case SB_KIND_JSON:
        copy_text(copier, from, to);
        break;
    case SB_KIND_LIST:
        copy_list(copier, kind->item, from, to);
        break;
    case SB_KIND_MAP:
        copy_map(copier, kind->item, from, to);
        break;
    case SB_KIND_OPTIONAL:
        copy_optional(copier, kind, from, to);
        break;
    case SB_KIND_STRUCT:
        copy_beyond_struct(copier, kind->type, from, to);
        break;
    default:
        break;
    }
}

static void copy_beyond_struct(struct copier *copier, const sabir_type *type, const void *from, void *to) {
    for (size_t i = 0; i < type->field_count; i++) {
        const struct sb_field *field = &type->fields[i];
        if (field->kind->is_flat) continue;
        copy_beyond(copier, field->kind, (const char *)from + field->offset_bytes,
                    to ? (char *)to + field->offset_bytes : NULL);
    }
}

static void copy(struct copier *copier, const sabir_type *type, const void *value, void *to) {
    append(copier, value, type->size_bytes, 1);
    if (type->is_open)
        copy_text(copier, value, to);
    else if (!type->is_flat)
        copy_beyond_struct(copier, type, value, to);
}

size_t sb_value_len_bytes(const sabir_type *type, const void *value) {
    struct copier copier = {NULL, 0};
    copy(&copier, type, value, NULL);
    return copier.used_bytes;
}

void sb_value_copy(const sabir_type *type, const void *value, void *to) {
    if (type->is_flat) {
        memcpy(to, value, type->size_bytes);
        return;
    }
    struct copier copier = {to, 0};
    copy(&copier, type, value, to);
}
