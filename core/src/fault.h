/*
 * What is wrong with bytes that break the protocol: which clause, in words, where. A fault points to static text and
 * costs nothing to make.
 */
#ifndef SB_FAULT_H
#define SB_FAULT_H

#include <stddef.h>

struct sb_fault {
    const char *clause; /* "ENV-4", static */
    const char *reason; /* one sentence, static */
    size_t offset_bytes;
};

#endif
