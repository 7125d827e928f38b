/*
 * The head of an envelope, from its first byte to its payload, is the same in all that one actor sends to another. Whoever remembers
 * the last one reads it once:
 *
 *     {"type":"Note","target":"sink","sender":{...},"payload":  {...}  ,"seq":"0123456789abcdef:42"}
 *     '---------------- the same bytes: remembered ---------'  read    '-- this, or } alone ------'
 *
 * Remembered is only what sb_envelope_read has accepted. What begins and ends in another way is left to it, so that an envelope is
 * accepted, refused and understood exactly as without a memory.
 */
#ifndef SB_ENVELOPE_HEAD_H
#define SB_ENVELOPE_HEAD_H

#include "envelope.h"
#include "seq.h"
#include "type.h"

#define SB_ENVELOPE_HEAD_MAX_BYTES 512
#define SB_ENVELOPE_VALUE_BYTES 64

/* Of one thread. All zero: nothing is remembered. */
struct sb_envelope_head {
    size_t len_bytes; /* 0: nothing */
    bool ends_with_seq;
    bool has_sender;
    uint32_t dialect;
    char seq_head[SB_SEQ_EPOCH_DIGITS + 1]; /* of the seq that came with it, and what it says */
    uint64_t seq_epoch;
    struct sb_text type; /* these point into `bytes` */
    struct sb_text target;
    struct sb_text sender_name;
    struct sb_text sender_endpoint;
    const sabir_type *plain_type; /* NULL: payloads are read token by token */
    bool takes_text;              /* said by the owner: who gets the payloads wants no values */
    bool fits_inside;             /* every value of the type lies in `value` */
    _Alignas(16) unsigned char value[SB_ENVELOPE_VALUE_BYTES]; /* of the last payload, if it was plain */
    char *desk;                                                /* of larger ones; NULL: there was none yet */
    size_t desk_bytes;
    char bytes[SB_ENVELOPE_HEAD_MAX_BYTES];
};

/*
 * As sb_envelope_read; the texts of the head and the value may point into the memory and the frame, and stay until the next call.
 * A value needs memory now and then: without it there is none, only the text.
 */
int sb_envelope_read_next(struct sb_envelope_head *head, const char *bytes, size_t len_bytes,
                          struct sb_envelope *envelope, struct sb_fault *fault);

/* Give the memory back; as all zero after it. */
void sb_envelope_head_free(struct sb_envelope_head *head);

#endif
