#define _GNU_SOURCE
#include "folder.h"

#include "cli/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *try_in(const char *parent) {
    if (!parent || parent[0] != '/') return NULL;
    char *folder = cli_format("%s/sabir-XXXXXX", parent);
    if (mkdtemp(folder)) return folder;
    free(folder);
    return NULL;
}

char *run_folder_new(void) {
    const char *parents[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp"};
    char *folder = NULL;
    for (size_t i = 0; i < sizeof parents / sizeof parents[0] && !folder; i++) folder = try_in(parents[i]);
    return folder;
}

void run_folder_remove(const char *folder) {
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (fd < 0) return;
    DIR *dir = fdopendir(fd);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] != '.') (void)unlinkat(fd, entry->d_name, 0);
    }
    if (dir)
        (void)closedir(dir);
    else
        (void)close(fd);
    (void)rmdir(folder);
}
