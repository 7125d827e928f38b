#define _GNU_SOURCE
#include "external.h"

#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char PREFIX[] = "sabir-";

enum place { BESIDE, LIBEXEC, PLACE_COUNT };

/* The folder that this program lies in, whatever link it was called by; NULL if the system does not say. */
static char *own_folder(void) {
    char path[PATH_MAX];
    ssize_t len_bytes = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len_bytes <= 0) return NULL;
    path[len_bytes] = '\0';
    return cli_copy(dirname(path));
}

static char *folder_of(enum place place) {
    char *own = own_folder();
    if (!own || place == BESIDE) return own;
    char *folder = cli_format("%s/../libexec/sabir", own);
    free(own);
    return folder;
}

static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static char *find_in_own_places(const char *program) {
    for (enum place place = BESIDE; place < PLACE_COUNT; place++) {
        char *folder = folder_of(place);
        char *path = folder ? cli_format("%s/%s", folder, program) : NULL;
        free(folder);
        if (path && is_program(path)) return path;
        free(path);
    }
    return NULL;
}

/* Only absolute folders of PATH: a verb must not depend on where one stands. */
static char *find_in_path(const char *program) {
    const char *at = getenv("PATH");
    while (at && *at) {
        size_t len_bytes = strcspn(at, ":");
        char *path = *at == '/' ? cli_format("%.*s/%s", (int)len_bytes, at, program) : NULL;
        if (path && is_program(path)) return path;
        free(path);
        at += len_bytes + (at[len_bytes] == ':');
    }
    return NULL;
}

int cli_external_exec(const char *verb, char **argv) {
    if (strchr(verb, '/')) return 0;
    char *program = cli_format("%s%s", PREFIX, verb);
    char *path = find_in_own_places(program);
    if (!path) path = find_in_path(program);
    free(program);
    if (!path) return 0;
    argv[0] = path;
    (void)execv(path, argv);
    (void)fprintf(stderr, "sabir: %s cannot be run: %s\n", path, strerror(errno));
    free(path);
    return 126;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_listed(char *const *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) return true;
    }
    return false;
}

char **cli_external_list(size_t *count) {
    char **names = cli_alloc(1, sizeof *names);
    *count = 0;
    for (enum place place = BESIDE; place < PLACE_COUNT; place++) {
        char *folder = folder_of(place);
        DIR *dir = folder ? opendir(folder) : NULL;
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            char *path = cli_format("%s/%s", folder, entry->d_name);
            const char *name = entry->d_name + strlen(PREFIX);
            if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 && is_program(path) &&
                !is_listed(names, *count, name)) {
                names = cli_grow(names, *count + 2, sizeof *names);
                names[(*count)++] = cli_copy(name);
            }
            free(path);
        }
        if (dir) (void)closedir(dir);
        free(folder);
    }
    qsort(names, *count, sizeof *names, compare);
    names[*count] = NULL;
    return names;
}

void cli_external_free(char **names) {
    for (char **name = names; *name; name++) free(*name);
    free(names);
}
