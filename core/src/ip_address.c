#include "ip_address.h"

#include <stdio.h>

#define GROUP_COUNT 8

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static int hex_value(char byte) {
    if (is_digit(byte)) return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

bool sb_ipv4_parse(struct sb_text text, uint8_t address[4]) {
    const char *at = text.bytes, *end = text.bytes + text.len_bytes;
    for (int part = 0; part < 4; part++) {
        if (part > 0 && (at == end || *at++ != '.')) return false;
        const char *begin = at;
        unsigned value = 0;
        while (at < end && is_digit(*at) && at - begin < 3) value = value * 10 + (unsigned)(*at++ - '0');
        if (at == begin || value > 255 || (*begin == '0' && at - begin > 1)) return false;
        address[part] = (uint8_t)value;
    }
    return at == end;
}

/* The groups of an IPv6 as they are read: those before `::` and those behind it. */
struct groups {
    uint16_t values[GROUP_COUNT];
    int count;
    int gap; /* how many groups stand before `::`; -1: there is none */
};

static bool add_group(struct groups *groups, unsigned value) {
    if (groups->count == GROUP_COUNT) return false;
    groups->values[groups->count++] = (uint16_t)value;
    return true;
}

/* One group of one to four digits at *at. */
static bool read_group(const char **at, const char *end, unsigned *value) {
    const char *begin = *at;
    *value = 0;
    while (*at < end && hex_value(**at) >= 0 && *at - begin < 4) *value = *value << 4 | (unsigned)hex_value(*(*at)++);
    return *at > begin;
}

/* What stands from *at to the end, if it is an IPv4: two groups. */
static bool read_ipv4_tail(const char *at, const char *end, struct groups *groups) {
    uint8_t ipv4[4];
    if (!sb_ipv4_parse((struct sb_text){at, (size_t)(end - at)}, ipv4)) return false;
    return add_group(groups, (unsigned)(ipv4[0] << 8 | ipv4[1])) &&
           add_group(groups, (unsigned)(ipv4[2] << 8 | ipv4[3]));
}

/* `::` at *at, which may stand once. */
static bool read_gap(const char **at, struct groups *groups) {
    if (groups->gap >= 0) return false;
    groups->gap = groups->count;
    *at += 2;
    return true;
}

static bool is_gap(const char *at, const char *end) {
    return end - at >= 2 && at[0] == ':' && at[1] == ':';
}

static bool read_groups(const char *at, const char *end, struct groups *groups) {
    if (is_gap(at, end) && (!read_gap(&at, groups) || at == end)) return at == end;
    for (;;) {
        if (memchr(at, '.', (size_t)(end - at)) && !memchr(at, ':', (size_t)(end - at)))
            return read_ipv4_tail(at, end, groups);
        unsigned value;
        if (!read_group(&at, end, &value) || !add_group(groups, value)) return false;
        if (at == end) return true;
        if (is_gap(at, end)) {
            if (!read_gap(&at, groups)) return false;
            if (at == end) return true;
        } else if (*at++ != ':') {
            return false;
        }
    }
}

bool sb_ipv6_parse(struct sb_text text, uint8_t address[16]) {
    struct groups groups = {.gap = -1};
    if (text.len_bytes == 0 || !read_groups(text.bytes, text.bytes + text.len_bytes, &groups)) return false;
    /* `::` stands for at least one group. */
    if (groups.gap < 0 ? groups.count != GROUP_COUNT : groups.count == GROUP_COUNT) return false;
    uint16_t values[GROUP_COUNT] = {0};
    int before = groups.gap < 0 ? groups.count : groups.gap;
    for (int i = 0; i < groups.count; i++) values[i < before ? i : i + GROUP_COUNT - groups.count] = groups.values[i];
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        address[2 * i] = (uint8_t)(values[i] >> 8);
        address[2 * i + 1] = (uint8_t)(values[i] & 0xff);
    }
    return true;
}

void sb_ipv4_print(const uint8_t address[4], char text[SB_IP_TEXT_BYTES]) {
    snprintf(text, SB_IP_TEXT_BYTES, "%u.%u.%u.%u", (unsigned)address[0], (unsigned)address[1], (unsigned)address[2],
             (unsigned)address[3]);
}

static unsigned group_at(const uint8_t address[16], int index) {
    const uint8_t *group = address + 2 * (size_t)index;
    return (unsigned)group[0] << 8 | group[1];
}

/* The first of the longest runs of at least two zero groups (RFC 5952, 4.2); its length, 0 if there is none. */
static int longest_run(const uint8_t address[16], int *begin) {
    int longest = 1;
    for (int i = 0; i < GROUP_COUNT; i++) {
        int run = 0;
        while (i + run < GROUP_COUNT && group_at(address, i + run) == 0) run++;
        if (run > longest) {
            longest = run;
            *begin = i;
        }
    }
    return longest > 1 ? longest : 0;
}

void sb_ipv6_print(const uint8_t address[16], char text[SB_IP_TEXT_BYTES]) {
    int run_begin = GROUP_COUNT;
    int run = longest_run(address, &run_begin);
    char *at = text;
    for (int i = 0; i < GROUP_COUNT; i++) {
        if (i == run_begin) {
            *at++ = ':';
            *at++ = ':';
            i += run - 1;
            continue;
        }
        if (i > 0 && i != run_begin + run) *at++ = ':';
        at += snprintf(at, (size_t)(text + SB_IP_TEXT_BYTES - at), "%x", group_at(address, i));
    }
    *at = '\0';
}

bool sb_ipv6_is_mapped(const uint8_t address[16]) {
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(address, prefix, sizeof prefix) == 0;
}
