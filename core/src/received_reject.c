#include "received_reject.h"

#include <sabir/json.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "reject.h"

/* Where a key's text goes; NULL: nowhere. */
static struct sabir_string *field_of(struct sabir_reject *reject, struct sabir_string key) {
    static const struct {
        const char *key;
        size_t offset_bytes;
    } keys[] = {
        {"code", offsetof(struct sabir_reject, code)},
        {"reason", offsetof(struct sabir_reject, reason)},
        {"message_type", offsetof(struct sabir_reject, message_type)},
        {"messageType", offsetof(struct sabir_reject, message_type)},
        {"target", offsetof(struct sabir_reject, target)},
        {"rejected_by", offsetof(struct sabir_reject, rejected_by)},
        {"rejectedBy", offsetof(struct sabir_reject, rejected_by)},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (key.len_bytes == strlen(keys[i].key) && memcmp(key.bytes, keys[i].key, key.len_bytes) == 0)
            return (struct sabir_string *)(void *)((char *)reject + keys[i].offset_bytes);
    }
    return NULL;
}

/* The texts of the top level's string members, copied one behind the other into `room`. */
static int read_members(sabir_json_reader *reader, struct sabir_reject *reject, char *room) {
    struct sabir_string text;
    struct sabir_string *field = NULL;
    uint32_t event;
    unsigned depth = 0;
    int code;
    while ((code = sabir_json_reader_next(reader, &event, &text)) == SABIR_OK && event != SABIR_JSON_END) {
        if (event == SABIR_JSON_OBJECT_BEGIN || event == SABIR_JSON_ARRAY_BEGIN) {
            depth++;
        } else if (event == SABIR_JSON_OBJECT_END || event == SABIR_JSON_ARRAY_END) {
            depth--;
        } else if (event == SABIR_JSON_KEY && depth == 1) {
            field = field_of(reject, text);
            continue;
        } else if (event == SABIR_JSON_STRING && depth == 1 && field) {
            memcpy(room, text.bytes, text.len_bytes);
            *field = (struct sabir_string){room, text.len_bytes};
            room += text.len_bytes;
        }
        field = NULL;
    }
    return code;
}

static bool is_known_code(struct sabir_string code) {
    static const char *const codes[] = {
#define CODE_TEXT(name, text) text,
        SB_REJECT_CODES(CODE_TEXT)
#undef CODE_TEXT
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (code.len_bytes == strlen(codes[i]) && memcmp(code.bytes, codes[i], code.len_bytes) == 0) return true;
    }
    return false;
}

int sb_received_reject(struct sb_text payload, sabir_message **message) {
    struct sabir_reject reject = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    sabir_json_reader *reader = NULL;
    char *room = sb_alloc(payload.len_bytes + 1); /* unescaped, the texts are never longer */
    if (!room) return sb_error(SABIR_ENOMEM, "no memory for a Reject");
    int code = sabir_json_reader_new(payload.bytes, payload.len_bytes, &reader);
    if (code == SABIR_OK) code = read_members(reader, &reject, room);
    if (!is_known_code(reject.code)) reject.code = SABIR_STR("other");
    if (code == SABIR_OK) code = sb_message_new_value(sabir_type_reject(), &reject, message);
    sabir_json_reader_free(reader);
    sb_free(room);
    return code;
}
