#include "value_fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "error.h"
#include "text_show.h"

static bool is_of_value(int code) {
    return code == SABIR_EVALUE || code == SABIR_EBADPAYLOAD;
}

int sb_value_fault_set(struct sb_value_fault *fault, int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->reason, sizeof fault->reason, format, arguments);
    va_end(arguments);
    fault->begin = sizeof fault->path - 1;
    fault->path[fault->begin] = '\0';
    fault->is_cut = false;
    return code;
}

static void prepend(struct sb_value_fault *fault, const char *bytes, size_t len_bytes) {
    fault->is_cut = fault->is_cut || len_bytes > fault->begin;
    if (fault->is_cut) return;
    fault->begin -= len_bytes;
    memcpy(fault->path + fault->begin, bytes, len_bytes);
}

int sb_value_fault_in_field(struct sb_value_fault *fault, int code, struct sb_text name) {
    if (!is_of_value(code)) return code;
    if (fault->path[fault->begin] != '\0' && fault->path[fault->begin] != '[') prepend(fault, ".", 1);
    prepend(fault, name.bytes, name.len_bytes);
    return code;
}

int sb_value_fault_in_item(struct sb_value_fault *fault, int code, size_t index) {
    if (!is_of_value(code)) return code;
    char step[32];
    int len_bytes = snprintf(step, sizeof step, "[%zu]%s", index,
                             fault->path[fault->begin] != '\0' && fault->path[fault->begin] != '[' ? "." : "");
    prepend(fault, step, (size_t)len_bytes);
    return code;
}

int sb_value_fault_in_key(struct sb_value_fault *fault, int code, struct sb_text key) {
    if (!is_of_value(code)) return code;
    char step[SB_SHOWN_BYTES + 8], shown[SB_SHOWN_BYTES];
    int len_bytes = snprintf(step, sizeof step, "[\"%s\"]%s", sb_text_show(key, shown, sizeof shown),
                             fault->path[fault->begin] != '\0' && fault->path[fault->begin] != '[' ? "." : "");
    prepend(fault, step, (size_t)len_bytes);
    return code;
}

int sb_value_fault_tell(const struct sb_value_fault *fault, int code) {
    if (code == SABIR_OK) return code;
    if (!is_of_value(code)) return sb_error(code, "no memory for the value");
    const char *path = fault->path + fault->begin;
    return sb_error(code, "%s%s%s%s", fault->is_cut ? "..." : "", path, *path ? ": " : "", fault->reason);
}
