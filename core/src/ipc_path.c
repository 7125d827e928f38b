#define _GNU_SOURCE
#include "ipc_path.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdbool.h>

#include "error.h"

/* Whether a connection is taken: never waits, since a socket whose queue of connections is full is alive. */
static bool is_alive(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return true;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1) return true;
    bool is_refused = connect(fd, (const struct sockaddr *)&address, sizeof address) == -1 &&
                      (errno == ECONNREFUSED || errno == ENOENT);
    close(fd);
    return !is_refused;
}

int sb_ipc_path_check(const char *endpoint_text) {
    const char *path = endpoint_text + strlen("ipc://");
    struct stat found;
    if (lstat(path, &found) == -1) {
        if (errno == ENOENT) return SABIR_OK;
        return sb_error(SABIR_EBIND, "cannot bind %s: %s", endpoint_text, strerror(errno));
    }
    if (!S_ISSOCK(found.st_mode))
        return sb_error(SABIR_EBIND,
                        "cannot bind %s: something that is no socket lies there; remove it or choose another path",
                        endpoint_text);
    if (is_alive(path))
        return sb_error(SABIR_EBIND, "cannot bind %s: another process listens there; stop it or choose another path",
                        endpoint_text);
    return SABIR_OK;
}
