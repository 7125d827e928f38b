#include "check.h"

#include "memory.h"
#include "topology.h"
#include "verb.h"

#include <sabir/error.h>
#include <sabir/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_key(sabir_json_writer *writer, const char *key) {
    (void)sabir_json_writer_key(writer, key, strlen(key));
}

static void put_text(sabir_json_writer *writer, const char *key, const char *text) {
    put_key(writer, key);
    if (text)
        (void)sabir_json_writer_string(writer, text, strlen(text));
    else
        (void)sabir_json_writer_null(writer);
}

static void put_number(sabir_json_writer *writer, const char *key, int64_t number) {
    put_key(writer, key);
    (void)sabir_json_writer_int64(writer, number);
}

static void put_words(sabir_json_writer *writer, const char *key, const struct cli_words *words) {
    put_key(writer, key);
    (void)sabir_json_writer_array_begin(writer);
    for (size_t i = 0; i < words->count; i++)
        (void)sabir_json_writer_string(writer, words->items[i].text, strlen(words->items[i].text));
    (void)sabir_json_writer_array_end(writer);
}

/* Values of the environment are left out: they may be secrets. */
static void put_node(sabir_json_writer *writer, const struct cli_node *node) {
    (void)sabir_json_writer_object_begin(writer);
    put_text(writer, "name", node->name.text);
    put_text(writer, "lang", node->lang);
    put_text(writer, "program", node->program);
    put_text(writer, "dir", node->dir);
    put_words(writer, "actors", &node->actors);
    put_words(writer, "after", &node->after);
    put_text(writer, "dialect", node->is_flat ? "flat" : "v1");
    put_key(writer, "tcp_port");
    (void)(node->tcp_port ? sabir_json_writer_int64(writer, node->tcp_port) : sabir_json_writer_null(writer));
    (void)sabir_json_writer_object_end(writer);
}

static void put_topology(sabir_json_writer *writer, const struct cli_topology *topology) {
    put_text(writer, "topology", topology->name);
    put_key(writer, "nodes");
    (void)sabir_json_writer_array_begin(writer);
    for (size_t i = 0; i < topology->node_count; i++) put_node(writer, &topology->nodes[i]);
    (void)sabir_json_writer_array_end(writer);
    put_key(writer, "sends");
    (void)sabir_json_writer_array_begin(writer);
    for (size_t i = 0; i < topology->sends_count; i++) {
        (void)sabir_json_writer_object_begin(writer);
        put_text(writer, "from", topology->sends[i].from.text);
        put_text(writer, "to", topology->sends[i].to.text);
        put_text(writer, "type", topology->sends[i].type.text);
        put_key(writer, "wants_reply");
        (void)sabir_json_writer_bool(writer, topology->sends[i].wants_reply);
        (void)sabir_json_writer_object_end(writer);
    }
    (void)sabir_json_writer_array_end(writer);
}

static void put_errors(sabir_json_writer *writer, const struct cli_findings *findings) {
    put_key(writer, "errors");
    (void)sabir_json_writer_array_begin(writer);
    for (size_t i = 0; i < findings->count; i++) {
        (void)sabir_json_writer_object_begin(writer);
        put_number(writer, "line", findings->items[i].place.line);
        put_number(writer, "column", findings->items[i].place.column);
        put_text(writer, "message", findings->items[i].sentence);
        (void)sabir_json_writer_object_end(writer);
    }
    (void)sabir_json_writer_array_end(writer);
}

static int print_json(const char *file, const struct cli_topology *topology, const struct cli_findings *findings) {
    sabir_json_writer *writer;
    const char *json;
    size_t len_bytes;
    if (sabir_json_writer_new(&writer) != SABIR_OK) return 1;
    (void)sabir_json_writer_object_begin(writer);
    put_key(writer, "ok");
    (void)sabir_json_writer_bool(writer, topology != NULL);
    put_text(writer, "file", file);
    put_errors(writer, findings);
    if (topology) put_topology(writer, topology);
    (void)sabir_json_writer_object_end(writer);
    int code = sabir_json_writer_text_get(writer, &json, &len_bytes);
    if (code == SABIR_OK)
        (void)printf("%.*s\n", (int)len_bytes, json);
    else
        (void)fprintf(stderr, "sabir check: the answer cannot be written as JSON: %s\n", sabir_error_text(code));
    sabir_json_writer_free(writer);
    return code == SABIR_OK ? 0 : 1;
}

static void print_words(const char *title, const struct cli_words *words) {
    for (size_t i = 0; i < words->count; i++) (void)printf("%s%s", i ? ", " : title, words->items[i].text);
}

static void print_topology(const struct cli_topology *topology) {
    (void)printf("%s: %zu node%s\n", topology->name, topology->node_count, topology->node_count == 1 ? "" : "s");
    for (size_t i = 0; i < topology->node_count; i++) {
        const struct cli_node *node = &topology->nodes[i];
        (void)printf("  %-12s %-8s ", node->name.text, node->lang ? node->lang : "-");
        if (node->tcp_port)
            (void)printf("tcp %-5u", (unsigned)node->tcp_port);
        else
            (void)printf("tcp any  ");
        print_words("  actors ", &node->actors);
        print_words("  after ", &node->after);
        (void)printf("\n");
    }
}

int cli_check(int argc, char **argv) {
    bool wants_json = false;
    const char *file = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            wants_json = true;
        else if (argv[i][0] == '-' && argv[i][1])
            return cli_verb_misused("check", "there is no option %s", argv[i]);
        else if (file)
            return cli_verb_misused("check", "one file at a time, not also %s", argv[i]);
        else
            file = argv[i];
    }
    if (!file) return cli_verb_misused("check", "which topology file?");
    struct cli_findings findings = {0};
    struct cli_topology *topology = cli_topology_load(file, &findings);
    int fault = 0;
    if (wants_json)
        fault = print_json(file, topology, &findings);
    else if (topology)
        print_topology(topology);
    else
        cli_findings_print(&findings, file, stderr);
    int code = topology ? 0 : CLI_EXIT_USAGE;
    cli_topology_free(topology);
    cli_findings_clear(&findings);
    return fault ? fault : code;
}
