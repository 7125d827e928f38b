/*
 * What is wrong with a value, and where in it: the innermost function sets the reason, and each one on the way back puts its own step in
 * front of the path, so that a value without a fault costs nothing.
 *
 *     "1.5 is not an integer"  ->  "[3]"  ->  "l[3]"  ->  "l[3]: 1.5 is not an integer"
 */
#ifndef SB_VALUE_FAULT_H
#define SB_VALUE_FAULT_H

#include <stdbool.h>

#include "text.h"

#define SB_VALUE_FAULT_PATH_BYTES 160
#define SB_VALUE_FAULT_REASON_BYTES 192

struct sb_value_fault {
    char reason[SB_VALUE_FAULT_REASON_BYTES];
    char path[SB_VALUE_FAULT_PATH_BYTES]; /* from `begin` on, NUL-terminated */
    size_t begin;
    bool is_cut; /* there was no room for the outer steps */
};

/* Each returns `code`; the steps do nothing to a code that is none of the value's (SABIR_ENOMEM). */
int sb_value_fault_set(struct sb_value_fault *fault, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int sb_value_fault_in_field(struct sb_value_fault *fault, int code, struct sb_text name);
int sb_value_fault_in_item(struct sb_value_fault *fault, int code, size_t index);
int sb_value_fault_in_key(struct sb_value_fault *fault, int code, struct sb_text key);

/* Make it this thread's last error; SABIR_ENOMEM in its own words. */
int sb_value_fault_tell(const struct sb_value_fault *fault, int code);

#endif
