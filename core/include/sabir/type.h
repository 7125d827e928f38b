/*
 * Message types: a name, and either a table of fields (a struct in C, a class elsewhere) or an open payload (any JSON object).
 * From the table come the struct's layout, the JSON codec and the checks. Types belong to the process and are never removed.
 *
 *     #define PING_FIELDS(F) F(SABIR_INT64, count) F(SABIR_OPTIONAL(SABIR_STRING), note)
 *     SABIR_MESSAGE(Ping, PING_FIELDS);
 *
 * declares `struct Ping` and `Ping_type()`, which registers the type when it is first called, and the types that its STRUCT fields name.
 *
 * | kind              | C                                    | JSON                                          |
 * |-------------------|--------------------------------------|-----------------------------------------------|
 * | BOOL              | bool                                 | true, false                                   |
 * | INT32 INT64 UINT64| int32_t int64_t uint64_t             | integer                                       |
 * | DOUBLE            | double, finite                       | number                                        |
 * | STRING            | struct sabir_string, UTF-8           | string                                        |
 * | BYTES             | struct sabir_bytes                   | string, base64 (TYP-2)                        |
 * | JSON              | struct sabir_json, one value as text | any value; no text (all zero) is null         |
 * | LIST(K)           | struct sabir_list of K               | array                                         |
 * | MAP(K)            | struct sabir_map from string to K    | object                                        |
 * | OPTIONAL(K)       | struct { bool present; K value; }    | absent or null if not present; written absent |
 * | STRUCT(T)         | struct T                             | object                                        |
 */
#ifndef SABIR_TYPE_H
#define SABIR_TYPE_H

#include <sabir/error.h>
#include <sabir/export.h>

typedef struct sabir_type sabir_type;

/* The three have one layout; `bytes` need not be NUL-terminated and may be NULL when len_bytes is 0. */
struct sabir_string {
    const char *bytes;
    size_t len_bytes;
};
struct sabir_bytes {
    const char *bytes;
    size_t len_bytes;
};
struct sabir_json {
    const char *bytes;
    size_t len_bytes;
};
/* items: `count` values of the item kind, one after the other; may be NULL when count is 0. */
struct sabir_list {
    const void *items;
    size_t count;
};
/* keys and values: `count` of each, in the order of the JSON object; keys are unique. */
struct sabir_map {
    const struct sabir_string *keys;
    const void *values;
    size_t count;
};

/* A string literal or NUL-terminated text as a sabir_string. */
#define SABIR_STR(text) ((struct sabir_string){(text), __builtin_strlen(text)})

/* One row of a type's table. */
struct sabir_field {
    const char *name; /* the key in the payload */
    const char *kind; /* "INT64", "LIST(OPTIONAL(STRING))", "STRUCT(Point)"; a prefix SABIR_ on any word is ignored */
    size_t offset_bytes; /* in the struct, or SABIR_OFFSET_AUTO in every row: the layout that C would give */
    size_t size_bytes;   /* of the value in the struct; ignored with SABIR_OFFSET_AUTO */
};

#define SABIR_OFFSET_AUTO ((size_t)-1)

SABIR_BEGIN_DECLS

/**
 * Register the type `name` with its fields, or find it: an equal table gives the same type.
 *
 * Shape    name: ENV-6, not beginning with "sabir."; fields: at most 1024 rows (0: a message without fields, one byte); a STRUCT(T)
 *          names a type that is registered already; struct_size_bytes: sizeof the struct, at most 1 MiB, ignored with
 *          SABIR_OFFSET_AUTO and without fields. A value nests at most 63 levels of JSON, its own object being the first.
 * Owner    everything is copied; the type lives as long as the process.
 * Threads  any
 * Errors   SABIR_EINVAL     name, a field name, a kind, an offset or a size is wrong; the detail says which
 *          SABIR_ERESERVED  the name begins with "sabir.", or is Down, which the library keeps for itself
 *          SABIR_EMISMATCH  the name is registered with another table
 *          SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_type_register(const char *name, const struct sabir_field *fields, size_t field_count,
                                  size_t struct_size_bytes, const sabir_type **type);

/**
 * Register the type `name` with an open payload, any JSON object; its value in C is a `struct sabir_json`.
 * Errors as sabir_type_register. Since 1.0
 */
SABIR_API int sabir_type_register_open(const char *name, const sabir_type **type);

