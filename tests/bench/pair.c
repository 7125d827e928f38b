#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

struct pair pair_fork(void (*other)(struct pair pair)) {
    int forth[2], back[2];
    if (pipe(forth) || pipe(back)) bench_die("no pipe");
    fflush(stdout); /* or the child prints it again */
    pid_t child = fork();
    if (child == -1) bench_die("no process");
    if (child == 0) {
        close(forth[1]), close(back[0]);
        other((struct pair){forth[0], back[1]});
        exit(0);
    }
    close(forth[0]), close(back[1]);
    return (struct pair){back[0], forth[1]};
}

void pair_join(struct pair pair) {
    int status;
    close(pair.out);
    if (wait(&status) == -1 || status != 0) bench_die("the other process failed");
    close(pair.in);
}

void pair_put(struct pair pair, const char *endpoint) {
    char text[PAIR_ENDPOINT_BYTES] = {0};
    snprintf(text, sizeof text, "%s", endpoint);
    if (write(pair.out, text, sizeof text) != (ssize_t)sizeof text) bench_die("the other process is gone");
}

void pair_get(struct pair pair, char endpoint[PAIR_ENDPOINT_BYTES]) {
    for (size_t got = 0; got < PAIR_ENDPOINT_BYTES;) {
        ssize_t n = read(pair.in, endpoint + got, PAIR_ENDPOINT_BYTES - got);
        if (n <= 0) bench_die("the other process ended early");
        got += (size_t)n;
    }
}

void pair_wait_end(struct pair pair) {
    char byte;
    while (read(pair.in, &byte, 1) > 0) continue;
}
