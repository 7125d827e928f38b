/*
 * From JSON text to a struct: the kinds that hold others, and the whole payload. Types without lists and maps are filled without
 * measuring, since what they reach is no longer than the text that it comes from.
 */
#include "alloc.h"
#include "codec.h"
#include "decoder.h"
#include "error.h"
#include "plain.h"

#define ITEM_ALIGN_BYTES 8
#define KEPT_COUNTS 32
#define MAX_VALUE_BYTES ((uint64_t)64 * 1024 * 1024) /* a text of 2 MiB could otherwise ask for gigabytes of structs */
#define SMALL_DESK_BYTES 2048
#define UNMEASURED_MAX_BYTES 4096 /* beyond this text it is worth while to measure: the block lives on */

/* How many items each list and map has, in the order in which they begin. */
struct sb_decoder_counts {
    uint32_t *list;
    size_t used;
    size_t capacity;
    uint32_t kept[KEPT_COUNTS];
};

static int decode_value(struct sb_decoder *decoder, const struct sb_kind *kind, void *to);

static int next(struct sb_decoder *decoder) {
    return sb_json_reader_next(&decoder->reader, &decoder->token);
}

/* ---- Room -------------------------------------------------------------------------------------------------------------- */

static char *take_items(struct sb_decoder *decoder, size_t count, size_t size_bytes) {
    uint64_t room = ((uint64_t)count * size_bytes + ITEM_ALIGN_BYTES - 1) / ITEM_ALIGN_BYTES * ITEM_ALIGN_BYTES;
    decoder->items_bytes += room;
    char *at = decoder->items_at;
    if (at) decoder->items_at += room;
    return at;
}

static void counts_init(struct sb_decoder_counts *counts) {
    counts->list = counts->kept;
    counts->used = 0;
    counts->capacity = KEPT_COUNTS;
}

static void counts_free(struct sb_decoder_counts *counts) {
    if (counts->list != counts->kept) sb_free(counts->list);
}

static bool counts_grow(struct sb_decoder_counts *counts) {
    bool is_kept = counts->list == counts->kept;
    uint32_t *grown = sb_realloc(is_kept ? NULL : counts->list, 2 * counts->capacity * sizeof *grown);
    if (!grown) return false;
    if (is_kept) memcpy(grown, counts->kept, sizeof counts->kept);
    counts->list = grown;
    counts->capacity *= 2;
    return true;
}

/* The place of the list that begins here. */
static int begin_count(struct sb_decoder *decoder, size_t *place) {
    struct sb_decoder_counts *counts = decoder->counts;
    if (!counts) return SABIR_OK;
    *place = counts->used++;
    if (decoder->is_measured || *place < counts->capacity) return SABIR_OK;
    return counts_grow(counts) ? SABIR_OK : SABIR_ENOMEM;
}

/* ---- What holds other values ------------------------------------------------------------------------------------------- */

static int decode_list(struct sb_decoder *decoder, const struct sb_kind *item, struct sabir_list *to) {
    if (decoder->token.event != SABIR_JSON_ARRAY_BEGIN) return sb_decoder_fail(decoder, "is not an array");
    size_t place = 0, count = 0, size_bytes = item->size_bytes;
    int error = begin_count(decoder, &place);
    if (error) return error;
    char *items = to ? take_items(decoder, decoder->counts->list[place], size_bytes) : NULL;
    for (;; count++) {
        error = next(decoder);
        if (error || decoder->token.event == SABIR_JSON_ARRAY_END) break;
        error = decode_value(decoder, item, items ? items + count * size_bytes : NULL);
        if (error) return sb_value_fault_in_item(&decoder->fault, error, count);
    }
    if (to) {
        to->items = count > 0 ? items : NULL;
        to->count = count;
    } else {
        take_items(decoder, count, size_bytes);
        if (decoder->counts) decoder->counts->list[place] = (uint32_t)count;
    }
    return error;
}

