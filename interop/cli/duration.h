/*
 * A duration as people write it: "500ms", "2s", "1m", "1h".
 */
#ifndef CLI_DURATION_H
#define CLI_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* False if text is none, or longer than a day. */
bool cli_duration_read(const char *text, int64_t *duration_ns);

/* What cli_duration_read takes, for error messages. */
#define CLI_DURATION_FORM "a whole number with its unit, like \"500ms\", \"2s\" or \"1m\", at most a day"

#endif
