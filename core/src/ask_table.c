#include "ask_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"

#define EPOCH_DIGITS 16

/* ---- Who asks from outside ------------------------------------------------------------------------------------------- */

static int outside_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    (void)ref;
    (void)sender;
    sabir_message_free(message);
    return SABIR_OK;
}

static void outside_free(sabir_ref *ref) {
    (void)ref; /* part of the table */
}

static const struct sb_ref_ops outside_ops = {.send = outside_send, .free = outside_free};

/* ---- Buckets (under the lock) ------------------------------------------------------------------------------------------ */

/* Numbers follow each other, so the last bits spread them evenly. */
static struct sb_ask_entry **bucket_of(struct sb_ask_table *table, uint64_t number) {
    return &table->buckets[number & (table->bucket_count - 1)];
}

static void push(struct sb_ask_table *table, struct sb_ask_entry *entry) {
    struct sb_ask_entry **bucket = bucket_of(table, entry->number);
    entry->next = *bucket;
    *bucket = entry;
}

static void grow(struct sb_ask_table *table) {
    size_t old_count = table->bucket_count;
    struct sb_ask_entry **old = table->buckets;
    struct sb_ask_entry **buckets = sb_alloc_zero(old_count * 2, sizeof(struct sb_ask_entry *));
    if (!buckets) return;
    table->buckets = buckets;
    table->bucket_count = old_count * 2;
    for (size_t i = 0; i < old_count; i++) {
        for (struct sb_ask_entry *entry = old[i]; entry;) {
            struct sb_ask_entry *next = entry->next;
            push(table, entry);
            entry = next;
        }
    }
    if (old != table->first_buckets) sb_free(old);
}

/* Whatever points to the entry of that number, or to NULL at the end of its bucket. */
static struct sb_ask_entry **find(struct sb_ask_table *table, uint64_t number) {
    struct sb_ask_entry **link = bucket_of(table, number);
    while (*link && (*link)->number != number) link = &(*link)->next;
    return link;
}

static struct sb_ask_entry *unlink_entry(struct sb_ask_table *table, struct sb_ask_entry **link) {
    struct sb_ask_entry *entry = *link;
    *link = entry->next;
    entry->next = NULL;
    entry->number = 0;
    table->count--;
    return entry;
}

/* ---- The table ---------------------------------------------------------------------------------------------------------- */

void sb_ask_table_init(struct sb_ask_table *table, const char *endpoint) {
    memset(table, 0, sizeof *table);
    sb_mutex_init(&table->lock);
    sb_random(&table->epoch, sizeof table->epoch);
    table->buckets = table->first_buckets;
    table->bucket_count = SB_ASK_FIRST_BUCKETS;
    sb_ref_init(&table->outside, &outside_ops, SB_REF_ASK, SB_ASK_OUTSIDE, endpoint);
}

void sb_ask_table_free(struct sb_ask_table *table) {
    if (table->buckets != table->first_buckets) sb_free(table->buckets);
    sb_mutex_free(&table->lock);
}

void sb_ask_table_add(struct sb_ask_table *table, struct sb_ask_entry *entry) {
    sb_mutex_lock(&table->lock);
    if (table->count >= table->bucket_count) grow(table);
    entry->number = ++table->last_number;
    snprintf(entry->id, sizeof entry->id, "%0*" PRIx64 "-%" PRIx64, EPOCH_DIGITS, table->epoch, entry->number);
    push(table, entry);
    table->count++;
    sb_mutex_unlock(&table->lock);
}

bool sb_ask_table_remove(struct sb_ask_table *table, struct sb_ask_entry *entry) {
    sb_mutex_lock(&table->lock);
    bool was_in = entry->number != 0;
    if (was_in) unlink_entry(table, find(table, entry->number));
    sb_mutex_unlock(&table->lock);
    return was_in;
}

/* The number in an id of this table's form; 0: it has another. Whether the id is the entry's own is compared as text. */
static uint64_t number_of(struct sb_text id) {
    uint64_t number = 0;
    if (id.len_bytes <= EPOCH_DIGITS + 1 || id.len_bytes > EPOCH_DIGITS + 1 + 16) return 0;
    for (size_t i = EPOCH_DIGITS + 1; i < id.len_bytes; i++) {
        char digit = id.bytes[i];
        if (digit >= '0' && digit <= '9')
            number = number << 4 | (uint64_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            number = number << 4 | (uint64_t)(digit - 'a' + 10);
        else
            return 0;
    }
    return number;
}

struct sb_ask_entry *sb_ask_table_take(struct sb_ask_table *table, struct sb_text id, struct sb_text asker) {
    uint64_t number = number_of(id);
    if (number == 0) return NULL;
    sb_mutex_lock(&table->lock);
    struct sb_ask_entry **link = find(table, number);
    struct sb_ask_entry *entry = *link;
    if (entry && sb_text_equal(sb_text_of(entry->id), id) && sb_text_equal(sb_text_of(entry->asker), asker))
        unlink_entry(table, link);
    else
        entry = NULL;
    sb_mutex_unlock(&table->lock);
    return entry;
}

struct sb_ask_entry *sb_ask_table_take_all(struct sb_ask_table *table, const char *endpoint) {
    struct sb_ask_entry *taken = NULL;
    sb_mutex_lock(&table->lock);
    for (size_t i = 0; i < table->bucket_count && table->count > 0; i++) {
        for (struct sb_ask_entry **link = &table->buckets[i]; *link;) {
            if (endpoint && strcmp((*link)->endpoint, endpoint) != 0) {
                link = &(*link)->next;
                continue;
            }
            struct sb_ask_entry *entry = unlink_entry(table, link);
            entry->next = taken;
            taken = entry;
        }
    }
    sb_mutex_unlock(&table->lock);
    return taken;
}
