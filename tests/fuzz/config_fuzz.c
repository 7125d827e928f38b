/*
 * Any text as a peers file, an allow entry and a kind. Whatever comes, there is an error in words or a configuration that can be copied.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "kind.h"
#include "peers_file.h"

static void require(bool kept) {
    if (!kept) abort();
}

static void read_kind(const char *text) {
    struct sb_kind_fault fault;
    const struct sb_kind *kind, *again = NULL;
    if (sb_kind_parse(text, &kind, &fault) != SABIR_OK) {
        require(!kind && fault.column >= 1 && fault.column <= strlen(text) + 1 && fault.reason[0] != '\0');
        return;
    }
    char *normal = sb_kind_text(kind);
    require(normal && sb_kind_parse(normal, &again, &fault) == SABIR_OK);
    require(again->size_bytes == kind->size_bytes && again->align_bytes == kind->align_bytes);
    sb_free(normal);
    sb_kind_free(again);
    sb_kind_free(kind);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sabir_config *config = NULL, *copy;
    char *text = sb_strndup((const char *)data, size);
    require(text && sabir_config_new(&config) == SABIR_OK);
    read_kind(text);
    if (sabir_config_allow(config, text) != SABIR_OK) require(config->allow_count == 0);
    int error = sb_peers_file_parse("fuzz", (struct sb_text){(const char *)data, size}, config);
    require(error == SABIR_OK || (error == SABIR_EMALFORMED && strncmp(sb_error_detail(), "fuzz:", 5) == 0));
    require(sb_config_copy(config, &copy) == SABIR_OK);
    require(copy->peer_count == config->peer_count && copy->allow_count == config->allow_count);
    sabir_config_free(copy);
    sabir_config_free(config);
    sb_free(text);
    return 0;
}
