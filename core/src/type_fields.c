#include "type_fields.h"

#include "alloc.h"
#include "envelope.h"
#include "error.h"
#include "json_escape.h"
#include "kind.h"
#include "text_show.h"

#define COMPARED_FIELDS 12 /* up to here comparing one by one is as fast as searching */

/* ---- Making ------------------------------------------------------------------------------------------------------------ */

static int check_name(const sabir_type *type, const struct sabir_field *rows, size_t index) {
    struct sb_text name = sb_text_of(rows[index].name);
    if (!sb_name_is_valid(name))
        return sb_error(SABIR_EINVAL,
                        "type \"%s\", field %zu: a field's name is 1 to %d bytes of UTF-8 without control characters",
                        type->name.bytes, index + 1, SB_NAME_MAX_BYTES);
    for (size_t i = 0; i < index; i++)
        if (sb_text_equal(name, type->fields[i].name))
            return sb_error(SABIR_EINVAL, "type \"%s\": there are two fields \"%s\"", type->name.bytes, name.bytes);
    return SABIR_OK;
}

static int read_kind(const sabir_type *type, const struct sabir_field *row, struct sb_field *field) {
    if (!row->kind)
        return sb_error(SABIR_EINVAL, "type \"%s\", field \"%s\": its kind is NULL", type->name.bytes, row->name);
    struct sb_kind_fault fault;
    char shown[SB_SHOWN_LONG_BYTES];
    int error = sb_kind_parse(row->kind, &field->kind, &fault);
    if (error == SABIR_EINVAL)
        return sb_error(error, "type \"%s\", field \"%s\", kind \"%s\", column %zu: %s", type->name.bytes, row->name,
                        sb_text_show(sb_text_of(row->kind), shown, sizeof shown), fault.column, fault.reason);
    return error;
}

/* "\"name\":" as it is written in front of each value. */
static struct sb_text make_key(struct sb_text name) {
    size_t len_bytes = sb_json_escaped_len_bytes(name) + 3;
    char *key = sb_alloc(len_bytes);
    if (!key) return (struct sb_text){NULL, 0};
    key[0] = '"';
    char *end = sb_json_escape(name, key + 1);
    end[0] = '"';
    end[1] = ':';
    return (struct sb_text){key, len_bytes};
}

static void make_key_word(struct sb_field *field) {
    size_t len_bytes = field->key.len_bytes < sizeof field->key_word ? field->key.len_bytes : sizeof field->key_word;
    field->key_word = field->key_mask = 0;
    memcpy(&field->key_word, field->key.bytes, len_bytes);
    memset(&field->key_mask, 0xff, len_bytes);
}

static int read_row(const sabir_type *type, const struct sabir_field *rows, size_t index, struct sb_field *field) {
    int error = check_name(type, rows, index);
    if (!error) error = read_kind(type, &rows[index], field);
    if (error == SABIR_EINVAL) return error;
    if (!error) {
        struct sb_text name = sb_text_of(rows[index].name);
        field->name = (struct sb_text){sb_strndup(name.bytes, name.len_bytes), name.len_bytes};
        field->kind_text = sb_kind_text(field->kind);
        field->key = make_key(name);
        error = field->name.bytes && field->kind_text && field->key.bytes ? SABIR_OK : SABIR_ENOMEM;
        if (!error) make_key_word(field);
    }
    return error ? sb_error(error, "no memory for the type \"%s\"", type->name.bytes) : SABIR_OK;
}

/* By length first: most comparisons end there. */
static int compare_names(struct sb_text a, struct sb_text b) {
    if (a.len_bytes != b.len_bytes) return a.len_bytes < b.len_bytes ? -1 : 1;
    return memcmp(a.bytes, b.bytes, a.len_bytes);
}

/* Insertion: once per type, and a table is often nearly in order of length. */
static void sort(uint16_t *sorted, const struct sb_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && compare_names(fields[i].name, fields[sorted[at - 1]].name) < 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = (uint16_t)i;
    }
}

int sb_type_fields_make(sabir_type *type, const struct sabir_field *rows, size_t row_count) {
    struct sb_field *fields = sb_alloc_zero(row_count, sizeof *fields);
    uint16_t *sorted = row_count > COMPARED_FIELDS ? sb_alloc_zero(row_count, sizeof *sorted) : NULL;
    type->fields = fields;
    type->sorted = sorted;
    if (!fields || (row_count > COMPARED_FIELDS && !sorted))
        return sb_error(SABIR_ENOMEM, "no memory for the type \"%s\"", type->name.bytes);
    type->field_count = row_count;
    for (size_t i = 0; i < row_count; i++) {
        int error = read_row(type, rows, i, &fields[i]);
        if (error) return error;
    }
    if (sorted) sort(sorted, fields, row_count);
    return SABIR_OK;
}

static void free_constant(const void *block) {
    sb_free((void *)(uintptr_t)block);
}

void sb_type_fields_free(sabir_type *type) {
    for (size_t i = 0; i < type->field_count; i++) {
        const struct sb_field *field = &type->fields[i];
        free_constant(field->name.bytes);
        free_constant(field->kind_text);
        free_constant(field->key.bytes);
        sb_kind_free(field->kind);
    }
    free_constant(type->fields);
    free_constant(type->sorted);
}

/* ---- Finding ----------------------------------------------------------------------------------------------------------- */

static size_t search(const sabir_type *type, struct sb_text name) {
    size_t low = 0, high = type->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names(name, type->fields[type->sorted[middle]].name);
        if (order == 0) return type->sorted[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return type->field_count;
}

size_t sb_type_field_find(const sabir_type *type, struct sb_text name, size_t guess) {
    if (guess < type->field_count && sb_text_equal(type->fields[guess].name, name)) return guess;
    if (type->sorted) return search(type, name);
    for (size_t i = 0; i < type->field_count; i++)
        if (sb_text_equal(type->fields[i].name, name)) return i;
    return type->field_count;
}
