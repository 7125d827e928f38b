#include "read_envelope.h"

#include <sabir/error.h>
#include <stdlib.h>
#include <string.h>

struct sb_envelope envelope;
struct sb_fault fault;
static char *frame; /* a block of exactly the text's size; the envelope points into it */

int read_bytes(const char *bytes, size_t len) {
    free(frame);
    frame = malloc(len ? len : 1);
    assert_non_null(frame);
    memcpy(frame, bytes, len);
    memset(&envelope, 0xA5, sizeof envelope);
    return sb_envelope_read(frame, len, &envelope, &fault);
}

int end_reading(void **state) {
    (void)state;
    free(frame);
    frame = NULL;
    return 0;
}

void assert_read(const char *text) {
    if (read_bytes(text, strlen(text)) != SABIR_OK)
        fail_msg("%s: %s at %zu: %s", text, fault.clause, fault.offset_bytes, fault.reason);
}

/* `offset` counts to where `mark` first stands in the text. */
void assert_refused(const char *text, const char *clause, const char *mark) {
    const char *place = strstr(text, mark);
    assert_non_null(place);
    assert_int_equal(read_bytes(text, strlen(text)), SABIR_EMALFORMED);
    if (strcmp(fault.clause, clause) != 0 || fault.offset_bytes != (size_t)(place - text))
        fail_msg("%s: %s at %zu: %s", text, fault.clause, fault.offset_bytes, fault.reason);
}

void assert_text(struct sb_text text, const char *expected) {
    if (!sb_text_equal(text, sb_text_of(expected)) || (text.bytes == NULL) != (expected == NULL))
        fail_msg("%.*s is not %s", (int)text.len_bytes, text.bytes ? text.bytes : "", expected ? expected : "absent");
}
