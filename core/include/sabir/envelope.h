/*
 * Judging bytes as the wire's own reader does: is this an envelope, and if not, which clause of the protocol does it break, where?
 */
#ifndef SABIR_ENVELOPE_H
#define SABIR_ENVELOPE_H

#include <sabir/export.h>
#include <sabir/manager.h>
#include <sabir/type.h>

typedef struct sabir_verdict sabir_verdict;

enum sabir_judged {
    SABIR_JUDGED_ENVELOPE = 0, /* one envelope in either dialect */
    SABIR_JUDGED_TEXT = 1      /* any JSON text */
};

SABIR_BEGIN_DECLS

/**
 * Judge `len_bytes` bytes. SABIR_OK means that there is a verdict, whatever it is.
 * Owner: bytes must outlive the verdict. Errors: SABIR_EINVAL, SABIR_ENOMEM. Threads: any. Since 1.0
 */
SABIR_API int sabir_verdict_new(const char *bytes, size_t len_bytes, uint32_t judged, sabir_verdict **verdict);

/** NULL is nothing. Since 1.0 */
SABIR_API void sabir_verdict_free(sabir_verdict *verdict);

/** Whether the bytes are accepted. Since 1.0 */
SABIR_API bool sabir_verdict_accepted(const sabir_verdict *verdict);

/** The broken clause ("ENV-4") and what is wrong in words; NULL if accepted. Since 1.0 */
SABIR_API const char *sabir_verdict_clause(const sabir_verdict *verdict);
SABIR_API const char *sabir_verdict_reason(const sabir_verdict *verdict);

/** Where: bytes from the start (0 if accepted). Since 1.0 */
SABIR_API size_t sabir_verdict_offset_bytes(const sabir_verdict *verdict);

/*
 * Of an accepted envelope: its parts, unescaped, borrowed from the verdict; {NULL, 0} where the envelope has none. Since 1.0
 */
SABIR_API uint32_t sabir_verdict_dialect(const sabir_verdict *verdict);
SABIR_API void sabir_verdict_type_get(const sabir_verdict *verdict, struct sabir_string *text);
SABIR_API void sabir_verdict_target_get(const sabir_verdict *verdict, struct sabir_string *text);
SABIR_API void sabir_verdict_sender_name_get(const sabir_verdict *verdict, struct sabir_string *text);
SABIR_API void sabir_verdict_sender_endpoint_get(const sabir_verdict *verdict, struct sabir_string *text);
SABIR_API void sabir_verdict_payload_get(const sabir_verdict *verdict, struct sabir_string *text);
SABIR_API void sabir_verdict_id_get(const sabir_verdict *verdict, struct sabir_string *text);
SABIR_API void sabir_verdict_re_get(const sabir_verdict *verdict, struct sabir_string *text);

SABIR_END_DECLS

#endif
