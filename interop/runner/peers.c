#define _GNU_SOURCE
#include "peers.h"

#include "cli/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sabir/error.h>
#include <sabir/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put_key(sabir_json_writer *writer, const char *key) {
    (void)sabir_json_writer_key(writer, key, strlen(key));
}

static void put_text(sabir_json_writer *writer, const char *text) {
    (void)sabir_json_writer_string(writer, text, strlen(text));
}

static void put_words(sabir_json_writer *writer, const struct cli_words *words) {
    (void)sabir_json_writer_array_begin(writer);
    for (size_t i = 0; i < words->count; i++) put_text(writer, words->items[i].text);
    (void)sabir_json_writer_array_end(writer);
}

static void put_node(sabir_json_writer *writer, const struct cli_node *node, uint16_t tcp_port) {
    char *endpoint = cli_format("tcp://127.0.0.1:%u", (unsigned)tcp_port);
    put_key(writer, node->name.text);
    (void)sabir_json_writer_object_begin(writer);
    put_key(writer, "endpoint");
    put_text(writer, endpoint);
    put_key(writer, "dialect");
    put_text(writer, node->is_flat ? "flat" : "v1");
    put_key(writer, "actors");
    put_words(writer, &node->actors);
    (void)sabir_json_writer_object_end(writer);
    free(endpoint);
}

static void put_peers(sabir_json_writer *writer, const struct cli_topology *topology, const uint16_t *tcp_ports) {
    (void)sabir_json_writer_object_begin(writer);
    put_key(writer, "nodes");
    (void)sabir_json_writer_object_begin(writer);
    for (size_t i = 0; i < topology->node_count; i++) put_node(writer, &topology->nodes[i], tcp_ports[i]);
    (void)sabir_json_writer_object_end(writer);
    put_key(writer, "allow");
    put_words(writer, &topology->allow);
    (void)sabir_json_writer_object_end(writer);
}

static bool write_file(const char *path, const char *bytes, size_t len_bytes) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    ssize_t written = write(fd, bytes, len_bytes);
    if (written >= 0 && (size_t)written < len_bytes) errno = ENOSPC;
    return close(fd) == 0 && written == (ssize_t)len_bytes;
}

bool run_peers_write(const struct cli_topology *topology, const uint16_t *tcp_ports, const char *path) {
    sabir_json_writer *writer;
    const char *json;
    size_t len_bytes;
    if (sabir_json_writer_new(&writer) != SABIR_OK) {
        errno = ENOMEM;
        return false;
    }
    put_peers(writer, topology, tcp_ports);
    bool good = sabir_json_writer_text_get(writer, &json, &len_bytes) == SABIR_OK;
    if (good)
        good = write_file(path, json, len_bytes);
    else
        errno = EINVAL;
    sabir_json_writer_free(writer);
    return good;
}
