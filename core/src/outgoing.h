/*
 * From a message to the frame that goes to the library: the envelope is written once, straight into the memory that is sent.
 */
#ifndef SB_OUTGOING_H
#define SB_OUTGOING_H

#include "message.h"
#include "remote.h"
#include "remote_ref.h"

/*
 * *seq_digits: how many digits stand for the count of its seq, to be filled in when its turn comes; 0: it has none.
 * SABIR_EUNBOUND (RTE-7), SABIR_EUNSUPPORTED (DIA-4), SABIR_ETOOBIG, SABIR_EINVAL (the sender is of another node),
 * SABIR_EMISMATCH (the message carries an object), SABIR_EVALUE, SABIR_ENOMEM.
 */
int sb_outgoing_packet(const struct sb_remote_ref *to, sabir_message *message, const sabir_ref *sender,
                       struct sb_packet *packet, unsigned *seq_digits);

#endif
