/*
 * Reading the peers file with the wire's own strict reader. It is read into a copy of the configuration, so that a file with a fault
 * changes nothing.
 */
#include "peers_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "alloc.h"
#include "envelope.h"
#include "error.h"
#include "json_reader.h"
#include "text_show.h"

#define WORDS_BYTES 640
#define READ_BYTES ((size_t)16 * 1024)

struct peers_file {
    const char *path;
    struct sb_text text;
    struct sb_json_reader reader;
    struct sb_json_token token; /* the last one read */
    sabir_config *config;
};

/* ---- Words ------------------------------------------------------------------------------------------------------------- */

/* "file:line:column: sentence"; columns count characters. */
__attribute__((format(printf, 3, 4))) static int fail_at(struct peers_file *file, size_t offset_bytes,
                                                         const char *format, ...) {
    char words[WORDS_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset_bytes && i < file->text.len_bytes; i++) {
        char byte = file->text.bytes[i];
        if (byte == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)byte & 0xc0) != 0x80) {
            column++;
        }
    }
    return sb_error(SABIR_EMALFORMED, "%s:%zu:%zu: %s", file->path, line, column, words);
}

static int no_memory(const struct peers_file *file) {
    return sb_error(SABIR_ENOMEM, "no memory to read %s", file->path);
}

