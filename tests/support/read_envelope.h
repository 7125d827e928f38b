/*
 * Reading one envelope in a test: from a block of exactly its size, so that a sanitizer sees a step beyond it, into the two variables here.
 */
#ifndef SUPPORT_READ_ENVELOPE_H
#define SUPPORT_READ_ENVELOPE_H

/* cmocka wants these before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "envelope.h"

extern struct sb_envelope envelope;
extern struct sb_fault fault;

/* sb_envelope_read; what the envelope points into lives until the next call. */
int read_bytes(const char *bytes, size_t len);

/* A teardown that frees it. */
int end_reading(void **state);

void assert_read(const char *text);
void assert_refused(const char *text, const char *clause, const char *mark);

/* `expected` NULL: absent. */
void assert_text(struct sb_text text, const char *expected);

#endif
