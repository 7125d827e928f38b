#define _GNU_SOURCE
#include "backoff.h"

#include <sys/random.h>

static const int64_t LONGEST_NS = INT64_C(30) * 1000000000;

int64_t run_backoff_ns(int64_t first_ns, unsigned restart) {
    int64_t longest_ns = first_ns > LONGEST_NS ? first_ns : LONGEST_NS, wait_ns = first_ns;
    for (unsigned i = 1; i < restart && wait_ns < longest_ns; i++) wait_ns *= 2;
    if (wait_ns > longest_ns) wait_ns = longest_ns;
    uint16_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) random = 0x8000;
    return wait_ns / 4 * 3 + wait_ns / 2 / 0xFFFF * random;
}
