/*
 * An envelope in both dialects: one forward pass over the received bytes, the payload stays a slice of them; and back to bytes of a
 * length that is known before they are written. No I/O, no allocation but for duplicate keys in large objects.
 */
#ifndef SB_ENVELOPE_H
#define SB_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "plain.h"
#include "text.h"

#define SB_ENVELOPE_MAX_BYTES ((size_t)2 * 1024 * 1024) /* LIM-1: the stated limit and the real one */
#define SB_ENVELOPE_MAX_DEPTH 64
#define SB_NAME_MAX_BYTES 255
#define SB_ID_MAX_BYTES 64
#define SB_TRACE_BYTES 55
#define SB_SEQ_MAX_BYTES 40

/* Every text is unescaped. A slice points into the received bytes, or into `unescaped` where an escape had to be resolved. */
struct sb_envelope {
    uint32_t dialect; /* enum sabir_dialect */
    bool has_sender;  /* sender_name and sender_endpoint are set */
    struct sb_text type;
    struct sb_text target;
    struct sb_text sender_name;
    struct sb_text sender_endpoint;
    struct sb_text payload;    /* JSON text of an object */
    bool has_known_head;       /* dialect, type, target and sender are those of the envelope before (envelope_head.h) */
    const void *value;         /* what the payload says, where it was read at once: on a desk (plain.h); else NULL */
    struct sb_plain_room room; /* of that value */
    struct sb_text id;         /* {NULL, 0} if absent, as the next three */
    struct sb_text re;
    struct sb_text trace; /* absent if it was not valid, as `seq` */
    struct sb_text seq;
    uint64_t seq_epoch; /* what `seq` says, where it was read */
    uint64_t seq_count;
    char unescaped[6 * (SB_NAME_MAX_BYTES + 1)];
};

/*
 * Read one frame. SABIR_OK, SABIR_EMALFORMED (fault says why), SABIR_ETOOBIG (fault too: LIM-1), SABIR_ENOMEM.
 * Checks everything of NET..ENV, TXT, DIA and the depth; the payload's numbers and types are not looked at.
 */
int sb_envelope_read(const char *bytes, size_t len_bytes, struct sb_envelope *envelope, struct sb_fault *fault);

/* The exact length of what sb_envelope_write writes. The texts are taken as valid (names by ENV-6, payload by the reader or writer). */
size_t sb_envelope_len_bytes(const struct sb_envelope *envelope);

/* Write it in its dialect (OUT-1, DIA-2) to `to`, which has room for sb_envelope_len_bytes; returns the end. */
char *sb_envelope_write(const struct sb_envelope *envelope, char *to);

/* The same without the payload: all before it, which depends on type, target and sender alone; and all behind it. */
size_t sb_envelope_head_len_bytes(const struct sb_envelope *envelope);
size_t sb_envelope_tail_len_bytes(const struct sb_envelope *envelope);
char *sb_envelope_write_head(const struct sb_envelope *envelope, char *to);
char *sb_envelope_write_tail(const struct sb_envelope *envelope, char *to);

/* ENV-6 for a name or type; ENV-9 for an id and a trace. (ORD-2: sb_seq_parse.) */
bool sb_name_is_valid(struct sb_text name);
bool sb_id_is_valid(struct sb_text id);
bool sb_trace_is_valid(struct sb_text trace);

/* Begins with "sabir." (ENV-10). */
bool sb_name_is_reserved(struct sb_text name);

#endif
