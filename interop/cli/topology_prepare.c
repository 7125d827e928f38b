/* Is a topology possible on this machine, now? Finds folders, programs and secrets, so that a run does not fail half-way. */
#define _GNU_SOURCE
#include "memory.h"
#include "topology.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX_BYTES = 64 * 1024 };

static void prepare_dir(const struct cli_node *node, struct cli_findings *findings) {
    struct stat status;
    if (stat(node->dir, &status) != 0)
        cli_findings_add(findings, node->dir_place, "the folder %s of node \"%s\" cannot be entered: %s", node->dir,
                         node->name.text, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        cli_findings_add(findings, node->dir_place, "%s is not a folder", node->dir);
}

/* What is wrong with running this path, or NULL. */
static const char *fault_of_program(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0) return strerror(errno);
    if (S_ISDIR(status.st_mode)) return "it is a folder";
    return access(path, X_OK) == 0 ? NULL : "it is not executable";
}

static const char *search_path_of(const struct cli_topology *topology, const struct cli_node *node) {
    const struct cli_variables *places[] = {&node->secrets, &node->env, &topology->env};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        for (size_t j = 0; j < places[i]->count; j++) {
            if (strcmp(places[i]->items[j].name, "PATH") == 0) return places[i]->items[j].value;
        }
    }
    const char *path = getenv("PATH");
    return path && *path ? path : "/usr/local/bin:/usr/bin:/bin";
}

/* In the folders of `path`; a relative one counts from the node's folder, as it would for the node itself. */
static char *search(const char *program, const char *path, const char *dir) {
    for (const char *at = path, *end; at; at = *end ? end + 1 : NULL) {
        end = at + strcspn(at, ":");
        char *folder = cli_copy_bytes(at, (size_t)(end - at));
        char *candidate = folder[0] == '/' ? cli_format("%s/%s", folder, program)
                                           : cli_format("%s/%s/%s", dir, *folder ? folder : ".", program);
        free(folder);
        if (!fault_of_program(candidate)) return candidate;
        free(candidate);
    }
    return NULL;
}

static void prepare_program(const struct cli_topology *topology, struct cli_node *node, struct cli_findings *findings) {
    const struct cli_word *run = &node->run.items[0];
    if (!strchr(run->text, '/')) {
        node->program = search(run->text, search_path_of(topology, node), node->dir);
        if (!node->program)
            cli_findings_add(findings, run->place, "the program \"%s\" of node \"%s\" is in no folder of PATH",
                             run->text, node->name.text);
        return;
    }
    node->program = run->text[0] == '/' ? cli_copy(run->text) : cli_format("%s/%s", node->dir, run->text);
    const char *fault = fault_of_program(node->program);
    if (fault)
        cli_findings_add(findings, run->place, "the program %s of node \"%s\" cannot be run: %s", node->program,
                         node->name.text, fault);
}

/* The file's content without the line end that editors put behind it; NULL with errno. */
static char *read_secret(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return NULL;
    char *text = cli_alloc(SECRET_MAX_BYTES + 1, 1);
    size_t len_bytes = 0;
    ssize_t got;
    while (len_bytes <= SECRET_MAX_BYTES && (got = read(fd, text + len_bytes, SECRET_MAX_BYTES + 1 - len_bytes)) > 0)
        len_bytes += (size_t)got;
    int fault = len_bytes > SECRET_MAX_BYTES ? EFBIG : got < 0 ? errno : memchr(text, '\0', len_bytes) ? EILSEQ : 0;
    (void)close(fd);
    if (fault) {
        free(text);
        errno = fault;
        return NULL;
    }
    if (len_bytes && text[len_bytes - 1] == '\n') text[--len_bytes] = '\0';
    if (len_bytes && text[len_bytes - 1] == '\r') text[--len_bytes] = '\0';
    return text;
}

static void prepare_secret(const struct cli_topology *topology, struct cli_variable *secret,
                           struct cli_findings *findings) {
    char *value = NULL;
    if (strncmp(secret->value, "env:", 4) == 0) {
        const char *found = getenv(secret->value + 4);
        if (found)
            value = cli_copy(found);
        else
            cli_findings_add(findings, secret->place, "the secret %s: the environment has no %s", secret->name,
                             secret->value + 4);
    } else {
        const char *path = secret->value + strlen("file:");
        char *whole = path[0] == '/' ? cli_copy(path) : cli_format("%s/%s", topology->folder, path);
        value = read_secret(whole);
        if (!value)
            cli_findings_add(findings, secret->place, "the secret %s: %s cannot be read: %s", secret->name, whole,
                             strerror(errno));
        free(whole);
    }
    if (value) {
        free(secret->value);
        secret->value = value;
    }
}

void cli_topology_prepare(struct cli_topology *topology, struct cli_findings *findings) {
    for (size_t i = 0; i < topology->node_count; i++) {
        struct cli_node *node = &topology->nodes[i];
        size_t before = findings->count;
        for (size_t j = 0; j < node->secrets.count; j++) prepare_secret(topology, &node->secrets.items[j], findings);
        prepare_dir(node, findings);
        if (findings->count == before) prepare_program(topology, node, findings);
    }
}
