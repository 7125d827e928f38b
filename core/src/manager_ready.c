/*
 * The READY line: how a node tells whoever started it that it is bound and every actor exists.
 */
#include <stdio.h>
#include <string.h>

#include <sabir/json.h>
#include <sabir/version.h>

#include "envelope.h"
#include "error.h"
#include "manager.h"
#include "signals.h"

#define SUITE 1 /* the version of the conformance suite's contract */

static const char core_features[] = "flat ask seq watch peer-address ipc";

static void write_text(sabir_json_writer *writer, const char *key, const char *text) {
    sabir_json_writer_key(writer, key, strlen(key));
    sabir_json_writer_string(writer, text, strlen(text));
}

static void write_words(sabir_json_writer *writer, const char *words) {
    while (words && *words) {
        words += strspn(words, " ");
        size_t len_bytes = strcspn(words, " ");
        if (len_bytes > 0) sabir_json_writer_string(writer, words, len_bytes);
        words += len_bytes;
    }
}

static void write_limits(sabir_json_writer *writer) {
    sabir_json_writer_key(writer, "limits", 6);
    sabir_json_writer_object_begin(writer);
    sabir_json_writer_key(writer, "bytes", 5);
    sabir_json_writer_uint64(writer, SB_ENVELOPE_MAX_BYTES);
    sabir_json_writer_key(writer, "depth", 5);
    sabir_json_writer_uint64(writer, SB_ENVELOPE_MAX_DEPTH);
    sabir_json_writer_object_end(writer);
}

static void write_ready(sabir_json_writer *writer, const sabir_manager *manager, const char *port, const char *version,
                        const char *features) {
    sabir_json_writer_object_begin(writer);
    write_text(writer, "endpoint", sabir_manager_endpoint(manager));
    write_text(writer, "bound", sabir_manager_bound(manager));
    if (manager->config->node) write_text(writer, "node", manager->config->node);
    write_text(writer, "port", port);
    write_text(writer, "version", version);
    sabir_json_writer_key(writer, "suite", 5);
    sabir_json_writer_uint64(writer, SUITE);
    write_limits(writer);
    sabir_json_writer_key(writer, "features", 8);
    sabir_json_writer_array_begin(writer);
    write_words(writer, core_features);
    write_words(writer, features);
    sabir_json_writer_array_end(writer);
    sabir_json_writer_object_end(writer);
}

int sabir_manager_ready(sabir_manager *manager, const char *port, const char *version, const char *features) {
    if (!manager || !port || !version) return sb_error(SABIR_EINVAL, "the manager, the port or the version is NULL");
    if (atomic_load(&manager->phase) != SB_MANAGER_RUNNING)
        return sb_error(SABIR_ESTATE, "a node is ready when it has started, not before");
    if (!sabir_manager_endpoint(manager))
        return sb_error(SABIR_EUNBOUND, "the node is not bound: set SABIR_BIND or sabir_config_set_bind");
    sabir_json_writer *writer;
    int code = sabir_json_writer_new(&writer);
    if (code != SABIR_OK) return code;
    const char *json;
    size_t len_bytes;
    write_ready(writer, manager, port, version, features);
    code = sabir_json_writer_text_get(writer, &json, &len_bytes);
    sb_signals_take(manager); /* whoever reads the line may send one at once */
    if (code == SABIR_OK && (printf("READY %.*s\n", (int)len_bytes, json) < 0 || fflush(stdout) != 0))
        code = sb_error(SABIR_EIO, "standard output does not take the READY line");
    sabir_json_writer_free(writer);
    return code;
}
