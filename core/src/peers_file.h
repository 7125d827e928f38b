/*
 * The peers file: which nodes there are, and to whom replies may go besides.
 *
 *     {"nodes": {"pricer": {"endpoint": "tcp://127.0.0.1:7002", "dialect": "v1", "actors": ["pricer"]}},
 *      "allow": ["10.0.0.7", "gateway:7100"]}
 */
#ifndef SB_PEERS_FILE_H
#define SB_PEERS_FILE_H

#include "config.h"

#define SB_PEERS_FILE_MAX_BYTES ((size_t)4 * 1024 * 1024)

/* Add what the file at `path` says to `config`, or nothing. SABIR_EIO, SABIR_EMALFORMED ("file:line:column: sentence"), SABIR_ENOMEM. */
int sb_peers_file_read(const char *path, sabir_config *config);

/* The same of its text; `path` is for the words only. */
int sb_peers_file_parse(const char *path, struct sb_text text, sabir_config *config);

#endif