/* The value of a key; the last token is the key. */
static int decode_entry(struct sb_decoder *decoder, const struct sb_kind *item, struct sabir_string *key, void *value) {
    struct sb_text raw = decoder->token.raw;
    sb_decode_key(decoder, key);
    int error = next(decoder);
    if (!error) error = decode_value(decoder, item, value);
    return error ? sb_value_fault_in_key(&decoder->fault, error, raw) : SABIR_OK;
}

static int decode_map(struct sb_decoder *decoder, const struct sb_kind *item, struct sabir_map *to) {
    if (decoder->token.event != SABIR_JSON_OBJECT_BEGIN) return sb_decoder_fail(decoder, "is not an object");
    size_t place = 0, count = 0, size_bytes = item->size_bytes;
    int error = begin_count(decoder, &place);
    if (error) return error;
    size_t known = to ? decoder->counts->list[place] : 0;
    void *keys_room = to ? take_items(decoder, known, sizeof(struct sabir_string)) : NULL;
    struct sabir_string *keys = keys_room;
    char *values = to ? take_items(decoder, known, size_bytes) : NULL;
    for (;; count++) {
        error = next(decoder);
        if (error || decoder->token.event == SABIR_JSON_OBJECT_END) break;
        error = decode_entry(decoder, item, to ? &keys[count] : NULL, to ? values + count * size_bytes : NULL);
        if (error) return error;
    }
    if (to) {
        *to = count > 0 ? (struct sabir_map){keys, values, count} : (struct sabir_map){NULL, NULL, 0};
    } else {
        take_items(decoder, count, sizeof(struct sabir_string));
        take_items(decoder, count, size_bytes);
        if (decoder->counts) decoder->counts->list[place] = (uint32_t)count;
    }
    return error;
}

static int decode_optional(struct sb_decoder *decoder, const struct sb_kind *kind, char *to) {
    bool present = decoder->token.event != SABIR_JSON_NULL;
    if (to) *(bool *)(void *)to = present;
    return present ? decode_value(decoder, kind->item, to ? to + kind->value_offset_bytes : NULL) : SABIR_OK;
}

/* One bit per field. */
#define SEEN_WORDS (SB_TYPE_MAX_FIELDS / 64)

static int check_missing(struct sb_decoder *decoder, const sabir_type *type, const uint64_t *seen) {
    for (size_t i = 0; i < type->field_count; i++) {
        if (seen[i / 64] >> (i % 64) & 1 || type->fields[i].kind->code == SB_KIND_OPTIONAL) continue;
        int error = sb_value_fault_set(&decoder->fault, SABIR_EBADPAYLOAD, "the field is missing");
        return sb_value_fault_in_field(&decoder->fault, error, type->fields[i].name);
    }
    return SABIR_OK;
}

/* The field that the last token, a key, names; field_count if there is none. */
static size_t find_field(const struct sb_decoder *decoder, const sabir_type *type, size_t guess) {
    const struct sb_json_token *token = &decoder->token;
    if (!token->has_escapes) return sb_type_field_find(type, token->raw, guess);
    for (size_t i = 0; i < type->field_count; i++)
        if (sb_json_token_is(token, type->fields[i].name)) return i;
    return type->field_count;
}

static int skip_value(struct sb_decoder *decoder) {
    struct sb_text ignored;
    int error = next(decoder);
    return error ? error : sb_json_reader_rest(&decoder->reader, &decoder->token, &ignored);
}

static int decode_field(struct sb_decoder *decoder, const struct sb_field *field, char *to) {
    int error = next(decoder);
    if (!error) error = decode_value(decoder, field->kind, to ? to + field->offset_bytes : NULL);
    return error ? sb_value_fault_in_field(&decoder->fault, error, field->name) : SABIR_OK;
}

