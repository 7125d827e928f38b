/*
 * Memory of the command: a program for people that has run out of memory can only say so and end.
 * (Its nodes end with it: each has a guard.)
 */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>

/* Zeroed; never NULL. */
void *cli_alloc(size_t count, size_t size_bytes);

/* Never NULL; what is new is not zeroed. */
void *cli_grow(void *block, size_t count, size_t size_bytes);

char *cli_copy(const char *text);
char *cli_copy_bytes(const char *bytes, size_t len_bytes);

/* As asprintf, but never fails. */
__attribute__((format(printf, 1, 2))) char *cli_format(const char *format, ...);

#endif
