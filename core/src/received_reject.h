/*
 * Reading a Reject that somebody sent us, in whatever spelling (REJ-3, DIA-3): both dialects' keys, unknown fields ignored, what
 * is missing or not a string left empty. An unknown or missing code reads `other`.
 */
#ifndef SB_RECEIVED_REJECT_H
#define SB_RECEIVED_REJECT_H

#include "message.h"

/* A value message of the built-in type from the payload of an accepted envelope. SABIR_ENOMEM. */
int sb_received_reject(struct sb_text payload, sabir_message **message);

#endif
