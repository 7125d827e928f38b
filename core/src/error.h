/*
 * This thread's last error in words. A function that fails says what, where and what to do, and returns the code.
 */
#ifndef SB_ERROR_H
#define SB_ERROR_H

#include <sabir/error.h>

/* Remember the words (printf style, cut to 1023 bytes) and return `code`: `return sb_error(SABIR_EINVAL, "ref is NULL");` */
int sb_error(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* This thread's words, "" if there are none; valid until its next error. */
const char *sb_error_detail(void);

/* Forget them: before a handler is called, so that its failure is not told in older words. */
void sb_error_clear(void);

#endif