/* The core's last words, told of a place in the file. */
static int blame(struct peers_file *file, int error, size_t offset_bytes) {
    return error == SABIR_ENOMEM ? error : fail_at(file, offset_bytes, "%s", sb_error_detail());
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------------ */

static int next(struct peers_file *file) {
    int error = sb_json_reader_next(&file->reader, &file->token);
    if (error == SABIR_EMALFORMED)
        return fail_at(file, file->reader.fault.offset_bytes, "%s", file->reader.fault.reason);
    return error ? no_memory(file) : SABIR_OK;
}

static int expect(struct peers_file *file, enum sabir_json_event event, const char *sentence) {
    int error = next(file);
    if (!error && file->token.event != (uint32_t)event) error = fail_at(file, file->token.offset_bytes, "%s", sentence);
    return error;
}

/* The last token, a KEY or STRING, unescaped in memory of its own. */
static int copy_token(struct peers_file *file, char **copy) {
    char *text = sb_alloc(file->token.raw.len_bytes + 1);
    if (!text) return no_memory(file);
    char *end = sb_json_unescape(file->token.raw, text);
    *end = '\0';
    if (strlen(text) != (size_t)(end - text)) {
        sb_free(text);
        return fail_at(file, file->token.offset_bytes, "the string holds a NUL");
    }
    *copy = text;
    return SABIR_OK;
}

static int read_string(struct peers_file *file, const char *sentence, char **copy) {
    int error = expect(file, SABIR_JSON_STRING, sentence);
    return error ? error : copy_token(file, copy);
}

static int fail_key(struct peers_file *file, const char *known) {
    char shown[SB_SHOWN_LONG_BYTES];
    char *key = NULL;
    int error = copy_token(file, &key);
    if (error) return error;
    error = fail_at(file, file->token.offset_bytes, "there is no key \"%s\" here, only %s",
                    sb_text_show(sb_text_of(key), shown, sizeof shown), known);
    sb_free(key);
    return error;
}

/* ---- A node ------------------------------------------------------------------------------------------------------------ */

static int read_endpoint(struct peers_file *file, struct sb_config_peer *peer) {
    char *text = NULL;
    int error = read_string(file, "an endpoint is a string, as \"tcp://127.0.0.1:7001\"", &text);
    if (error) return error;
    error = sb_endpoint_parse(sb_text_of(text), &peer->endpoint);
    if (error) error = blame(file, error, file->token.offset_bytes);
    sb_free(text);
    return error;
}

static int read_dialect(struct peers_file *file, struct sb_config_peer *peer) {
    static const char sentence[] = "a dialect is \"v1\" or \"flat\"";
    int error = expect(file, SABIR_JSON_STRING, sentence);
    if (error) return error;
    if (sb_json_token_is(&file->token, SB_TEXT("flat")))
        peer->dialect = SABIR_DIALECT_FLAT;
    else if (sb_json_token_is(&file->token, SB_TEXT("v1")))
        peer->dialect = SABIR_DIALECT_V1;
    else
        error = fail_at(file, file->token.offset_bytes, "%s", sentence);
    return error;
}

static int take_actor(struct peers_file *file, struct sb_config_peer *peer) {
    char *name = NULL;
    int error = copy_token(file, &name);
    if (error) return error;
    if (!sb_name_is_valid(sb_text_of(name)))
        error = fail_at(file, file->token.offset_bytes,
                        "an actor's name is 1 to %d bytes without control characters (ENV-6)", SB_NAME_MAX_BYTES);
    char **grown = error ? NULL : sb_realloc(peer->actors, (peer->actor_count + 1) * sizeof *grown);
    if (!grown) {
        sb_free(name);
        return error ? error : no_memory(file);
    }
    peer->actors = grown;
    grown[peer->actor_count++] = name;
    return SABIR_OK;
}

static int read_actors(struct peers_file *file, struct sb_config_peer *peer) {
    static const char sentence[] = "the actors of a node are an array of strings";
    int error = expect(file, SABIR_JSON_ARRAY_BEGIN, sentence);
    while (!error) {
        error = next(file);
        if (error || file->token.event == SABIR_JSON_ARRAY_END) break;
        error = file->token.event == SABIR_JSON_STRING ? take_actor(file, peer)
                                                       : fail_at(file, file->token.offset_bytes, "%s", sentence);
    }
    return error;
}

/* What stands behind a node's name. */
static int read_peer(struct peers_file *file, struct sb_config_peer *peer) {
    bool has_endpoint = false;
    int error = expect(file, SABIR_JSON_OBJECT_BEGIN, "a node is an object with an \"endpoint\"");
    size_t begin_bytes = file->token.offset_bytes;
    while (!error) {
        error = next(file);
        if (error || file->token.event == SABIR_JSON_OBJECT_END) break;
        if (sb_json_token_is(&file->token, SB_TEXT("endpoint"))) {
            error = read_endpoint(file, peer);
            has_endpoint = true;
        } else if (sb_json_token_is(&file->token, SB_TEXT("dialect"))) {
            error = read_dialect(file, peer);
        } else if (sb_json_token_is(&file->token, SB_TEXT("actors"))) {
            error = read_actors(file, peer);
        } else {
            error = fail_key(file, "\"endpoint\", \"dialect\" and \"actors\"");
        }
    }
    if (!error && !has_endpoint) error = fail_at(file, begin_bytes, "the node has no \"endpoint\"");
    return error;
}

/* The last token is a node's name. */
static int read_node(struct peers_file *file) {
    struct sb_config_peer peer = {.dialect = SABIR_DIALECT_V1};
    size_t name_bytes = file->token.offset_bytes;
    int error = copy_token(file, &peer.node);
    if (!error) {
        error = sb_config_check_node(sb_text_of(peer.node));
        if (error) error = blame(file, error, name_bytes);
    }
    if (!error) error = read_peer(file, &peer);
    if (!error) {
        error = sb_config_take_peer(file->config, &peer);
        if (error) error = blame(file, error, name_bytes);
    }
    if (error) sb_config_peer_free(&peer);
    return error;
}

/* ---- The file ---------------------------------------------------------------------------------------------------------- */

static int read_nodes(struct peers_file *file) {
    int error = expect(file, SABIR_JSON_OBJECT_BEGIN, "\"nodes\" is an object: a node's name, then what it is");
    while (!error) {
        error = next(file);
        if (error || file->token.event == SABIR_JSON_OBJECT_END) break;
        error = read_node(file);
    }
    return error;
}

/* The last token is a STRING of "allow". */
static int read_allowed(struct peers_file *file) {
    char *host = NULL;
    int error = copy_token(file, &host);
    if (error) return error;
    error = sabir_config_allow(file->config, host);
    if (error) error = blame(file, error, file->token.offset_bytes);
    sb_free(host);
    return error;
}

static int read_allow(struct peers_file *file) {
    static const char sentence[] = "\"allow\" is an array of strings, each a host or host:port";
    int error = expect(file, SABIR_JSON_ARRAY_BEGIN, sentence);
    while (!error) {
        error = next(file);
        if (error || file->token.event == SABIR_JSON_ARRAY_END) break;
        error = file->token.event == SABIR_JSON_STRING ? read_allowed(file)
                                                       : fail_at(file, file->token.offset_bytes, "%s", sentence);
    }
    return error;
}

static int read_all(struct peers_file *file) {
    int error = expect(file, SABIR_JSON_OBJECT_BEGIN, "a peers file is an object with \"nodes\" and \"allow\"");
    while (!error) {
        error = next(file);
        if (error || file->token.event == SABIR_JSON_OBJECT_END) break;
        if (sb_json_token_is(&file->token, SB_TEXT("nodes")))
            error = read_nodes(file);
        else if (sb_json_token_is(&file->token, SB_TEXT("allow")))
            error = read_allow(file);
        else
            error = fail_key(file, "\"nodes\" and \"allow\"");
    }
    return error ? error : next(file); /* nothing may follow */
}

int sb_peers_file_parse(const char *path, struct sb_text text, sabir_config *config) {
    struct peers_file file = {.path = path, .text = text};
    int error = sb_config_copy(config, &file.config);
    if (error) return error;
    sb_json_reader_init(&file.reader, text, SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    error = read_all(&file);
    sb_json_reader_free(&file.reader);
    if (!error) {
        sabir_config before = *config;
        *config = *file.config;
        *file.config = before;
    }
    sabir_config_free(file.config);
    return error;
}

/* The whole of an open file, or what shows that it is too large. */
static int read_stream(const char *path, FILE *stream, struct sb_buffer *text) {
    size_t read_bytes;
    do {
        char *room = sb_buffer_reserve(text, READ_BYTES);
        if (!room) return sb_error(SABIR_ENOMEM, "no memory to read %s", path);
        read_bytes = fread(room, 1, READ_BYTES, stream);
        text->len_bytes += read_bytes;
        if (text->len_bytes > SB_PEERS_FILE_MAX_BYTES)
            return sb_error(SABIR_EIO, "%s is larger than %zu bytes, too large for a peers file", path,
                            SB_PEERS_FILE_MAX_BYTES);
    } while (read_bytes == READ_BYTES);
    return ferror(stream) ? sb_error(SABIR_EIO, "cannot read %s: %s", path, strerror(errno)) : SABIR_OK;
}

int sb_peers_file_read(const char *path, sabir_config *config) {
    FILE *stream = fopen(path, "rbe");
    if (!stream) return sb_error(SABIR_EIO, "cannot open %s: %s", path, strerror(errno));
    struct sb_buffer text = SB_BUFFER_INIT;
    int error = read_stream(path, stream, &text);
    fclose(stream);
    if (!error) error = sb_peers_file_parse(path, (struct sb_text){text.bytes, text.len_bytes}, config);
    sb_buffer_free(&text);
    return error;
}
