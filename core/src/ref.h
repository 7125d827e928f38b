/*
 * What all refs have in common. Four kinds: a local actor (actor.c), an actor of another node (remote_ref.c), a pending ask
 * (ask.c), a probe of the test kit (probe.c).
 */
#ifndef SB_REF_H
#define SB_REF_H

#include <sabir/context.h>
#include <sabir/ref.h>
#include <stdatomic.h>

struct sb_ref_ops {
    /* sabir_ref_send: consumes message on SABIR_OK. `sender` may be NULL. The message's meta (id, re, trace) goes with it. */
    int (*send)(sabir_ref *ref, sabir_message *message, sabir_ref *sender);
    void (*free)(sabir_ref *ref); /* the last owner let go */
};

enum sb_ref_kind { SB_REF_LOCAL, SB_REF_REMOTE, SB_REF_ASK, SB_REF_PROBE };

struct sabir_ref {
    const struct sb_ref_ops *ops;
    _Atomic uint32_t owners;
    uint32_t kind;        /* enum sb_ref_kind */
    const char *name;     /* as long-lived as the ref */
    const char *endpoint; /* the same; NULL: this process without an endpoint */
    sabir_manager
        *manager;    /* of a remote ref: whose node it goes through; of an ask or a probe: whose it is; else NULL */
    uint64_t serial; /* no other ref of the process has it, or ever had */
};

void sb_ref_init(sabir_ref *ref, const struct sb_ref_ops *ops, enum sb_ref_kind kind, const char *name,
                 const char *endpoint);

#endif
