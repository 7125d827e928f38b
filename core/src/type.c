/*
 * The registry. Readers follow a bucket's chain without a lock: a type is complete before its pointer is stored with release, and
 * neither it nor its chain changes afterwards, since new types go to the front.
 */
#include "type.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "envelope.h"
#include "error.h"
#include "kind.h"
#include "text_show.h"
#include "thread.h"
#include "type_builtin.h"
#include "type_fields.h"
#include "type_layout.h"

#define BUCKET_COUNT 1024u

static _Atomic(sabir_type *) buckets[BUCKET_COUNT];
static struct sb_mutex registry_mutex;
static uint32_t type_count; /* under the mutex */
static atomic_uint hold_count;

static _Atomic(sabir_type *) *bucket_of(struct sb_text name) {
    uint32_t hash = 2166136261u; /* FNV-1a; names come from programs, so nobody chooses collisions */
    for (size_t i = 0; i < name.len_bytes; i++) hash = (hash ^ (unsigned char)name.bytes[i]) * 16777619u;
    return &buckets[(hash ^ (hash >> 16)) % BUCKET_COUNT];
}

/* The caller holds the mutex, or is the loader of the library. */
static void publish_locked(sabir_type *type) {
    _Atomic(sabir_type *) *bucket = bucket_of(type->name);
    type->index = type_count++;
    type->next = atomic_load_explicit(bucket, memory_order_relaxed);
    atomic_store_explicit(bucket, type, memory_order_release); /* pairs with the acquire of sb_type_find */
}

static void free_type(sabir_type *type) {
    sb_type_fields_free(type);
    sb_free((void *)(uintptr_t)type->name.bytes);
    sb_free(type);
}

/* Priority 101: before and after everything that an application or a plugin may do when it is loaded and unloaded. */
__attribute__((constructor(101))) static void load_registry(void) {
    sb_mutex_init(&registry_mutex);
    for (size_t i = 0; i < SB_TYPE_BUILTIN_COUNT; i++) publish_locked(sb_type_builtin(i));
}

__attribute__((destructor(101))) static void unload_registry(void) {
    if (atomic_load_explicit(&hold_count, memory_order_acquire) > 0)
        return; /* a thread that exit() does not stop may still look at them */
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        sabir_type *type = atomic_exchange_explicit(&buckets[i], NULL, memory_order_acquire);
        while (type) {
            sabir_type *next = type->next;
            if (type->builtin == SB_BUILTIN_NONE) free_type(type);
            type = next;
        }
    }
    sb_mutex_free(&registry_mutex);
}

void sb_type_hold(void) {
    atomic_fetch_add_explicit(&hold_count, 1, memory_order_relaxed);
}

void sb_type_release(void) {
    atomic_fetch_sub_explicit(&hold_count, 1, memory_order_release); /* what the thread read comes before the freeing */
}

const sabir_type *sb_type_find(struct sb_text name) {
    const sabir_type *type = atomic_load_explicit(bucket_of(name), memory_order_acquire);
    while (type && !sb_text_equal(type->name, name)) type = type->next;
    return type;
}

const sabir_type *sabir_type_find(const char *name) {
    return name ? sb_type_find(sb_text_of(name)) : NULL;
}

static int check_name(struct sb_text name) {
    if (!sb_name_is_valid(name))
        return sb_error(SABIR_EINVAL, "a type's name is 1 to %d bytes of UTF-8 without control characters (ENV-6)",
                        SB_NAME_MAX_BYTES);
    if (sb_name_is_reserved(name))
        return sb_error(SABIR_ERESERVED, "type \"%s\": names that begin with \"sabir.\" are the protocol's own",
                        name.bytes);
    if (sb_type_builtin_of(name) == SB_BUILTIN_DOWN)
        return sb_error(SABIR_ERESERVED, "type \"%s\": the name is kept for a message of the library; choose another",
                        name.bytes);
    return SABIR_OK;
}

