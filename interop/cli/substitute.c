#include "substitute.h"

#include "memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char NAME_BYTES[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

struct output {
    char *text;
    size_t len_bytes;
};

static void append(struct output *output, const char *bytes, size_t len_bytes) {
    output->text = cli_grow(output->text, output->len_bytes + len_bytes + 1, 1);
    memcpy(output->text + output->len_bytes, bytes, len_bytes);
    output->len_bytes += len_bytes;
    output->text[output->len_bytes] = '\0';
}

/* `at` is behind "${". Returns what is behind "}", or NULL with the fault. As in the shell, `:-` also replaces an empty value. */
static const char *append_variable(struct output *output, const char *at, char *fault, size_t capacity_bytes) {
    size_t name_len = strspn(at, NAME_BYTES);
    const char *close = strchr(at, '}');
    const char *behind = at + name_len;
    bool has_default = strncmp(behind, ":-", 2) == 0;
    if (!close || name_len == 0 || (*behind != '}' && !has_default)) {
        (void)snprintf(fault, capacity_bytes, "a variable is written ${NAME} or ${NAME:-default}, and a plain $ as $$");
        return NULL;
    }
    char *name = cli_copy_bytes(at, name_len);
    const char *value = getenv(name);
    if (has_default && (!value || !*value))
        append(output, behind + 2, (size_t)(close - behind) - 2);
    else if (value)
        append(output, value, strlen(value));
    else
        (void)snprintf(fault, capacity_bytes, "the environment has no %s; set it or write ${%s:-default}", name, name);
    free(name);
    return has_default || value ? close + 1 : NULL;
}

char *cli_substitute(const char *text, char *fault, size_t fault_capacity_bytes) {
    struct output output = {cli_copy(""), 0};
    const char *at = text;
    while (*at) {
        size_t plain = strcspn(at, "$");
        append(&output, at, plain);
        at += plain;
        if (*at == '\0') break;
        if (at[1] == '{') {
            at = append_variable(&output, at + 2, fault, fault_capacity_bytes);
            if (!at) {
                free(output.text);
                return NULL;
            }
        } else {
            append(&output, "$", 1);
            at += at[1] == '$' ? 2 : 1;
        }
    }
    return output.text;
}
