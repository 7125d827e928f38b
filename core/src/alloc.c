#include "alloc.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* 0: no failure is planned. */
static _Atomic unsigned long fail_countdown;

static bool fails_now(void) {
    unsigned long left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
    while (left > 0)
        if (atomic_compare_exchange_weak_explicit(&fail_countdown, &left, left - 1, memory_order_relaxed,
                                                  memory_order_relaxed))
            return left == 1;
    return false;
}

unsigned long sb_alloc_fail_left(void) {
    return atomic_load_explicit(&fail_countdown, memory_order_relaxed);
}

void sb_alloc_fail_after(unsigned long countdown) {
    atomic_store_explicit(&fail_countdown, countdown, memory_order_relaxed);
}

void *sb_alloc(size_t size_bytes) {
    return fails_now() ? NULL : malloc(size_bytes ? size_bytes : 1);
}

void *sb_alloc_zero(size_t count, size_t size_bytes) {
    return fails_now() ? NULL : calloc(count ? count : 1, size_bytes ? size_bytes : 1);
}

void *sb_alloc_aligned(size_t align_bytes, size_t size_bytes) {
    size_t rounded = (size_bytes + align_bytes - 1) / align_bytes * align_bytes;
    return fails_now() ? NULL : aligned_alloc(align_bytes, rounded);
}

void *sb_realloc(void *block, size_t size_bytes) {
    return fails_now() ? NULL : realloc(block, size_bytes ? size_bytes : 1);
}

char *sb_strndup(const char *bytes, size_t len_bytes) {
    char *copy = sb_alloc(len_bytes + 1);
    if (!copy) return NULL;
    if (len_bytes > 0) memcpy(copy, bytes, len_bytes);
    copy[len_bytes] = '\0';
    return copy;
}

void sb_free(void *block) {
    free(block);
}
