#include "handler_table.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "alloc.h"
#include "thread.h"

#define SEARCHED                                                                                                       \
    16 /* so many kinds of actors are looked through, the last one used first; of more only memory is lost */

/* The places follow it in the same block. */
struct table {
    size_t places;
    size_t users; /* under the lock, as the rest; 0: not shared */
    struct table *next;
    struct table **link; /* whatever points to this one */
};

static struct {
    struct sb_mutex lock;
    struct table *first;
} shared;

__attribute__((constructor)) static void shared_init(void) {
    sb_mutex_init(&shared.lock);
}

static struct table *table_of(struct sb_handler *handlers) {
    return (struct table *)(void *)handlers - 1;
}

static struct sb_handler *handlers_of(struct table *table) {
    return (struct sb_handler *)(void *)(table + 1);
}

struct sb_handler *sb_handler_table_new(size_t places) {
    struct table *table = sb_alloc_zero(1, sizeof *table + places * sizeof(struct sb_handler));
    if (!table) return NULL;
    table->places = places;
    return handlers_of(table);
}

/* ---- The shared ones (under the lock) ------------------------------------------------------------------------------------ */

static void put_first(struct table *table) {
    table->next = shared.first;
    table->link = &shared.first;
    if (table->next) table->next->link = &table->next;
    shared.first = table;
}

static void take_out(struct table *table) {
    *table->link = table->next;
    if (table->next) table->next->link = table->link;
}

/* A handler has no padding, and a table that was filled in another order only looks different: it is not shared then. */
static struct table *find_equal(struct table *table) {
    size_t len_bytes = table->places * sizeof(struct sb_handler);
    struct table *at = shared.first;
    for (size_t i = 0; at && i < SEARCHED; i++, at = at->next)
        if (at->places == table->places && memcmp(at + 1, table + 1, len_bytes) == 0) return at;
    return NULL;
}

struct sb_handler *sb_handler_table_share(struct sb_handler *handlers) {
    if (!handlers) return NULL;
    struct table *table = table_of(handlers);
    sb_mutex_lock(&shared.lock);
    struct table *equal = find_equal(table);
    if (equal)
        take_out(equal);
    else
        equal = table;
    put_first(equal);
    equal->users++;
    sb_mutex_unlock(&shared.lock);
    if (equal != table) sb_free(table);
    return handlers_of(equal);
}

void sb_handler_table_release(struct sb_handler *handlers) {
    if (!handlers) return;
    struct table *table = table_of(handlers);
    sb_mutex_lock(&shared.lock);
    bool is_shared = table->users > 0;
    bool is_last = !is_shared || --table->users == 0;
    if (is_shared && is_last) take_out(table);
    sb_mutex_unlock(&shared.lock);
    if (is_last) sb_free(table);
}
