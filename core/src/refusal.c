#include "refusal.h"

#include "log.h"

static uint32_t hash_of(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash ? hash : 1;
}

void sb_refusal_count(struct sb_refusals *refusals, const char *endpoint, bool is_endpoint) {
    atomic_fetch_add_explicit(&refusals->count, 1, memory_order_relaxed);
    uint32_t hash = hash_of(endpoint);
    _Atomic uint32_t *place = &refusals->seen[(hash ^ hash >> 16) % SB_REFUSAL_PLACES];
    if (atomic_exchange_explicit(place, hash, memory_order_relaxed) == hash) return;
    uint32_t line = atomic_fetch_add_explicit(&refusals->lines, 1, memory_order_relaxed);
    if (line > SB_REFUSAL_LINES) return;
    if (line == SB_REFUSAL_LINES)
        sb_log("more refusals are counted but not logged");
    else if (is_endpoint)
        sb_log("nothing is sent to %s: an envelope named it, but came from another address. To allow it, add it to the "
               "peers "
               "file, or allow its host (sabir_config_allow, or \"allow\" in the peers file)",
               endpoint);
    else
        sb_log("nothing is sent to '%s': an envelope named it as its sender's endpoint, but it is none (END-1)",
               endpoint);
}
