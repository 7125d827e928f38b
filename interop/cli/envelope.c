#include "envelope.h"

#include "excerpt.h"
#include "glyph.h"
#include "memory.h"
#include "suggest.h"
#include "verb.h"

#include <errno.h>
#include <getopt.h>
#include <sabir/envelope.h>
#include <sabir/error.h>
#include <sabir/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_ACCEPTED = 0, EXIT_MALFORMED = 1 };

struct request {
    bool wants_json;
    bool wants_help;
    uint32_t judged;
    const char *file; /* NULL: standard input */
};

struct bytes {
    char *at;
    size_t len_bytes;
};

/* ---- arguments --------------------------------------------------------------------------------------------------- */

static const struct option OPTIONS[] = {
    {"json", no_argument, NULL, 'j'},
    {"text", no_argument, NULL, 't'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static int refuse_option(char **argv) {
    static const char *const KNOWN[] = {"--json", "--text", "--help"};
    const char *word = argv[optind - 1];
    if (optopt == 'j' || optopt == 't' || optopt == 'h')
        return cli_verb_misused(argv[0], "%.*s takes no value", (int)strcspn(word, "="), word);
    if (optopt) return cli_verb_misused(argv[0], "there is no option -%c", optopt);
    return cli_verb_misused(argv[0], "there is no option %s%s", word, cli_suggest_clause(word, KNOWN, 3));
}

static int read_arguments(int argc, char **argv, struct request *request) {
    *request = (struct request){.judged = SABIR_JUDGED_ENVELOPE};
    opterr = 0;
    optind = 0; /* begin anew */
    for (int letter; (letter = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
        switch (letter) {
        case 'j':
            request->wants_json = true;
            break;
        case 't':
            request->judged = SABIR_JUDGED_TEXT;
            break;
        case 'h':
            request->wants_help = true;
            break;
        default:
            return refuse_option(argv);
        }
    }
    if (argc - optind > 1) return cli_verb_misused(argv[0], "one file at a time, not also %s", argv[optind + 1]);
    if (optind < argc && strcmp(argv[optind], "-") != 0) request->file = argv[optind];
    return 0;
}

/* ---- input ------------------------------------------------------------------------------------------------------- */

/* All bytes of a file of any kind; false with errno. */
static bool read_all(FILE *file, struct bytes *bytes) {
    size_t capacity = (size_t)64 * 1024;
    *bytes = (struct bytes){cli_grow(NULL, capacity, 1), 0};
    for (;;) {
        size_t count = fread(bytes->at + bytes->len_bytes, 1, capacity - bytes->len_bytes, file);
        bytes->len_bytes += count;
        if (bytes->len_bytes < capacity) {
            if (!ferror(file)) return true;
            free(bytes->at);
            *bytes = (struct bytes){NULL, 0};
            return false;
        }
        capacity *= 2;
        bytes->at = cli_grow(bytes->at, capacity, 1);
    }
}

static int read_input(const char *verb, const char *name, struct bytes *bytes) {
    FILE *file = name ? fopen(name, "rb") : stdin;
    if (!file) return cli_verb_misused(verb, "%s cannot be opened: %s", name, strerror(errno));
    if (!name && isatty(STDIN_FILENO))
        (void)fputs("sabir envelope: reading from the terminal; Ctrl-D at the beginning of a line ends it\n", stderr);
    errno = 0;
    bool is_read = read_all(file, bytes);
    int fault = errno;
    if (name) (void)fclose(file);
    return is_read ? 0
                   : cli_verb_misused(verb, "%s cannot be read: %s", name ? name : "standard input", strerror(fault));
}

/* ---- the verdict for people -------------------------------------------------------------------------------------- */

typedef void (*part_get)(const sabir_verdict *verdict, struct sabir_string *text);

static struct sabir_string part(const sabir_verdict *verdict, part_get get) {
    struct sabir_string text;
    get(verdict, &text);
    return text;
}

static const char *dialect_name(const sabir_verdict *verdict) {
    return sabir_verdict_dialect(verdict) == SABIR_DIALECT_FLAT ? "flat" : "v1";
}

static void print_part(const char *name, const sabir_verdict *verdict, part_get get) {
    struct sabir_string text = part(verdict, get);
    if (!text.bytes) return;
    (void)printf("  %-8s ", name);
    cli_glyph_print(text.bytes, text.len_bytes, stdout);
    (void)putchar('\n');
}

static void print_sender(const sabir_verdict *verdict) {
    struct sabir_string name = part(verdict, sabir_verdict_sender_name_get);
    struct sabir_string endpoint = part(verdict, sabir_verdict_sender_endpoint_get);
    (void)printf("  %-8s ", "sender");
    cli_glyph_print(name.bytes, name.len_bytes, stdout);
    (void)fputs(name.bytes ? " at " : "none", stdout);
    cli_glyph_print(endpoint.bytes, endpoint.len_bytes, stdout);
    (void)putchar('\n');
}

static void print_accepted(const struct request *request, const sabir_verdict *verdict, size_t len_bytes) {
    if (request->judged == SABIR_JUDGED_TEXT) {
        (void)printf("accepted: JSON text\n  %-8s %zu bytes\n", "size", len_bytes);
        return;
    }
    (void)printf("accepted: an envelope\n  %-8s %s\n", "dialect", dialect_name(verdict));
    print_part("type", verdict, sabir_verdict_type_get);
    print_part("target", verdict, sabir_verdict_target_get);
    print_sender(verdict);
    print_part("id", verdict, sabir_verdict_id_get);
    print_part("re", verdict, sabir_verdict_re_get);
    size_t payload = part(verdict, sabir_verdict_payload_get).len_bytes;
    (void)printf("  %-8s %zu bytes (payload %zu)\n", "size", len_bytes, payload);
}

static void print_malformed(const sabir_verdict *verdict, const struct cli_excerpt *excerpt) {
    const char *clause = sabir_verdict_clause(verdict);
    (void)printf("malformed: %s: %s\n  at byte %zu, line %zu, column %zu\n", clause, sabir_verdict_reason(verdict),
                 sabir_verdict_offset_bytes(verdict), excerpt->line, excerpt->column);
    cli_excerpt_print(excerpt, stdout);
    (void)printf("see docs/protocol.md#%s\n", clause);
}

/* ---- the verdict for machines ------------------------------------------------------------------------------------ */

static void put_key(sabir_json_writer *writer, const char *key) {
    (void)sabir_json_writer_key(writer, key, strlen(key));
}

static void put_words(sabir_json_writer *writer, const char *key, const char *words) {
    put_key(writer, key);
    (void)(words ? sabir_json_writer_string(writer, words, strlen(words)) : sabir_json_writer_null(writer));
}

static void put_count(sabir_json_writer *writer, const char *key, size_t count) {
    put_key(writer, key);
    (void)sabir_json_writer_uint64(writer, count);
}

static void put_part(sabir_json_writer *writer, const char *key, struct sabir_string text) {
    put_key(writer, key);
    (void)(text.bytes ? sabir_json_writer_string(writer, text.bytes, text.len_bytes) : sabir_json_writer_null(writer));
}

static void put_envelope(sabir_json_writer *writer, const sabir_verdict *verdict) {
    struct sabir_string name = part(verdict, sabir_verdict_sender_name_get);
    put_words(writer, "dialect", dialect_name(verdict));
    put_part(writer, "type", part(verdict, sabir_verdict_type_get));
    put_part(writer, "target", part(verdict, sabir_verdict_target_get));
    put_key(writer, "sender");
    if (name.bytes) {
        (void)sabir_json_writer_object_begin(writer);
        put_part(writer, "name", name);
        put_part(writer, "endpoint", part(verdict, sabir_verdict_sender_endpoint_get));
        (void)sabir_json_writer_object_end(writer);
    } else {
        (void)sabir_json_writer_null(writer);
    }
    put_part(writer, "id", part(verdict, sabir_verdict_id_get));
    put_part(writer, "re", part(verdict, sabir_verdict_re_get));
    put_count(writer, "payload_bytes", part(verdict, sabir_verdict_payload_get).len_bytes);
}

static void put_malformed(sabir_json_writer *writer, const sabir_verdict *verdict, const struct cli_excerpt *excerpt) {
    put_words(writer, "clause", sabir_verdict_clause(verdict));
    put_words(writer, "reason", sabir_verdict_reason(verdict));
    put_count(writer, "offset_bytes", sabir_verdict_offset_bytes(verdict));
    put_count(writer, "line", excerpt->line);
    put_count(writer, "column", excerpt->column);
    put_words(writer, "excerpt", excerpt->text);
    put_count(writer, "caret", excerpt->caret);
}

static int print_json(const char *verb, const struct request *request, const sabir_verdict *verdict, size_t len_bytes,
                      const struct cli_excerpt *excerpt) {
    sabir_json_writer *writer;
    int error = sabir_json_writer_new(&writer);
    if (error) return cli_verb_misused(verb, "the verdict cannot be written as JSON: %s", sabir_error_text(error));
    bool accepted = sabir_verdict_accepted(verdict);
    (void)sabir_json_writer_object_begin(writer);
    put_key(writer, "accepted");
    (void)sabir_json_writer_bool(writer, accepted);
    put_words(writer, "judged", request->judged == SABIR_JUDGED_TEXT ? "text" : "envelope");
    put_count(writer, "size_bytes", len_bytes);
    if (!accepted)
        put_malformed(writer, verdict, excerpt);
    else if (request->judged == SABIR_JUDGED_ENVELOPE)
        put_envelope(writer, verdict);
    (void)sabir_json_writer_object_end(writer);
    const char *json;
    size_t json_len_bytes;
    error = sabir_json_writer_text_get(writer, &json, &json_len_bytes);
    if (!error) {
        (void)fwrite(json, 1, json_len_bytes, stdout);
        (void)putchar('\n');
    }
    sabir_json_writer_free(writer);
    return error ? cli_verb_misused(verb, "the verdict cannot be written as JSON: %s", sabir_error_text(error)) : 0;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

static int print_verdict(const char *verb, const struct request *request, const sabir_verdict *verdict,
                         const struct bytes *bytes) {
    struct cli_excerpt excerpt = {0};
    bool accepted = sabir_verdict_accepted(verdict);
    int fault = 0;
    if (!accepted) cli_excerpt_make(&excerpt, bytes->at, bytes->len_bytes, sabir_verdict_offset_bytes(verdict));
    if (request->wants_json)
        fault = print_json(verb, request, verdict, bytes->len_bytes, &excerpt);
    else if (accepted)
        print_accepted(request, verdict, bytes->len_bytes);
    else
        print_malformed(verdict, &excerpt);
    cli_excerpt_clear(&excerpt);
    if (!fault && (fflush(stdout) != 0 || ferror(stdout)))
        fault = cli_verb_misused(verb, "the verdict cannot be written: %s", strerror(errno));
    return fault ? fault : accepted ? EXIT_ACCEPTED : EXIT_MALFORMED;
}

static int judge(const char *verb, const struct request *request, const struct bytes *bytes) {
    sabir_verdict *verdict;
    int error = sabir_verdict_new(bytes->at, bytes->len_bytes, request->judged, &verdict);
    if (error) return cli_verb_misused(verb, "no verdict on %zu bytes: %s", bytes->len_bytes, sabir_error_text(error));
    int code = print_verdict(verb, request, verdict, bytes);
    sabir_verdict_free(verdict);
    return code;
}

static int print_help(const char *verb) {
    const struct cli_verb *known = cli_verb_find(verb);
    return known && printf("sabir %s: %s\n\n%s", known->name, known->summary, known->usage) >= 0 ? 0 : CLI_EXIT_USAGE;
}

int cli_envelope(int argc, char **argv) {
    struct request request;
    struct bytes bytes = {NULL, 0};
    int code = read_arguments(argc, argv, &request);
    if (code) return code;
    if (request.wants_help) return print_help(argv[0]);
    code = read_input(argv[0], request.file, &bytes);
    if (code) return code;
    code = judge(argv[0], &request, &bytes);
    free(bytes.at);
    return code;
}
