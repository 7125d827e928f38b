#include "reject.h"

#include <string.h>

#include "actor.h"
#include "ask.h"
#include "dead_letter.h"
#include "error.h"
#include "manager.h"

#define REASON_MAX_BYTES 200

static const char *code_text(enum sb_reject_code code) {
    static const char *const texts[] = {
#define REJECT_TEXT(name, text) text,
        SB_REJECT_CODES(REJECT_TEXT)
#undef REJECT_TEXT
    };
    return texts[code];
}

/* REJ-2: no loops. */
static bool may_be_rejected(const struct sb_rejected *rejected) {
    return rejected->to && !(rejected->meta && rejected->meta->re[0]) && !sb_name_is_reserved(rejected->type) &&
           !sb_text_equal(rejected->type, sabir_type_reject()->name);
}

/* At most 200 bytes, and no half character at the end. */
static struct sb_text cut(const char *reason) {
    struct sb_text text = sb_text_of(reason);
    if (text.len_bytes <= REASON_MAX_BYTES) return text;
    text.len_bytes = REASON_MAX_BYTES;
    while (text.len_bytes > 0 && ((unsigned char)text.bytes[text.len_bytes] & 0xC0) == 0x80) text.len_bytes--;
    return text;
}

static struct sabir_string string_of(struct sb_text text) {
    return (struct sabir_string){text.bytes, text.len_bytes};
}

static int make(const struct sb_rejected *rejected, enum sb_reject_code code, const char *reason, const char *endpoint,
                sabir_message **message) {
    struct sabir_reject payload = {.code = string_of(sb_text_of(code_text(code))),
                                   .reason = string_of(cut(reason)),
                                   .message_type = string_of(rejected->type),
                                   .target = string_of(rejected->target),
                                   .rejected_by = string_of(sb_text_of(endpoint ? endpoint : ""))};
    int made = sb_message_new_value(sabir_type_reject(), &payload, message);
    if (made != SABIR_OK || !rejected->meta) return made;
    struct sb_meta *meta = sb_message_meta_make(*message);
    if (!meta) {
        sabir_message_free(*message);
        return SABIR_ENOMEM;
    }
    memcpy(meta->re, rejected->meta->id, sizeof meta->re);
    memcpy(meta->trace, rejected->meta->trace, sizeof meta->trace);
    return SABIR_OK;
}

void sb_reject(sabir_manager *manager, const struct sb_rejected *rejected, enum sb_reject_code code,
               const char *reason) {
    if (!manager || !may_be_rejected(rejected)) return;
    struct sb_actor *local = sb_actor_of(rejected->to);
    if (local && !sb_actor_handles(local, sabir_type_reject()))
        return; /* it has no ear for it; the message is counted already */
    sabir_message *message;
    if (make(rejected, code, reason, sabir_manager_endpoint(manager), &message) != SABIR_OK) {
        sb_ask_end(rejected->to,
                   sb_error(SABIR_ENOMEM,
                            "actor '%.*s' answered with a Reject (%s: %s), and there was no memory for it",
                            (int)rejected->target.len_bytes, rejected->target.bytes, code_text(code), reason));
        return;
    }
    /* Without a sender (REJ-2). A remote ref counts by itself what it refuses or has no room for. */
    if (sabir_ref_send(rejected->to, message, NULL) != SABIR_OK) sabir_message_free(message);
}