/** The registered type of that name, or NULL. Threads: any. Since 1.0 */
SABIR_API const sabir_type *sabir_type_find(const char *name);

/** The type's name, NUL-terminated, as long-lived as the type. Since 1.0 */
SABIR_API const char *sabir_type_name(const sabir_type *type);

/** sizeof the struct (of struct sabir_json for an open type). Since 1.0 */
SABIR_API size_t sabir_type_size_bytes(const sabir_type *type);

/** Whether the payload is open. Since 1.0 */
SABIR_API bool sabir_type_is_open(const sabir_type *type);

/** How many fields the type has. Since 1.0 */
SABIR_API size_t sabir_type_field_count(const sabir_type *type);

/**
 * Row `index` of the type's table with the final offset and size; its texts live as long as the type.
 * Errors: SABIR_EINVAL if there is no such row. Since 1.0
 */
SABIR_API int sabir_type_field_get(const sabir_type *type, size_t index, struct sabir_field *field);

/* The types that come with the library (registered before anything else); see core.md's words in docs/guide. */
SABIR_API const sabir_type *sabir_type_start(void);    /* Start {} */
SABIR_API const sabir_type *sabir_type_shutdown(void); /* Shutdown {} */
SABIR_API const sabir_type *
sabir_type_timeout(void); /* Timeout {timer_id: UINT64, missed: UINT64}; struct sabir_timeout */
SABIR_API const sabir_type *sabir_type_linkdown(void); /* LinkDown {...}; struct sabir_linkdown */
SABIR_API const sabir_type *sabir_type_reject(void);   /* Reject {...}; struct sabir_reject */
SABIR_API const sabir_type *
sabir_type_continue(void); /* Continue {}: an actor sends it to itself, to go on with long work after what is queued */
SABIR_API const sabir_type *sabir_type_down(void); /* Down {name, endpoint, reason}; struct sabir_down */

SABIR_END_DECLS

struct sabir_timeout {
    uint64_t timer_id;
    uint64_t missed; /* firings of a periodic timer that fell due while this one waited to be handled */
};

/* The connection to a peer is lost: of the `sent` envelopes of that connection up to `maybe_lost` did not arrive. */
struct sabir_linkdown {
    struct sabir_string endpoint;
    uint64_t sent;
    uint64_t maybe_lost;
};

/* An actor that somebody watched has ended, or is out of sight; the reasons stand in <sabir/watch.h>. */
struct sabir_down {
    struct sabir_string name;
    struct sabir_string endpoint; /* of its node, as its ref says; empty: this process, which has none */
    struct sabir_string reason;
};

/* REJ-1 */
struct sabir_reject {
    struct sabir_string code;
    struct sabir_string reason;
    struct sabir_string message_type;
    struct sabir_string target;
    struct sabir_string rejected_by;
};

/* ---- Declaring a type in C ------------------------------------------------------------------------------------------ */

#define SABIR_C_SABIR_BOOL bool
#define SABIR_C_SABIR_INT32 int32_t
#define SABIR_C_SABIR_INT64 int64_t
#define SABIR_C_SABIR_UINT64 uint64_t
#define SABIR_C_SABIR_DOUBLE double
#define SABIR_C_SABIR_STRING struct sabir_string
#define SABIR_C_SABIR_BYTES struct sabir_bytes
#define SABIR_C_SABIR_JSON struct sabir_json
#define SABIR_C_SABIR_LIST(kind) struct sabir_list
#define SABIR_C_SABIR_MAP(kind) struct sabir_map
#define SABIR_C_SABIR_STRUCT(type) struct type
/* clang-format off */
#define SABIR_C_SABIR_OPTIONAL(kind) struct { bool present; SABIR_C_##kind value; }
#define SABIR_FIELD_MEMBER(kind, name) SABIR_C_##kind name;
/* clang-format on */

