#include "spec_table.h"

#include <string.h>

#include "alloc.h"
#include "thread.h"

#define BUCKETS 64
#define SEARCHED 16 /* so many of a bucket are looked at; should there be more, only memory is lost */

struct entry {
    struct sabir_actor spec; /* first member: its address is the entry's */
    size_t users;            /* under the lock, as the rest; 0: not shared */
    struct entry *next;
    struct entry **link; /* whatever points to this one */
};

_Static_assert(sizeof(struct sabir_actor) % sizeof(uint64_t) == 0, "a spec is hashed word by word");

static struct {
    struct sb_mutex lock;
    struct entry *buckets[BUCKETS];
} shared;

__attribute__((constructor)) static void shared_init(void) {
    sb_mutex_init(&shared.lock);
}

static struct entry *entry_of(struct sabir_actor *spec) {
    return (struct entry *)(void *)spec;
}

struct sabir_actor *sb_spec_new(void) {
    struct entry *entry = sb_alloc_zero(1, sizeof *entry);
    return entry ? &entry->spec : NULL;
}

static void free_entry(struct entry *entry) {
    sb_actor_spec_free_parts(&entry->spec);
    sb_free(entry);
}

/* ---- The shared ones (under the lock) ------------------------------------------------------------------------------------ */

static struct entry **bucket_of(const struct sabir_actor *spec) {
    uint64_t hash = 0, word;
    for (size_t at = 0; at < sizeof *spec; at += sizeof word) {
        memcpy(&word, (const char *)spec + at, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return &shared.buckets[hash % BUCKETS];
}

static void put_first(struct entry **bucket, struct entry *entry) {
    entry->next = *bucket;
    entry->link = bucket;
    if (entry->next) entry->next->link = &entry->next;
    *bucket = entry;
}

static void take_out(struct entry *entry) {
    *entry->link = entry->next;
    if (entry->next) entry->next->link = entry->link;
}

/* What has a thread's name or a list of CPUs has one of its own, so it equals nothing. */
static struct entry *find_equal(struct entry *first, const struct sabir_actor *spec) {
    const void *bytes = spec; /* all zero when made, the gaps between its members too */
    for (size_t i = 0; first && i < SEARCHED; i++, first = first->next) {
        const void *known = &first->spec;
        if (memcmp(known, bytes, sizeof *spec) == 0) return first;
    }
    return NULL;
}

struct sabir_actor *sb_spec_share(struct sabir_actor *spec) {
    struct entry *own = entry_of(spec);
    spec->self = NULL;
    spec->handlers = sb_handler_table_share(spec->handlers);
    struct entry **bucket = bucket_of(spec);
    sb_mutex_lock(&shared.lock);
    struct entry *equal = find_equal(*bucket, spec);
    if (equal)
        take_out(equal);
    else
        equal = own;
    put_first(bucket, equal);
    equal->users++;
    sb_mutex_unlock(&shared.lock);
    if (equal != own) free_entry(own);
    return &equal->spec;
}

void sb_spec_release(struct sabir_actor *spec) {
    struct entry *entry = entry_of(spec);
    sb_mutex_lock(&shared.lock);
    bool is_shared = entry->users > 0;
    bool is_last = !is_shared || --entry->users == 0;
    if (is_shared && is_last) take_out(entry);
    sb_mutex_unlock(&shared.lock);
    if (is_last) free_entry(entry);
}
