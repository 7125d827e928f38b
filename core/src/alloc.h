/*
 * Every allocation of the core that is not a message node goes through here, so that tests can make the k-th one fail.
 */
#ifndef SB_ALLOC_H
#define SB_ALLOC_H

#include <stddef.h>

void *sb_alloc(size_t size_bytes);                    /* NULL when out of memory, as all of these */
void *sb_alloc_zero(size_t count, size_t size_bytes); /* checks the product */
void *sb_alloc_aligned(size_t align_bytes, size_t size_bytes);
void *sb_realloc(void *block, size_t size_bytes);
char *sb_strndup(const char *bytes, size_t len_bytes); /* NUL-terminated copy */
void sb_free(void *block);

/* Let the `countdown`-th allocation from now on fail, once; 0: none. For tests. */
void sb_alloc_fail_after(unsigned long countdown);
unsigned long sb_alloc_fail_left(void); /* 0: it has failed, or none is planned */

#endif