/* clang-format off */
/* `T_type()` for the T of a STRUCT at any place in a kind. A macro does not expand itself, so what stands inside is put off and scanned again. */
#define SABIR_NEED_SABIR_BOOL (void)0
#define SABIR_NEED_SABIR_INT32 (void)0
#define SABIR_NEED_SABIR_INT64 (void)0
#define SABIR_NEED_SABIR_UINT64 (void)0
#define SABIR_NEED_SABIR_DOUBLE (void)0
#define SABIR_NEED_SABIR_STRING (void)0
#define SABIR_NEED_SABIR_BYTES (void)0
#define SABIR_NEED_SABIR_JSON (void)0
#define SABIR_NEED_SABIR_LIST(kind) SABIR_NEED_LATER SABIR_NEED_NOTHING() ()(kind)
#define SABIR_NEED_SABIR_MAP(kind) SABIR_NEED_LATER SABIR_NEED_NOTHING() ()(kind)
#define SABIR_NEED_SABIR_OPTIONAL(kind) SABIR_NEED_LATER SABIR_NEED_NOTHING() ()(kind)
#define SABIR_NEED_SABIR_STRUCT(message) (void)message##_type()
#define SABIR_NEED_NOTHING()
#define SABIR_NEED_LATER() SABIR_NEED_OF
#define SABIR_NEED_OF(kind) SABIR_NEED_##kind
#define SABIR_SCAN(text) SABIR_SCAN_4(SABIR_SCAN_4(SABIR_SCAN_4(SABIR_SCAN_4(text))))
#define SABIR_SCAN_4(text) SABIR_SCAN_1(SABIR_SCAN_1(SABIR_SCAN_1(SABIR_SCAN_1(text))))
#define SABIR_SCAN_1(text) text
#define SABIR_FIELD_NEED(kind, name) SABIR_SCAN(SABIR_NEED_OF(kind));
/* clang-format on */

#define SABIR_MESSAGE(message, fields) SABIR_MESSAGE_NAMED(message, #message, fields)

/* As SABIR_MESSAGE, for a type whose name on the wire is no C identifier: SABIR_MESSAGE_NAMED(Echo, "conf.Echo", ECHO_FIELDS) */
#define SABIR_MESSAGE_NAMED(message, wire_name, fields)                                                                \
    struct message {                                                                                                   \
        fields(SABIR_FIELD_MEMBER)                                                                                     \
    };                                                                                                                 \
    static inline const sabir_type *message##_type(void) {                                                             \
        typedef struct message sabir_row_of;                                                                           \
        static const struct sabir_field rows[] = {fields(SABIR_FIELD_ROW)};                                            \
        static const sabir_type *type;                                                                                 \
        const sabir_type *known = __atomic_load_n(&type, __ATOMIC_ACQUIRE), *made = NULL;                              \
        if (known) return known;                                                                                       \
        fields(SABIR_FIELD_NEED) if (sabir_type_register(wire_name, rows, sizeof rows / sizeof rows[0],                \
                                                         sizeof(struct message), &made) == SABIR_OK)                   \
            __atomic_store_n(&type, made, __ATOMIC_RELEASE);                                                           \
        return made;                                                                                                   \
    }                                                                                                                  \
    struct message

#define SABIR_FIELD_ROW(kind, name) {#name, #kind, offsetof(sabir_row_of, name), sizeof(((sabir_row_of *)0)->name)},

/* A message without fields: SABIR_SIGNAL(Increment). `struct Increment` has one unused byte. */
#define SABIR_SIGNAL(message) SABIR_SIGNAL_NAMED(message, #message)
#define SABIR_SIGNAL_NAMED(message, wire_name)                                                                         \
    struct message {                                                                                                   \
        char unused;                                                                                                   \
    };                                                                                                                 \
    static inline const sabir_type *message##_type(void) {                                                             \
        static const sabir_type *type;                                                                                 \
        const sabir_type *known = __atomic_load_n(&type, __ATOMIC_ACQUIRE), *made = NULL;                              \
        if (known) return known;                                                                                       \
        if (sabir_type_register(wire_name, NULL, 0, sizeof(struct message), &made) == SABIR_OK)                        \
            __atomic_store_n(&type, made, __ATOMIC_RELEASE);                                                           \
        return made;                                                                                                   \
    }                                                                                                                  \
    struct message

/* An open payload: SABIR_OPEN_NAMED(Echo, "conf.Echo") gives Echo_type() alone; its value is a struct sabir_json. */
#define SABIR_OPEN_NAMED(message, wire_name)                                                                           \
    static inline const sabir_type *message##_type(void) {                                                             \
        static const sabir_type *type;                                                                                 \
        const sabir_type *known = __atomic_load_n(&type, __ATOMIC_ACQUIRE), *made = NULL;                              \
        if (known) return known;                                                                                       \
        if (sabir_type_register_open(wire_name, &made) == SABIR_OK) __atomic_store_n(&type, made, __ATOMIC_RELEASE);   \
        return made;                                                                                                   \
    }                                                                                                                  \
    const sabir_type *message##_type(void)

#endif
