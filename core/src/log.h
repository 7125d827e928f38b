/*
 * The core's own lines: what the application should hear of but no caller can be told. One line each, control bytes escaped.
 */
#ifndef SB_LOG_H
#define SB_LOG_H

#include <sabir/manager.h>

void sb_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
