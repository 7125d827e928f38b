#include "actor_slab.h"

#include <string.h>

#include "actor.h"
#include "alloc.h"
#include "asan.h"

#define LINE_BYTES 64
#define SLOTS_MAX 102 /* 32 KiB */
#define WORDS 2       /* of 64 slots each */
#define LIVE_A_SLOT 8 /* a new slab holds an eighth of what there is: a process never has much more room than it uses */

#define LINE_OF(member) (offsetof(struct sb_actor, member) / LINE_BYTES)
#define OWNERS_PART (offsetof(struct sb_actor, mailbox) + SB_MAILBOX_OWNERS_PART)

_Static_assert(sizeof(struct sb_actor) == 5 * LINE_BYTES, "an actor is five cache lines (actor.h)");
_Static_assert(LINE_OF(next_due) == 1 && LINE_OF(mailbox) == 1, "senders write to a line of their own");
_Static_assert(OWNERS_PART == 2 * LINE_BYTES, "the owner's part of the mailbox begins a line");

struct slab {
    uint64_t free[WORDS]; /* a bit for each slot */
    uint32_t slot_count;
    uint32_t free_count;
    struct slab *next; /* of those with a free slot */
    struct slab **link;
    unsigned char slots[]; /* from the next line on */
};

_Static_assert(sizeof(struct slab) <= LINE_BYTES, "the head is a line");

static struct {
    struct sb_mutex lock;
    struct slab *open; /* those with a free slot */
    size_t live;       /* actors */
} slabs;

__attribute__((constructor)) static void slabs_init(void) {
    sb_mutex_init(&slabs.lock);
}

static struct sb_actor *actor_at(struct slab *slab, size_t slot) {
    return (struct sb_actor *)(void *)((char *)slab + LINE_BYTES) + slot;
}

static struct slab *slab_of(struct sb_actor *actor) {
    return (struct slab *)(void *)((char *)(actor - actor->slot) - LINE_BYTES);
}

/* ---- Slabs (under the lock) ---------------------------------------------------------------------------------------------- */

static void open_up(struct slab *slab) {
    slab->next = slabs.open;
    slab->link = &slabs.open;
    if (slab->next) slab->next->link = &slab->next;
    slabs.open = slab;
}

static void shut(struct slab *slab) {
    *slab->link = slab->next;
    if (slab->next) slab->next->link = slab->link;
}

static struct slab *slab_new(void) {
    size_t count = slabs.live / LIVE_A_SLOT + 1;
    if (count > SLOTS_MAX) count = SLOTS_MAX;
    struct slab *slab = sb_alloc_aligned(LINE_BYTES, LINE_BYTES + count * sizeof(struct sb_actor));
    if (!slab) return NULL;
    slab->slot_count = slab->free_count = (uint32_t)count;
    for (size_t i = 0; i < WORDS; i++) slab->free[i] = 0;
    for (size_t i = 0; i < count; i++) slab->free[i / 64] |= (uint64_t)1 << (i % 64);
    ASAN_POISON_MEMORY_REGION(actor_at(slab, 0), count * sizeof(struct sb_actor));
    open_up(slab);
    return slab;
}

static size_t take_slot(struct slab *slab) {
    size_t word = slab->free[0] ? 0 : 1;
    size_t bit = (size_t)__builtin_ctzll(slab->free[word]);
    slab->free[word] &= ~((uint64_t)1 << bit);
    if (--slab->free_count == 0) shut(slab);
    slabs.live++;
    return word * 64 + bit;
}

/* true: the slab is empty, and the caller's to free. */
static bool give_slot(struct slab *slab, size_t slot) {
    slab->free[slot / 64] |= (uint64_t)1 << (slot % 64);
    if (slab->free_count++ == 0) open_up(slab);
    slabs.live--;
    if (slab->free_count < slab->slot_count) return false;
    shut(slab);
    return true;
}

/* ---- Actors -------------------------------------------------------------------------------------------------------------- */

struct sb_actor *sb_actor_slab_take(void) {
    sb_mutex_lock(&slabs.lock);
    struct slab *slab = slabs.open ? slabs.open : slab_new();
    size_t slot = slab ? take_slot(slab) : 0;
    sb_mutex_unlock(&slabs.lock);
    if (!slab) return NULL;
    struct sb_actor *actor = actor_at(slab, slot);
    ASAN_UNPOISON_MEMORY_REGION(actor, sizeof *actor);
    memset(actor, 0, sizeof *actor);
    actor->slot = (uint8_t)slot;
    return actor;
}

void sb_actor_slab_give(struct sb_actor *actor) {
    struct slab *slab = slab_of(actor);
    size_t slot = actor->slot;
    ASAN_POISON_MEMORY_REGION(actor, sizeof *actor);
    sb_mutex_lock(&slabs.lock);
    bool is_empty = give_slot(slab, slot);
    sb_mutex_unlock(&slabs.lock);
    if (!is_empty) return;
    ASAN_UNPOISON_MEMORY_REGION(actor_at(slab, 0), slab->slot_count * sizeof(struct sb_actor));
    sb_free(slab);
}
