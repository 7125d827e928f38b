/*
 * The private folder of one run (mode 0700): the peers file and the sockets for sd_notify.
 */
#ifndef RUN_FOLDER_H
#define RUN_FOLDER_H

/* Make it, under XDG_RUNTIME_DIR, else TMPDIR, else /tmp. The path, to be freed; NULL with errno. */
char *run_folder_new(void);

/* Remove it and the files in it. NULL is nothing. Allocates nothing but what readdir does, for a guard may call it. */
void run_folder_remove(const char *folder);

#endif
