/*
 * How the ways of nearly every message are laid out: what is common is in line, short and straight; what is not stands apart.
 */
#ifndef SB_HOT_H
#define SB_HOT_H

#include <stdint.h>

#define SB_HOT __attribute__((always_inline)) inline /* of a call that costs as much as a handful of these */
#define SB_COLD __attribute__((noinline)) /* not `cold`: gcc then thinks that what follows its call is cold too */

/*
 * Ask for a cache line ahead, to be written: it is taken from whoever has it, so that the write, or a locked instruction, need not. Compilers
 * have no word for that on x86-64, where every processor has the instruction or skips it.
 */
#if defined(__x86_64__)
#define SB_FETCH_TO_WRITE(address) __asm__ volatile("prefetchw %0" ::"m"(*(const char *)(uintptr_t)(address)))
#else
#define SB_FETCH_TO_WRITE(address) __builtin_prefetch((address), 1)
#endif

#define SB_USUAL(condition) __builtin_expect(!!(condition), 1)
#define SB_RARE(condition) __builtin_expect(!!(condition), 0)

#endif