static int no_memory(struct sb_text name) {
    return sb_error(SABIR_ENOMEM, "no memory for the type \"%s\"", name.bytes);
}

/* A type that nobody sees yet. */
static int make(struct sb_text name, const struct sabir_field *rows, size_t row_count, size_t struct_size_bytes,
                sabir_type **made) {
    sabir_type *type = sb_alloc_zero(1, sizeof *type);
    if (!type) return no_memory(name);
    type->name = (struct sb_text){sb_strndup(name.bytes, name.len_bytes), name.len_bytes};
    int error = type->name.bytes ? SABIR_OK : no_memory(name);
    if (!error) error = sb_type_fields_make(type, rows, row_count);
    if (!error) error = sb_type_layout(type, rows, struct_size_bytes);
    if (error)
        free_type(type);
    else
        *made = type;
    return error;
}

static int make_open(struct sb_text name, sabir_type **made) {
    int error = make(name, NULL, 0, 0, made);
    if (!*made) return error;
    const struct sb_kind *json = &sb_kind_scalars[SB_KIND_JSON];
    (*made)->is_open = true;
    (*made)->is_flat = false;
    (*made)->is_always_valid = false;
    (*made)->size_bytes = json->size_bytes;
    (*made)->align_bytes = json->align_bytes;
    return SABIR_OK;
}

static int compare_field(const sabir_type *known, const sabir_type *made, size_t index) {
    const struct sb_field *old = &known->fields[index], *new = &made->fields[index];
    const char *type_name = known->name.bytes;
    if (!sb_text_equal(old->name, new->name))
        return sb_error(SABIR_EMISMATCH,
                        "type \"%s\" is registered with another table: field %zu is \"%s\" there, \"%s\" here",
                        type_name, index + 1, old->name.bytes, new->name.bytes);
    if (strcmp(old->kind_text, new->kind_text) != 0) {
        char shown[2][SB_SHOWN_LONG_BYTES];
        return sb_error(SABIR_EMISMATCH,
                        "type \"%s\" is registered with another table: field \"%s\" is %s there, %s here", type_name,
                        old->name.bytes, sb_text_show(sb_text_of(old->kind_text), shown[0], sizeof shown[0]),
                        sb_text_show(sb_text_of(new->kind_text), shown[1], sizeof shown[1]));
    }
    if (old->offset_bytes != new->offset_bytes)
        return sb_error(
            SABIR_EMISMATCH,
            "type \"%s\" is registered with another table: field \"%s\" stands at offset %zu there, %zu here",
            type_name, old->name.bytes, old->offset_bytes, new->offset_bytes);
    return SABIR_OK;
}

/* SABIR_EMISMATCH with the first difference, or SABIR_OK: `made` is no other type than `known`. */
static int compare(const sabir_type *known, const sabir_type *made) {
    const char *name = known->name.bytes;
    if (known->is_open != made->is_open)
        return sb_error(SABIR_EMISMATCH, "type \"%s\" is registered with %s, not with %s", name,
                        known->is_open ? "an open payload" : "a table of fields",
                        made->is_open ? "an open payload" : "a table of fields");
    for (size_t i = 0; i < known->field_count && i < made->field_count; i++) {
        int error = compare_field(known, made, i);
        if (error) return error;
    }
    if (known->field_count != made->field_count)
        return sb_error(SABIR_EMISMATCH,
                        "type \"%s\" is registered with another table: it has %zu fields there, %zu here", name,
                        known->field_count, made->field_count);
    if (known->size_bytes != made->size_bytes)
        return sb_error(SABIR_EMISMATCH,
                        "type \"%s\" is registered with another table: the struct has %zu bytes there, %zu here", name,
                        known->size_bytes, made->size_bytes);
    return SABIR_OK;
}

