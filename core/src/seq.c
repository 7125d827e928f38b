#include "seq.h"

/* An epoch lies in one of this many places from its home on; the quietest of them makes room. */
#define REACH 16

#define MAX_COUNT_DIGITS 20

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

void sb_seq_print_epoch(uint64_t epoch, char to[SB_SEQ_EPOCH_DIGITS + 1]) {
    for (unsigned i = SB_SEQ_EPOCH_DIGITS; i-- > 0; epoch >>= 4) to[i] = "0123456789abcdef"[epoch & 15];
    to[SB_SEQ_EPOCH_DIGITS] = ':';
}

/* One more than the value of a hexadecimal digit; 0: it is none. */
static const unsigned char hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

static bool parse_epoch(const char *digits, uint64_t *epoch) {
    uint64_t value = 0;
    bool is_broken = false;
    for (size_t i = 0; i < SB_SEQ_EPOCH_DIGITS; i++) {
        unsigned digit = hex_digits[(unsigned char)digits[i]];
        is_broken |= digit == 0;
        value = value << 4 | ((digit - 1) & 15);
    }
    *epoch = value;
    return !is_broken;
}

bool sb_seq_parse_count(struct sb_text digits, uint64_t *count) {
    uint64_t value = 0;
    if (digits.len_bytes == 0 || digits.len_bytes > MAX_COUNT_DIGITS || digits.bytes[0] == '0') return false;
    for (size_t i = 0; i < digits.len_bytes; i++) {
        unsigned digit = (unsigned char)digits.bytes[i] - (unsigned)'0';
        if (digit > 9 || (i + 1 == MAX_COUNT_DIGITS && value > (UINT64_MAX - digit) / 10)) return false;
        value = value * 10 + digit;
    }
    *count = value;
    return true;
}

bool sb_seq_parse(struct sb_text seq, uint64_t *epoch, uint64_t *n) {
    const size_t head = SB_SEQ_EPOCH_DIGITS + 1;
    return seq.len_bytes > head && seq.bytes[SB_SEQ_EPOCH_DIGITS] == ':' && parse_epoch(seq.bytes, epoch) &&
           sb_seq_parse_count((struct sb_text){seq.bytes + head, seq.len_bytes - head}, n);
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
