/*
 * A ref to an actor of another node: made by the application, or from the sender that an envelope names. It says where its mail
 * goes, in which dialect, and whether it may go at all; that was decided when it was made.
 */
#ifndef SB_REMOTE_REF_H
#define SB_REMOTE_REF_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"
#include "envelope.h"
#include "ref.h"

struct sb_node;
struct sb_peer;

struct sb_remote_ref {
    sabir_ref ref;        /* first: the ref's address is this one's */
    struct sb_node *node; /* counted */
    struct sb_peer *peer; /* counted; NULL: nothing may be sent there */
    uint32_t dialect;
    bool has_endpoint; /* false: what the envelope named is none (END-2) */
    struct sb_text name;
    struct sb_text received;        /* the endpoint as the envelope or the application wrote it */
    struct sb_remote_ref *previous; /* in the node's list, under its lock */
    struct sb_remote_ref *next;
    char texts[];
};

/* What a ref is made from. */
struct sb_remote_ref_spec {
    struct sb_text name;
    struct sb_text received;
    const struct sb_endpoint *endpoint; /* NULL: `received` is none */
    uint32_t dialect;
    bool is_allowed;
};

/* SABIR_ENOMEM. ref->endpoint is the rebuilt text, or, if there is none, the received one. */
int sb_remote_ref_new(struct sb_node *node, const struct sb_remote_ref_spec *spec, sabir_ref **ref);

/* Whether it is what that envelope's sender would give, but for the decision. */
bool sb_remote_ref_is_of(const sabir_ref *ref, const struct sb_envelope *envelope);

#endif
