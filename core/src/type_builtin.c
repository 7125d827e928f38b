/*
 * Start, Shutdown, Timeout, LinkDown, Reject, Continue and Down, with the structs of <sabir/type.h>.
 */
#include "type_builtin.h"

#include "kind.h"

#define FIELD(type, member, kind_code, kind_word)                                                                      \
    {                                                                                                                  \
        .name = {#member, sizeof(#member) - 1}, .kind = &sb_kind_scalars[kind_code],                                   \
        .offset_bytes = offsetof(struct type, member), .kind_text = (kind_word), .key = {                              \
            "\"" #member "\":",                                                                                        \
            sizeof(#member) - 1 + 3                                                                                    \
        }                                                                                                              \
    }
#define STRING_FIELD(type, member) FIELD(type, member, SB_KIND_STRING, "STRING")
#define UINT64_FIELD(type, member) FIELD(type, member, SB_KIND_UINT64, "UINT64")

#define TYPE(type_name, which, c_type, flat, rows)                                                                     \
    {                                                                                                                  \
        .name = {(type_name), sizeof(type_name) - 1}, .builtin = (which), .is_flat = (flat),                           \
        .size_bytes = sizeof(c_type), .align_bytes = _Alignof(c_type), .level_count = 1,                               \
        .field_count = sizeof(rows) / sizeof((rows)[0]), .fields = (rows)                                              \
    }
#define SIGNAL(type_name, which)                                                                                       \
    {                                                                                                                  \
        .name = {(type_name), sizeof(type_name) - 1}, .builtin = (which), .is_flat = true, .size_bytes = 1,            \
        .align_bytes = 1, .level_count = 1                                                                             \
    }

static const struct sb_field timeout_fields[] = {
    UINT64_FIELD(sabir_timeout, timer_id),
    UINT64_FIELD(sabir_timeout, missed),
};

static const struct sb_field linkdown_fields[] = {
    STRING_FIELD(sabir_linkdown, endpoint),
    UINT64_FIELD(sabir_linkdown, sent),
    UINT64_FIELD(sabir_linkdown, maybe_lost),
};

static const struct sb_field reject_fields[] = {
    STRING_FIELD(sabir_reject, code),         STRING_FIELD(sabir_reject, reason),
    STRING_FIELD(sabir_reject, message_type), STRING_FIELD(sabir_reject, target),
    STRING_FIELD(sabir_reject, rejected_by),
};

static const struct sb_field down_fields[] = {
    STRING_FIELD(sabir_down, name),
    STRING_FIELD(sabir_down, endpoint),
    STRING_FIELD(sabir_down, reason),
};

static sabir_type builtins[SB_TYPE_BUILTIN_COUNT] = {
    SIGNAL("Start", SB_BUILTIN_START),
    SIGNAL("Shutdown", SB_BUILTIN_SHUTDOWN),
    TYPE("Timeout", SB_BUILTIN_TIMEOUT, struct sabir_timeout, true, timeout_fields),
    TYPE("LinkDown", SB_BUILTIN_LINKDOWN, struct sabir_linkdown, false, linkdown_fields),
    TYPE("Reject", SB_BUILTIN_REJECT, struct sabir_reject, false, reject_fields),
    SIGNAL("Continue", SB_BUILTIN_CONTINUE),
    TYPE("Down", SB_BUILTIN_DOWN, struct sabir_down, false, down_fields),
};

static const sabir_type *builtin(enum sb_builtin which) {
    return &builtins[which - SB_BUILTIN_START];
}

sabir_type *sb_type_builtin(size_t index) {
    return &builtins[index];
}

enum sb_builtin sb_type_builtin_of(struct sb_text name) {
    for (size_t i = 0; i < SB_TYPE_BUILTIN_COUNT; i++)
        if (sb_text_equal(name, builtins[i].name)) return builtins[i].builtin;
    return SB_BUILTIN_NONE;
}

bool sb_type_name_is_life_cycle(struct sb_text name) {
    enum sb_builtin which = sb_type_builtin_of(name);
    return which != SB_BUILTIN_NONE && which != SB_BUILTIN_REJECT;
}

const sabir_type *sabir_type_start(void) {
    return builtin(SB_BUILTIN_START);
}

const sabir_type *sabir_type_shutdown(void) {
    return builtin(SB_BUILTIN_SHUTDOWN);
}

const sabir_type *sabir_type_timeout(void) {
    return builtin(SB_BUILTIN_TIMEOUT);
}

const sabir_type *sabir_type_linkdown(void) {
    return builtin(SB_BUILTIN_LINKDOWN);
}

const sabir_type *sabir_type_reject(void) {
    return builtin(SB_BUILTIN_REJECT);
}

const sabir_type *sabir_type_continue(void) {
    return builtin(SB_BUILTIN_CONTINUE);
}

const sabir_type *sabir_type_down(void) {
    return builtin(SB_BUILTIN_DOWN);
}