/* Publish `made`, or free it because an equal type was known already, or because it is at odds with the known one. */
static int publish_or_find(sabir_type *made, const sabir_type **type) {
    int error = SABIR_OK;
    sb_mutex_lock(&registry_mutex);
    const sabir_type *known = sb_type_find(made->name);
    if (!known) publish_locked(made);
    sb_mutex_unlock(&registry_mutex);
    if (known) {
        error = compare(known, made);
        free_type(made);
    }
    if (!error) *type = known ? known : made;
    return error;
}

/* ---- Registrations that failed ---------------------------------------------------------------------------------------- */

/* The macros of <sabir/type.h> give NULL for a type that was refused; whoever is handed that NULL can say why. */
static char last_refusal[512]; /* under the registry's mutex */

static int refused(int error) {
    if (error == SABIR_OK) return SABIR_OK;
    sb_mutex_lock(&registry_mutex);
    (void)snprintf(last_refusal, sizeof last_refusal, "%s", sb_error_detail());
    sb_mutex_unlock(&registry_mutex);
    return error;
}

int sb_type_missing(const char *what) {
    char refusal[sizeof last_refusal];
    sb_mutex_lock(&registry_mutex);
    memcpy(refusal, last_refusal, sizeof refusal);
    sb_mutex_unlock(&registry_mutex);
    if (!refusal[0]) return sb_error(SABIR_EINVAL, "%s is NULL", what);
    return sb_error(SABIR_EINVAL, "%s is NULL; the last registration that failed says: %s", what, refusal);
}

/* ---- Registering ------------------------------------------------------------------------------------------------------- */

static int register_table(const char *name, const struct sabir_field *fields, size_t field_count,
                          size_t struct_size_bytes, const sabir_type **type) {
    if (!name || !type || (!fields && field_count > 0))
        return sb_error(SABIR_EINVAL, "%s is NULL", !name ? "name" : !type ? "type" : "fields");
    struct sb_text name_text = sb_text_of(name);
    int error = check_name(name_text);
    if (error) return error;
    if (field_count > SB_TYPE_MAX_FIELDS)
        return sb_error(SABIR_EINVAL, "type \"%s\": %zu fields are more than %d", name, field_count,
                        SB_TYPE_MAX_FIELDS);
    sabir_type *made = NULL;
    error = make(name_text, fields, field_count, struct_size_bytes, &made);
    return made ? publish_or_find(made, type) : error;
}

static int register_open(const char *name, const sabir_type **type) {
    if (!name || !type) return sb_error(SABIR_EINVAL, "%s is NULL", !name ? "name" : "type");
    int error = check_name(sb_text_of(name));
    if (error) return error;
    sabir_type *made = NULL;
    error = make_open(sb_text_of(name), &made);
    return made ? publish_or_find(made, type) : error;
}

int sabir_type_register(const char *name, const struct sabir_field *fields, size_t field_count,
                        size_t struct_size_bytes, const sabir_type **type) {
    return refused(register_table(name, fields, field_count, struct_size_bytes, type));
}

int sabir_type_register_open(const char *name, const sabir_type **type) {
    return refused(register_open(name, type));
}

const char *sabir_type_name(const sabir_type *type) {
    return type ? type->name.bytes : NULL;
}

size_t sabir_type_size_bytes(const sabir_type *type) {
    return type ? type->size_bytes : 0;
}

bool sabir_type_is_open(const sabir_type *type) {
    return type && type->is_open;
}

size_t sabir_type_field_count(const sabir_type *type) {
    return type ? type->field_count : 0;
}

int sabir_type_field_get(const sabir_type *type, size_t index, struct sabir_field *field) {
    if (!type || !field) return sb_error(SABIR_EINVAL, "%s is NULL", type ? "field" : "type");
    if (index >= type->field_count)
        return sb_error(SABIR_EINVAL, "type \"%s\" has %zu fields; there is no row %zu (from 0)", type->name.bytes,
                        type->field_count, index);
    const struct sb_field *known = &type->fields[index];
    *field = (struct sabir_field){known->name.bytes, known->kind_text, known->offset_bytes, known->kind->size_bytes};
    return SABIR_OK;
}