static int decode_struct(struct sb_decoder *decoder, const sabir_type *type, char *to) {
    uint64_t seen[SEEN_WORDS];
    size_t seen_count = 0, guess = 0;
    if (decoder->token.event != SABIR_JSON_OBJECT_BEGIN) return sb_decoder_fail(decoder, "is not an object");
    memset(seen, 0, (type->field_count + 63) / 64 * sizeof seen[0]);
    for (;;) {
        int error = next(decoder);
        if (error) return error;
        if (decoder->token.event == SABIR_JSON_OBJECT_END) break;
        size_t index = find_field(decoder, type, guess);
        if (index == type->field_count) {
            error = skip_value(decoder); /* TYP-1 */
        } else {
            error = decode_field(decoder, &type->fields[index], to);
            seen[index / 64] |= UINT64_C(1) << (index % 64);
            seen_count++;
            guess = index + 1; /* fields usually come in the order of the table */
        }
        if (error) return error;
    }
    return seen_count == type->field_count ? SABIR_OK : check_missing(decoder, type, seen);
}

/* The value that the last token begins, into `to`, which is all zero; NULL when measuring. */
static int decode_value(struct sb_decoder *decoder, const struct sb_kind *kind, void *to) {
    switch (kind->code) {
    case SB_KIND_LIST:
        return decode_list(decoder, kind->item, to);
    case SB_KIND_MAP:
        return decode_map(decoder, kind->item, to);
    case SB_KIND_OPTIONAL:
        return decode_optional(decoder, kind, to);
    case SB_KIND_STRUCT:
        return decode_struct(decoder, kind->type, to);
    default:
        return sb_decode_scalar(decoder, kind->code, to);
    }
}

/* ---- By tokens --------------------------------------------------------------------------------------------------------- */

/* One walk over the whole payload. */
static int walk(struct sb_decoder *decoder, const sabir_type *type, struct sb_text json, void *to) {
    sb_json_reader_init(&decoder->reader, json, SB_JSON_MAX_DEPTH, SB_JSON_TRUSTED);
    int error = next(decoder);
    if (!error) error = decode_struct(decoder, type, to);
    sb_json_reader_free(&decoder->reader);
    return error;
}

static void decoder_init(struct sb_decoder *decoder, struct sb_decoder_counts *counts) {
    decoder->items_at = NULL;
    decoder->bytes_at = NULL;
    decoder->items_bytes = 0;
    decoder->bytes_bytes = 0;
    decoder->is_measured = false;
    decoder->counts = counts;
}

static int measure(struct sb_decoder *decoder, const sabir_type *type, struct sb_text json) {
    int error = type->is_open ? sb_decode_check_numbers(decoder, json) : walk(decoder, type, json, NULL);
    if (error || type->size_bytes + decoder->items_bytes + decoder->bytes_bytes <= MAX_VALUE_BYTES) return error;
    return sb_value_fault_set(&decoder->fault, SABIR_EBADPAYLOAD, "the value would take more than %u MiB",
                              (unsigned)(MAX_VALUE_BYTES >> 20));
}

static size_t struct_room_bytes(const sabir_type *type) {
    return (type->size_bytes + ITEM_ALIGN_BYTES - 1) / ITEM_ALIGN_BYTES * ITEM_ALIGN_BYTES;
}

/* A block of the struct and `beyond_bytes`, of which the first `items_bytes` are for items. */
static int fill(struct sb_decoder *decoder, const sabir_type *type, struct sb_text json, size_t items_bytes,
                size_t bytes_bytes, void **block) {
    size_t struct_bytes = struct_room_bytes(type);
    char *made = sb_alloc_zero(1, struct_bytes + items_bytes + bytes_bytes);
    if (!made) return SABIR_ENOMEM;
    decoder->items_at = made + struct_bytes;
    decoder->bytes_at = made + struct_bytes + items_bytes;
    int error = walk(decoder, type, json, made);
    if (error)
        sb_free(made);
    else
        *block = made;
    return error;
}

static int decode_open(struct sb_decoder *decoder, struct sb_text json, void **block) {
    int error = sb_decode_check_numbers(decoder, json);
    if (error) return error;
    struct sabir_json *value = sb_alloc(sizeof *value + json.len_bytes);
    if (!value) return SABIR_ENOMEM;
    char *bytes = (char *)(value + 1);
    memcpy(bytes, json.bytes, json.len_bytes);
    *value = (struct sabir_json){bytes, json.len_bytes};
    *block = value;
    return SABIR_OK;
}

