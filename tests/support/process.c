#include "process.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static DIR *open_folder(const char *path) {
    DIR *folder = opendir(path);
    if (folder) return folder;
    perror(path);
    abort();
}

/* The system lists a thread for a moment after it was joined; by then it is marked as one that ends. */
static bool is_ending(const char *thread) {
    static const unsigned long ends = 0x4; /* PF_EXITING of the kernel */
    char path[64], words[512] = "";
    snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", thread);
    FILE *file = fopen(path, "re");
    if (!file) return true; /* it has ended meanwhile */
    size_t length = fread(words, 1, sizeof words - 1, file);
    fclose(file);
    words[length] = '\0';
    unsigned long flags = 0;
    const char *behind_name = strrchr(words, ')');
    /* state, parent, group, session, terminal, its group, and then the flags: proc(5) */
    return !behind_name || sscanf(behind_name, ") %*c %*d %*d %*d %*d %*d %lu", &flags) != 1 || (flags & ends);
}

unsigned process_threads(void) {
    DIR *folder = open_folder("/proc/self/task");
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && !is_ending(entry->d_name)) count++;
    closedir(folder);
    return count;
}

unsigned process_descriptors(void) {
    DIR *folder = open_folder("/proc/self/fd");
    unsigned count = 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count - 3; /* ".", ".." and the folder's own */
}
