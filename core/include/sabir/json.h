/*
 * Reading and writing JSON text as strictly as the wire does, for payloads that no type describes.
 * The reader hands out tokens; it builds no tree. Numbers keep their text.
 */
#ifndef SABIR_JSON_H
#define SABIR_JSON_H

#include <sabir/export.h>
#include <sabir/type.h>

typedef struct sabir_json_reader sabir_json_reader;
typedef struct sabir_json_writer sabir_json_writer;

enum sabir_json_event {
    SABIR_JSON_END = 0, /* the text is read to its end */
    SABIR_JSON_OBJECT_BEGIN,
    SABIR_JSON_OBJECT_END,
    SABIR_JSON_ARRAY_BEGIN,
    SABIR_JSON_ARRAY_END,
    SABIR_JSON_KEY,     /* text: unescaped */
    SABIR_JSON_STRING,  /* text: unescaped, may hold NUL */
    SABIR_JSON_INTEGER, /* text: the token (NUM-4) */
    SABIR_JSON_DOUBLE,  /* text: the token */
    SABIR_JSON_TRUE,
    SABIR_JSON_FALSE,
    SABIR_JSON_NULL
};

SABIR_BEGIN_DECLS

/**
 * Begin to read `json`, any one value.
 * Owner: json must outlive the reader. Errors: SABIR_EINVAL, SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_json_reader_new(const char *json, size_t len_bytes, sabir_json_reader **reader);

/**
 * The next token.
 * Owner: *text is valid until the next call; it may be NULL if not wanted. Errors: SABIR_EMALFORMED, with clause and offset in the detail. Since 1.0
 */
SABIR_API int sabir_json_reader_next(sabir_json_reader *reader, uint32_t *event, struct sabir_string *text);

/** Where the last token began, in bytes from the start of the text. Since 1.0 */
SABIR_API size_t sabir_json_reader_offset_bytes(const sabir_json_reader *reader);

/** NULL is nothing. Since 1.0 */
SABIR_API void sabir_json_reader_free(sabir_json_reader *reader);

/** Read an integer token. Errors: SABIR_EBADPAYLOAD if it is none of the range. Since 1.0 */
SABIR_API int sabir_json_int64_get(struct sabir_string token, int64_t *value);
SABIR_API int sabir_json_uint64_get(struct sabir_string token, uint64_t *value);

/** Read a number token, correctly rounded. Errors: SABIR_EBADPAYLOAD if it overflows (NUM-3). Since 1.0 */
SABIR_API int sabir_json_double_get(struct sabir_string token, double *value);

/** A writer with an empty text. Commas and colons come by themselves. Errors: SABIR_ENOMEM. Since 1.0 */
SABIR_API int sabir_json_writer_new(sabir_json_writer **writer);

/*
 * Each writes one token; in an object, a key before each value. An error (SABIR_EVALUE: NaN, an infinity, a string that is not
 * UTF-8; SABIR_ESTATE: a token that cannot stand here; SABIR_ENOMEM) sticks: the first one is what text_get returns. Since 1.0
 */
SABIR_API int sabir_json_writer_object_begin(sabir_json_writer *writer);
SABIR_API int sabir_json_writer_object_end(sabir_json_writer *writer);
SABIR_API int sabir_json_writer_array_begin(sabir_json_writer *writer);
SABIR_API int sabir_json_writer_array_end(sabir_json_writer *writer);
SABIR_API int sabir_json_writer_key(sabir_json_writer *writer, const char *bytes, size_t len_bytes);
SABIR_API int sabir_json_writer_string(sabir_json_writer *writer, const char *bytes, size_t len_bytes);
SABIR_API int sabir_json_writer_int64(sabir_json_writer *writer, int64_t value);
SABIR_API int sabir_json_writer_uint64(sabir_json_writer *writer, uint64_t value);
SABIR_API int sabir_json_writer_double(sabir_json_writer *writer, double value);
SABIR_API int sabir_json_writer_bool(sabir_json_writer *writer, bool value);
SABIR_API int sabir_json_writer_null(sabir_json_writer *writer);
/* One whole value that is JSON text already; it is checked. */
SABIR_API int sabir_json_writer_json(sabir_json_writer *writer, const char *bytes, size_t len_bytes);

/** The text so far, borrowed until the next call on the writer. Errors: the first error; SABIR_ESTATE if a value is open. Since 1.0 */
SABIR_API int sabir_json_writer_text_get(sabir_json_writer *writer, const char **json, size_t *len_bytes);

/** NULL is nothing. Since 1.0 */
SABIR_API void sabir_json_writer_free(sabir_json_writer *writer);

SABIR_END_DECLS

#endif
