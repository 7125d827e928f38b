/* On which CPU a thread is to stay: Linux's own words. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>

#include "trading.h"

void say_cpu(const char *who) {
    cpu_set_t cpus;
    if (sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) == 1)
        printf("%s: on CPU %d\n", who, sched_getcpu());
    else
        printf("%s: on any CPU\n", who);
}
