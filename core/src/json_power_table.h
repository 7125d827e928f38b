/*
 * The powers of ten, to 128 bits: what both directions of reading and writing doubles stand on.
 */
#ifndef SB_JSON_POWER_TABLE_H
#define SB_JSON_POWER_TABLE_H

#include <stdint.h>

#define SB_JSON_POWER_MIN (-342)
#define SB_JSON_POWER_MAX 324
#define SB_JSON_POWER_EXACT_MAX 55 /* 10^0 to 10^55 fit into 128 bits; the others are cut */

struct sb_json_power {
    uint64_t high;
    uint64_t low;
};

/* sb_json_powers[q - SB_JSON_POWER_MIN]: the first 128 bits of 10^q */
extern const struct sb_json_power sb_json_powers[SB_JSON_POWER_MAX - SB_JSON_POWER_MIN + 1];

/* floor(log2(10^q)) for every q of the table */
static inline int32_t sb_json_power_log2(int32_t q) {
    return (q * 1741647) >> 19;
}

/* The 128 bits of a product. */
static inline struct sb_json_power sb_json_multiply(uint64_t a, uint64_t b) {
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (struct sb_json_power){(uint64_t)(product >> 64), (uint64_t)product};
}

#endif
