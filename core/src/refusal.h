/*
 * What RTE-4 and END-2 do not let go: counted, and logged once per peer with the words that would allow it.
 */
#ifndef SB_REFUSAL_H
#define SB_REFUSAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SB_REFUSAL_PLACES 256
#define SB_REFUSAL_LINES 200 /* a flood of absurd endpoints does not fill a disk */

struct sb_refusals {
    _Atomic uint64_t count;
    _Atomic uint32_t lines;
    _Atomic uint32_t seen[SB_REFUSAL_PLACES]; /* hashes of endpoints that were logged; a newer one takes the place */
};

/* Count one, and log it if that endpoint is new. `is_endpoint`: it can be connected to (END-1). Any thread. */
void sb_refusal_count(struct sb_refusals *refusals, const char *endpoint, bool is_endpoint);

#endif
