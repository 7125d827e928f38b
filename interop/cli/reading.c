#include "reading.h"

#include "duration.h"
#include "memory.h"
#include "substitute.h"
#include "suggest.h"
#include "utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WIRE_NAME_MAX_BYTES = 255 };

bool cli_read_is(const struct cli_jsonc *value, enum cli_jsonc_kind kind, const char *what,
                 struct cli_findings *findings) {
    if (value->kind == kind) return true;
    cli_findings_add(findings, value->place, "%s must be %s, not %s", what, cli_jsonc_kind_name(kind),
                     cli_jsonc_kind_name(value->kind));
    return false;
}

void cli_read_keys(const struct cli_jsonc *object, const char *const *keys, size_t count, const char *where,
                   struct cli_findings *findings) {
    for (const struct cli_jsonc *value = object->first; value; value = value->next) {
        bool is_known = false;
        for (size_t i = 0; i < count && !is_known; i++) is_known = strcmp(value->key, keys[i]) == 0;
        if (!is_known)
            cli_findings_add(findings, value->key_place, "%s has no key \"%s\"%s", where, value->key,
                             cli_suggest_clause(value->key, keys, count));
    }
}

char *cli_read_text(const struct cli_jsonc *value, const char *what, struct cli_findings *findings) {
    char fault[256];
    if (!cli_read_is(value, CLI_JSONC_STRING, what, findings)) return NULL;
    char *text = cli_substitute(value->text, fault, sizeof fault);
    if (!text) cli_findings_add(findings, value->place, "%s: %s", what, fault);
    return text;
}

void cli_read_words(const struct cli_jsonc *value, const char *what, struct cli_words *words,
                    struct cli_findings *findings) {
    if (!cli_read_is(value, CLI_JSONC_ARRAY, what, findings)) return;
    words->items = cli_alloc(value->count, sizeof *words->items);
    char *each = cli_format("each item of %s", what);
    for (const struct cli_jsonc *item = value->first; item; item = item->next) {
        char *text = cli_read_text(item, each, findings);
        if (text) words->items[words->count++] = (struct cli_word){text, item->place};
    }
    free(each);
}

static bool is_variable_name(const char *name) {
    static const char BYTES[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return *name && !(*name >= '0' && *name <= '9') && name[strspn(name, BYTES)] == '\0';
}

/* What the runner itself tells a node; a topology that said something else would lead the others astray. */
static bool is_told_by_runner(const char *name) {
    static const char *const TOLD[] = {"SABIR_BIND", "SABIR_ADVERTISE", "SABIR_NODE", "SABIR_PEERS", "NOTIFY_SOCKET"};
    for (size_t i = 0; i < sizeof TOLD / sizeof TOLD[0]; i++) {
        if (strcmp(name, TOLD[i]) == 0) return true;
    }
    return false;
}

void cli_read_variables(const struct cli_jsonc *value, const char *what, struct cli_variables *variables,
                        struct cli_findings *findings) {
    if (!cli_read_is(value, CLI_JSONC_OBJECT, what, findings)) return;
    variables->items = cli_alloc(value->count, sizeof *variables->items);
    for (const struct cli_jsonc *item = value->first; item; item = item->next) {
        if (!is_variable_name(item->key)) {
            cli_findings_add(findings, item->key_place, "\"%s\" is no name of an environment variable", item->key);
            continue;
        }
        if (is_told_by_runner(item->key)) {
            cli_findings_add(findings, item->key_place, "%s is told to every node by sabir run and cannot be set here",
                             item->key);
            continue;
        }
        char *text = cli_read_text(item, item->key, findings);
        if (text) variables->items[variables->count++] = (struct cli_variable){cli_copy(item->key), text, item->place};
    }
}

bool cli_read_duration(const struct cli_jsonc *value, const char *what, int64_t least_ns, int64_t *duration_ns,
                       struct cli_findings *findings) {
    if (!cli_read_is(value, CLI_JSONC_STRING, what, findings)) return false;
    int64_t duration;
    if (!cli_duration_read(value->text, &duration) || duration < least_ns) {
        cli_findings_add(findings, value->place, "%s must be %s, not \"%s\"", what, CLI_DURATION_FORM, value->text);
        return false;
    }
    *duration_ns = duration;
    return true;
}

bool cli_read_number(const struct cli_jsonc *value, const char *what, long least, long most, long *number,
                     struct cli_findings *findings) {
    if (!cli_read_is(value, CLI_JSONC_NUMBER, what, findings)) return false;
    char *end;
    errno = 0;
    long read = strtol(value->text, &end, 10);
    if (*end || errno || read < least || read > most) {
        cli_findings_add(findings, value->place, "%s must be a whole number from %ld to %ld, not %s", what, least, most,
                         value->text);
        return false;
    }
    *number = read;
    return true;
}

int cli_read_choice(const struct cli_jsonc *value, const char *what, const char *const *words, size_t count,
                    struct cli_findings *findings) {
    if (!cli_read_is(value, CLI_JSONC_STRING, what, findings)) return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(value->text, words[i]) == 0) return (int)i;
    }
    char *list = cli_copy("");
    for (size_t i = 0; i < count; i++) {
        char *longer = cli_format("%s%s\"%s\"", list, i == 0 ? "" : i + 1 < count ? ", " : " or ", words[i]);
        free(list);
        list = longer;
    }
    cli_findings_add(findings, value->place, "%s must be %s, not \"%s\"%s", what, list, value->text,
                     cli_suggest_clause(value->text, words, count));
    free(list);
    return -1;
}

static bool has_control(const char *text) {
    size_t len_bytes = strlen(text);
    for (size_t at = 0, len; at < len_bytes; at += len) {
        len = cli_utf8_len(text + at, len_bytes - at);
        unsigned code = len ? cli_utf8_code(text + at, len) : 0;
        if (len == 0 || code < 0x20 || (code >= 0x7F && code <= 0x9F)) return true;
    }
    return false;
}

bool cli_read_is_wire_name(const struct cli_word *word, const char *what, struct cli_findings *findings) {
    if (!*word->text)
        cli_findings_add(findings, word->place, "%s is empty", what);
    else if (strlen(word->text) > WIRE_NAME_MAX_BYTES)
        cli_findings_add(findings, word->place, "%s is longer than %d bytes", what, WIRE_NAME_MAX_BYTES);
    else if (has_control(word->text))
        cli_findings_add(findings, word->place, "%s holds a control character", what);
    else if (strncmp(word->text, "sabir.", 6) == 0)
        cli_findings_add(findings, word->place,
                         "%s \"%s\" is reserved: names that begin with \"sabir.\" belong to the protocol", what,
                         word->text);
    else
        return true;
    return false;
}
