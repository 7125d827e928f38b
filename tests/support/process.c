#include "process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* But for "." and "..". */
static unsigned entries_of(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) {
        perror(path);
        abort();
    }
    unsigned count = 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count - 2;
}

unsigned process_threads(void) {
    return entries_of("/proc/self/task");
}

unsigned process_descriptors(void) {
    return entries_of("/proc/self/fd") - 1; /* the folder's own */
}
