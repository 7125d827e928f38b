/*
 * A row may say where its field stands, because only the compiler of that struct knows; then it is checked, since a wrong offset would
 * be somebody else's memory.
 */
#include "type_layout.h"

#include "error.h"

#define WORDS_MOST_BYTES 64

static size_t align_up(size_t offset_bytes, size_t align_bytes) {
    return (offset_bytes + align_bytes - 1) / align_bytes * align_bytes;
}

/* What does not depend on where the fields stand. */
static void sum_up(sabir_type *type, const struct sb_field *fields) {
    type->is_flat = true;
    type->is_always_valid = true;
    type->is_plain = type->field_count > 0;
    type->align_bytes = 1;
    type->level_count = 1;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct sb_kind *kind = fields[i].kind;
        if (kind->align_bytes > type->align_bytes) type->align_bytes = kind->align_bytes;
        if (kind->level_count + 1 > type->level_count) type->level_count = kind->level_count + 1;
        type->is_flat = type->is_flat && kind->is_flat;
        type->is_always_valid = type->is_always_valid && kind->is_always_valid;
        type->has_items = type->has_items || kind->has_items;
        type->is_plain = type->is_plain && kind->is_plain;
    }
}

/* Fields do not overlap: what they do not fill is padding. */
static bool is_padded(const sabir_type *type, const struct sb_field *fields) {
    size_t filled_bytes = 0;
    for (size_t i = 0; i < type->field_count; i++) filled_bytes += fields[i].kind->size_bytes;
    return filled_bytes != type->size_bytes;
}

/* As a C compiler: each behind the last one, at the next multiple of its alignment. */
static int place_automatically(sabir_type *type, struct sb_field *fields) {
    size_t end_bytes = 0;
    for (size_t i = 0; i < type->field_count; i++) {
        fields[i].offset_bytes = align_up(end_bytes, fields[i].kind->align_bytes);
        end_bytes = fields[i].offset_bytes + fields[i].kind->size_bytes;
        if (end_bytes > SB_TYPE_MAX_BYTES)
            return sb_error(SABIR_EINVAL, "type \"%s\", field \"%s\": the struct would be larger than %zu bytes",
                            type->name.bytes, fields[i].name.bytes, SB_TYPE_MAX_BYTES);
    }
    type->size_bytes = align_up(end_bytes, type->align_bytes);
    return SABIR_OK;
}

static int check_overlap(const sabir_type *type, const struct sb_field *fields, size_t index) {
    const struct sb_field *field = &fields[index];
    for (size_t i = 0; i < index; i++) {
        if (field->offset_bytes >= fields[i].offset_bytes + fields[i].kind->size_bytes ||
            fields[i].offset_bytes >= field->offset_bytes + field->kind->size_bytes)
            continue;
        return sb_error(SABIR_EINVAL, "type \"%s\", field \"%s\": at offset %zu it overlaps the field \"%s\"",
                        type->name.bytes, field->name.bytes, field->offset_bytes, fields[i].name.bytes);
    }
    return SABIR_OK;
}

static int check_place(const sabir_type *type, const struct sb_field *field, size_t size_bytes) {
    const char *name = type->name.bytes, *field_name = field->name.bytes;
    if (size_bytes != field->kind->size_bytes)
        return sb_error(SABIR_EINVAL, "type \"%s\", field \"%s\": a value of kind %s has %zu bytes, the row says %zu",
                        name, field_name, field->kind_text, field->kind->size_bytes, size_bytes);
    if (field->offset_bytes % field->kind->align_bytes != 0)
        return sb_error(SABIR_EINVAL,
                        "type \"%s\", field \"%s\": offset %zu is no multiple of %zu, the alignment of %s", name,
                        field_name, field->offset_bytes, field->kind->align_bytes, field->kind_text);
    if (field->offset_bytes > type->size_bytes || size_bytes > type->size_bytes - field->offset_bytes)
        return sb_error(SABIR_EINVAL,
                        "type \"%s\", field \"%s\": offset %zu and size %zu exceed the struct's %zu bytes", name,
                        field_name, field->offset_bytes, size_bytes, type->size_bytes);
    return SABIR_OK;
}

static int place_as_told(sabir_type *type, struct sb_field *fields, const struct sabir_field *rows) {
    if (type->size_bytes > SB_TYPE_MAX_BYTES)
        return sb_error(SABIR_EINVAL, "type \"%s\": the struct has %zu bytes, more than %zu", type->name.bytes,
                        type->size_bytes, SB_TYPE_MAX_BYTES);
    for (size_t i = 0; i < type->field_count; i++) {
        fields[i].offset_bytes = rows[i].offset_bytes;
        int error = check_place(type, &fields[i], rows[i].size_bytes);
        if (!error) error = check_overlap(type, fields, i);
        if (error) return error;
    }
    if (type->size_bytes % type->align_bytes != 0)
        return sb_error(SABIR_EINVAL,
                        "type \"%s\": the struct's %zu bytes are no multiple of its alignment %zu; pass sizeof",
                        type->name.bytes, type->size_bytes, type->align_bytes);
    return SABIR_OK;
}

int sb_type_layout(sabir_type *type, const struct sabir_field *rows, size_t struct_size_bytes) {
    struct sb_field *fields = (struct sb_field *)(uintptr_t)type->fields; /* ours until the type is published */
    sum_up(type, fields);
    /* Every language has its own idea of an empty struct; it is one byte here, so that their tables are equal. */
    type->size_bytes = type->field_count == 0 ? 1 : struct_size_bytes;
    if (type->field_count == 0) return SABIR_OK;
    bool is_automatic = rows[0].offset_bytes == SABIR_OFFSET_AUTO;
    for (size_t i = 1; i < type->field_count; i++)
        if ((rows[i].offset_bytes == SABIR_OFFSET_AUTO) != is_automatic)
            return sb_error(SABIR_EINVAL, "type \"%s\", field \"%s\": SABIR_OFFSET_AUTO stands in all rows or in none",
                            type->name.bytes, fields[i].name.bytes);
    int error = is_automatic ? place_automatically(type, fields) : place_as_told(type, fields, rows);
    type->is_padded = is_padded(type, fields);
    if (type->is_always_valid && type->size_bytes % sizeof(uint64_t) == 0 && type->size_bytes <= WORDS_MOST_BYTES)
        type->word_bytes = type->size_bytes;
    return error;
}
