#include "seq.h"

/* An epoch lies in one of this many places from its home on; the quietest of them makes room. */
#define REACH 16

unsigned sb_seq_digits(uint64_t n) {
    unsigned digits = 1;
    for (uint64_t limit = 10; n >= limit; limit *= 10) {
        if (++digits == 20) break; /* ten times that does not fit any more */
    }
    return digits;
}

void sb_seq_print_count(uint64_t n, unsigned digits, char *to) {
    for (unsigned i = digits; i-- > 0; n /= 10) to[i] = (char)('0' + n % 10);
}

size_t sb_seq_print(uint64_t epoch, uint64_t n, unsigned digits, char *to) {
    for (unsigned i = SB_SEQ_EPOCH_DIGITS; i-- > 0; epoch >>= 4) to[i] = "0123456789abcdef"[epoch & 15];
    to[SB_SEQ_EPOCH_DIGITS] = ':';
    sb_seq_print_count(n, digits, to + SB_SEQ_EPOCH_DIGITS + 1);
    return SB_SEQ_EPOCH_DIGITS + 1 + digits;
}

/* 16 for what is no digit. */
static unsigned hex_value(char c) {
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return (unsigned)(c - 'A') + 10;
    return 16;
}

bool sb_seq_parse(struct sb_text seq, uint64_t *epoch, uint64_t *n) {
    if (seq.len_bytes < SB_SEQ_EPOCH_DIGITS + 2 || seq.bytes[SB_SEQ_EPOCH_DIGITS] != ':') return false;
    uint64_t e = 0;
    for (size_t i = 0; i < SB_SEQ_EPOCH_DIGITS; i++) {
        unsigned digit = hex_value(seq.bytes[i]);
        if (digit > 15) return false;
        e = e << 4 | digit;
    }
    uint64_t count = 0;
    for (size_t i = SB_SEQ_EPOCH_DIGITS + 1; i < seq.len_bytes; i++) {
        if (seq.bytes[i] < '0' || seq.bytes[i] > '9') return false;
        uint64_t digit = (uint64_t)(seq.bytes[i] - '0');
        if (count > (UINT64_MAX - digit) / 10) return false;
        count = count * 10 + digit;
    }
    if (count == 0) return false;
    *epoch = e;
    *n = count;
    return true;
}

/* The place of `epoch`, or the one that it takes over. */
static struct sb_seq_entry *place_of(struct sb_seq_table *table, uint64_t epoch) {
    size_t home = (size_t)((epoch * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
    struct sb_seq_entry *quietest = NULL;
    for (size_t i = 0; i < REACH; i++) {
        struct sb_seq_entry *entry = &table->entries[(home + i) % SB_SEQ_EPOCHS];
        if (entry->greatest != 0 && entry->epoch == epoch) return entry;
        if (!quietest || entry->used < quietest->used) quietest = entry;
    }
    *quietest = (struct sb_seq_entry){.epoch = epoch};
    return quietest;
}

bool sb_seq_is_new(struct sb_seq_table *table, uint64_t epoch, uint64_t n) {
    struct sb_seq_entry *entry = &table->entries[table->last];
    if (entry->greatest == 0 || entry->epoch != epoch) {
        entry = place_of(table, epoch);
        table->last = (size_t)(entry - table->entries);
    }
    entry->used = ++table->clock;
    if (n <= entry->greatest) return false;
    entry->greatest = n;
    return true;
}
