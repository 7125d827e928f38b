#include "lines.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* A pipe holds 64 KiB unless somebody enlarged it, to 1 MiB at most. */
enum { PIECE_BYTES = 64 * 1024, DRAIN_PIECES_MAX = 17 };

static void keep(struct run_lines *lines, const char *bytes, size_t len_bytes) {
    size_t room = RUN_LINE_MAX_BYTES - lines->len_bytes;
    size_t taken = len_bytes < room ? len_bytes : room;
    memcpy(lines->bytes + lines->len_bytes, bytes, taken);
    lines->len_bytes += taken;
    lines->cut_bytes += len_bytes - taken;
}

static void hand_out(struct run_lines *lines) {
    size_t len_bytes = lines->len_bytes, cut_bytes = lines->cut_bytes;
    lines->bytes[len_bytes] = '\0';
    lines->len_bytes = 0;
    lines->cut_bytes = 0;
    lines->on_line(lines->owner, lines->bytes, len_bytes, cut_bytes);
}

static void split(struct run_lines *lines, const char *bytes, size_t len_bytes) {
    const char *end = bytes + len_bytes;
    for (const char *at = bytes, *stop; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) {
            keep(lines, at, (size_t)(end - at));
            return;
        }
        keep(lines, at, (size_t)(stop - at));
        hand_out(lines);
    }
}

bool run_lines_read(struct run_lines *lines, int fd) {
    static char piece[PIECE_BYTES];
    ssize_t got = read(fd, piece, sizeof piece);
    if (got > 0) split(lines, piece, (size_t)got);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return true;
    if (lines->len_bytes) hand_out(lines);
    return false;
}

void run_lines_drain(struct run_lines *lines, int fd) {
    for (int i = 0; i < DRAIN_PIECES_MAX && run_lines_read(lines, fd); i++)
        ;
    if (lines->len_bytes) hand_out(lines);
}
