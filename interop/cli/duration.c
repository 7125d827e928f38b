#include "duration.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *unit;
    int64_t ns;
} UNITS[] = {
    {"ms", INT64_C(1000000)},
    {"s", INT64_C(1000000000)},
    {"m", INT64_C(60) * 1000000000},
    {"h", INT64_C(3600) * 1000000000},
};

static const int64_t DAY_NS = INT64_C(24) * 3600 * 1000000000;

bool cli_duration_read(const char *text, int64_t *duration_ns) {
    int64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (*at - '0');
        if (number > DAY_NS) return false;
    }
    if (at == text) return false;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (strcmp(at, UNITS[i].unit) == 0) {
            if (number > DAY_NS / UNITS[i].ns) return false;
            *duration_ns = number * UNITS[i].ns;
            return true;
        }
    }
    return false;
}
