#define _GNU_SOURCE
#include "kin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUND_MS = 5, ROUNDS_MAX = 5000 / ROUND_MS };

struct process {
    pid_t pid;
    pid_t parent;
    bool is_kin;
};

struct processes {
    struct process *items;
    size_t count;
    size_t capacity;
};

/* `pid (name) state parent ...`: the name may hold anything, so the last parenthesis counts. */
static pid_t parent_of(const char *pid) {
    char path[64], text[512];
    (void)snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t len_bytes = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[len_bytes > 0 ? len_bytes : 0] = '\0';
    const char *behind = strrchr(text, ')');
    if (!behind || strlen(behind) < 4) return -1;
    return (pid_t)strtol(behind + 4, NULL, 10);
}

static bool add(struct processes *processes, pid_t pid, pid_t parent) {
    if (processes->count == processes->capacity) {
        size_t capacity = processes->capacity ? 2 * processes->capacity : 256;
        struct process *items = realloc(processes->items, capacity * sizeof *items);
        if (!items) return false;
        processes->items = items;
        processes->capacity = capacity;
    }
    processes->items[processes->count++] = (struct process){pid, parent, false};
    return true;
}

static void list_all(struct processes *processes) {
    DIR *dir = opendir("/proc");
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        pid_t parent = pid > 0 ? parent_of(entry->d_name) : -1;
        if (parent > 0 && !add(processes, pid, parent)) break;
    }
    if (dir) (void)closedir(dir);
}

static bool is_kin(const struct processes *processes, pid_t pid) {
    for (size_t i = 0; i < processes->count; i++) {
        if (processes->items[i].pid == pid) return processes->items[i].is_kin;
    }
    return false;
}

/* Mark generation after generation; a family is small, the other processes are looked at once per generation. */
static size_t mark_kin(struct processes *processes) {
    pid_t self = getpid();
    size_t kin = 0, before;
    do {
        before = kin;
        for (size_t i = 0; i < processes->count; i++) {
            struct process *process = &processes->items[i];
            if (process->is_kin || (process->parent != self && (kin == 0 || !is_kin(processes, process->parent))))
                continue;
            process->is_kin = true;
            kin++;
        }
    } while (kin != before);
    return kin;
}

static size_t kill_round(void) {
    struct processes processes = {0};
    list_all(&processes);
    size_t kin = mark_kin(&processes);
    for (size_t i = 0; i < processes.count; i++) {
        if (processes.items[i].is_kin) (void)kill(processes.items[i].pid, SIGKILL);
    }
    free(processes.items);
    return kin;
}

/* False when there is no child any more, dead or alive. */
static bool reap(void) {
    pid_t reaped;
    do {
        reaped = waitpid(-1, NULL, WNOHANG);
    } while (reaped > 0);
    return reaped == 0 || errno != ECHILD;
}

size_t run_kin_kill_all(void) {
    size_t left = 0;
    for (int i = 0; i < ROUNDS_MAX && reap(); i++) {
        left = kill_round();
        struct timespec pause = {0, (long)ROUND_MS * 1000000};
        (void)nanosleep(&pause, NULL); /* the kernel says when a child ended, but not when one was adopted */
    }
    return reap() ? left : 0;
}