static int decode_measured(struct sb_decoder *decoder, const sabir_type *type, struct sb_text json, void **block) {
    struct sb_decoder_counts counts;
    counts_init(&counts);
    decoder->counts = &counts;
    int error = measure(decoder, type, json);
    if (!error) {
        decoder->is_measured = true;
        counts.used = 0;
        error = fill(decoder, type, json, (size_t)decoder->items_bytes, (size_t)decoder->bytes_bytes, block);
    }
    counts_free(&counts);
    return error;
}

/* ---- In the plain form ------------------------------------------------------------------------------------------------- */

/* The value on the desk into a block of its own. false: the text is not plain, or the desk too small: the walk reads it. */
static bool decode_plain(const sabir_type *type, struct sb_text json, char *desk, size_t desk_bytes, int *error,
                         void **block) {
    struct sb_plain_room room;
    if (sb_plain_read(type, json, desk, desk_bytes, &room) != json.len_bytes) return false;
    if (sb_plain_on_desk_bytes(type, &room) > desk_bytes || room.items_bytes > MAX_VALUE_BYTES / 2) return false;
    void *made = sb_alloc(sb_plain_block_bytes(type, &room));
    *error = made ? SABIR_OK : SABIR_ENOMEM;
    if (!made) return true;
    sb_plain_move(type, desk, &room, made);
    *block = made;
    return true;
}

/* false: as decode_plain. */
static bool decode_on_desk(const sabir_type *type, struct sb_text json, int *error, void **block) {
    _Alignas(SB_PLAIN_ALIGN_BYTES) char small_desk[SMALL_DESK_BYTES];
    if (!type->is_plain) return false;
    size_t desk_bytes = sb_plain_desk_bytes(type, json);
    if (desk_bytes <= sizeof small_desk) return decode_plain(type, json, small_desk, desk_bytes, error, block);
    char *desk = sb_alloc(desk_bytes);
    *error = SABIR_ENOMEM;
    if (!desk) return true;
    bool is_decoded = decode_plain(type, json, desk, desk_bytes, error, block);
    sb_free(desk);
    return is_decoded;
}

/* The whole text in its type's plain form, and a value that is not too large. */
static bool is_plain(const sabir_type *type, struct sb_text json) {
    struct sb_plain_room room;
    return sb_plain_check(type, json, &room) == json.len_bytes && room.items_bytes <= MAX_VALUE_BYTES / 2;
}

/* ---- Payloads ---------------------------------------------------------------------------------------------------------- */

int sb_decode(const sabir_type *type, struct sb_text json, void **block) {
    struct sb_decoder decoder;
    int error;
    decoder_init(&decoder, NULL);
    if (decode_on_desk(type, json, &error, block)) return sb_value_fault_tell(&decoder.fault, error);
    if (type->is_open)
        error = decode_open(&decoder, json, block);
    else if (type->is_flat)
        error = fill(&decoder, type, json, 0, 0, block);
    else if (!type->has_items && json.len_bytes <= UNMEASURED_MAX_BYTES)
        error = fill(&decoder, type, json, 0, json.len_bytes, block);
    else
        error = decode_measured(&decoder, type, json, block);
    return sb_value_fault_tell(&decoder.fault, error);
}

int sb_decode_flat(const sabir_type *type, struct sb_text json, void *value) {
    struct sb_decoder decoder;
    struct sb_plain_room room;
    if (sb_plain_read(type, json, value, type->size_bytes, &room) == json.len_bytes) return SABIR_OK;
    decoder_init(&decoder, NULL);
    memset(value, 0, type->size_bytes);
    return walk(&decoder, type, json, value);
}

int sb_check(const sabir_type *type, struct sb_text json) {
    struct sb_decoder decoder;
    if (is_plain(type, json)) return SABIR_OK;
    decoder_init(&decoder, NULL);
    return sb_value_fault_tell(&decoder.fault, measure(&decoder, type, json));
}

int sb_check_numbers(struct sb_text json) {
    struct sb_decoder decoder;
    decoder_init(&decoder, NULL);
    return sb_value_fault_tell(&decoder.fault, sb_decode_check_numbers(&decoder, json));
}
