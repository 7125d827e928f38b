#define _GNU_SOURCE
#include "readiness.h"

#include "cli/jsonc.h"
#include "cli/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char READY[] = "READY";

enum run_ready_line run_readiness_judge(const char *line, size_t len_bytes, uint16_t tcp_port, char **endpoint) {
    size_t word = strlen(READY);
    *endpoint = NULL;
    if (len_bytes < word || memcmp(line, READY, word) != 0 || (len_bytes > word && line[word] != ' '))
        return RUN_LINE_OTHER;
    if (len_bytes == word) return RUN_LINE_READY; /* a program that is no node of ours may say just that */
    struct cli_findings findings = {0};
    struct cli_jsonc *said = cli_jsonc_read(line + word, len_bytes - word, &findings);
    const struct cli_jsonc *place = cli_jsonc_get(said, "endpoint");
    char *expected = cli_format("tcp://127.0.0.1:%u", (unsigned)tcp_port);
    enum run_ready_line judged = said && said->kind == CLI_JSONC_OBJECT ? RUN_LINE_READY : RUN_LINE_BROKEN;
    if (place && place->kind == CLI_JSONC_STRING && strcmp(place->text, expected) != 0) {
        judged = RUN_LINE_ELSEWHERE;
        *endpoint = cli_copy(place->text);
    }
    free(expected);
    cli_jsonc_free(said);
    cli_findings_clear(&findings);
    return judged;
}

int run_readiness_open_notify(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        int saved = errno;
        (void)close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

/* KEY=VALUE lines; READY=1 anywhere among them counts. */
static bool says_ready(const char *text) {
    for (const char *at = text; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, "READY=1", 7) == 0 && (at[7] == '\n' || at[7] == '\0')) return true;
    }
    return false;
}

bool run_readiness_read_notify(int fd) {
    char text[4096];
    bool is_ready = false;
    ssize_t got;
    while ((got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT)) >= 0) {
        text[got] = '\0';
        is_ready = says_ready(text) || is_ready;
    }
    return is_ready;
}
