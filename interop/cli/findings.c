#include "findings.h"

#include "memory.h"

#include <stdarg.h>
#include <stdlib.h>

/* A file that is wrong all over is not read to its end by anybody. */
enum { FINDINGS_MAX = 50 };

/* Kept sorted as they come; a stable insertion, for there are few. */
static size_t slot_of(const struct cli_findings *findings, struct cli_place place) {
    size_t at = findings->count;
    while (at > 0) {
        struct cli_place before = findings->items[at - 1].place;
        if (before.line < place.line || (before.line == place.line && before.column <= place.column)) break;
        at--;
    }
    return at;
}

void cli_findings_add(struct cli_findings *findings, struct cli_place place, const char *format, ...) {
    if (findings->count == FINDINGS_MAX) return;
    char sentence[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    findings->items = cli_grow(findings->items, findings->count + 1, sizeof *findings->items);
    size_t at = slot_of(findings, place);
    for (size_t i = findings->count; i > at; i--) findings->items[i] = findings->items[i - 1];
    findings->items[at] = (struct cli_finding){place, cli_copy(sentence)};
    findings->count++;
}

void cli_findings_print(struct cli_findings *findings, const char *file, FILE *out) {
    for (size_t i = 0; i < findings->count; i++) {
        const struct cli_finding *finding = &findings->items[i];
        if (finding->place.line)
            (void)fprintf(out, "%s:%u:%u: %s\n", file, finding->place.line, finding->place.column, finding->sentence);
        else
            (void)fprintf(out, "%s: %s\n", file, finding->sentence);
    }
}

void cli_findings_clear(struct cli_findings *findings) {
    for (size_t i = 0; i < findings->count; i++) free(findings->items[i].sentence);
    free(findings->items);
    *findings = (struct cli_findings){0};
}
