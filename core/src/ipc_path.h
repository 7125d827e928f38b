/*
 * Before an `ipc://` endpoint is bound: libzmq unlinks whatever lies at the path, a regular file or somebody's live socket too.
 */
#ifndef SB_IPC_PATH_H
#define SB_IPC_PATH_H

/* SABIR_OK: nothing is there, or a socket that nobody listens on. SABIR_EBIND with words: it belongs to somebody. */
int sb_ipc_path_check(const char *endpoint_text);

#endif
