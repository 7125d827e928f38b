/*
 * How the ways of nearly every message are laid out: what is common is in line, short and straight; what is not stands apart.
 */
#ifndef SB_HOT_H
#define SB_HOT_H

#define SB_HOT __attribute__((always_inline)) inline /* of a call that costs as much as a handful of these */
#define SB_COLD __attribute__((noinline)) /* not `cold`: gcc then thinks that what follows its call is cold too */

#define SB_USUAL(condition) __builtin_expect(!!(condition), 1)
#define SB_RARE(condition) __builtin_expect(!!(condition), 0)

#endif
