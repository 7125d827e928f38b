/* Four workers write to one logger: lines of one worker stay in order, and none is lost at the end. */
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 4, LINES = 5, LINES_MAX = 64, LINE_BYTES = 64 };
static const int64_t ASK_TIMEOUT_NS = INT64_C(10) * 1000000000;

#define WORK_FIELDS(F) F(SABIR_INT64, lines)
SABIR_MESSAGE(Work, WORK_FIELDS);
#define LOG_FIELDS(F) F(SABIR_STRING, text)
SABIR_MESSAGE(Log, LOG_FIELDS);
SABIR_SIGNAL(Dump);
#define LINES_FIELDS(F) F(SABIR_LIST(SABIR_STRING), lines)
SABIR_MESSAGE(Lines, LINES_FIELDS);

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

struct logger {
    struct sabir_string lines[LINES_MAX];
    char texts[LINES_MAX][LINE_BYTES];
    size_t count;
};

struct worker {
    int number;
    sabir_ref *logger;
};

static int on_log(void *self, const void *value, sabir_context *context) {
    struct logger *logger = self;
    const struct Log *log = value;
    (void)context;
    if (logger->count == LINES_MAX || log->text.len_bytes > LINE_BYTES) return SABIR_EFULL;
    char *text = logger->texts[logger->count];
    memcpy(text, log->text.bytes, log->text.len_bytes);
    logger->lines[logger->count++] = (struct sabir_string){text, log->text.len_bytes};
    return SABIR_OK;
}

static int on_dump(void *self, const void *value, sabir_context *context) {
    const struct logger *logger = self;
    (void)value;
    return sabir_context_reply_value(context, Lines_type(), &(struct Lines){{logger->lines, logger->count}});
}

static int on_work(void *self, const void *value, sabir_context *context) {
    const struct worker *worker = self;
    const struct Work *work = value;
    int code = SABIR_OK;
    for (int64_t line = 1; line <= work->lines && !code; line++) {
        char text[LINE_BYTES];
        snprintf(text, sizeof text, "worker %d line %" PRId64, worker->number, line);
        code = sabir_ref_send_value(worker->logger, Log_type(), &(struct Log){SABIR_STR(text)},
                                    sabir_context_self(context));
    }
    return code;
}

static sabir_ref *manage(sabir_manager *manager, const char *name, sabir_actor *actor) {
    sabir_ref *ref;
    must(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static sabir_ref *manage_logger(sabir_manager *manager, struct logger *logger) {
    sabir_actor *actor;
    must(sabir_actor_new(NULL, logger, &actor));
    must(sabir_actor_on(actor, Log_type(), on_log));
    must(sabir_actor_on(actor, Dump_type(), on_dump));
    return manage(manager, "logger", actor);
}

static sabir_ref *manage_worker(sabir_manager *manager, struct worker *worker) {
    sabir_actor *actor;
    char name[16];
    snprintf(name, sizeof name, "worker%d", worker->number);
    must(sabir_actor_new(NULL, worker, &actor));
    must(sabir_actor_on(actor, Work_type(), on_work));
    return manage(manager, name, actor);
}

static int compare(const void *a, const void *b) {
    const struct sabir_string *left = a, *right = b;
    size_t shorter = left->len_bytes < right->len_bytes ? left->len_bytes : right->len_bytes;
    int order = memcmp(left->bytes, right->bytes, shorter);
    return order ? order : (left->len_bytes > right->len_bytes) - (left->len_bytes < right->len_bytes);
}

static void print_lines(sabir_ref *logger) {
    sabir_message *question, *answer;
    struct sabir_string lines[LINES_MAX];
    const void *value;
    must(sabir_message_new(Dump_type(), NULL, &question));
    must(sabir_ref_ask(logger, question, ASK_TIMEOUT_NS, &answer));
    must(sabir_message_value_get(answer, Lines_type(), &value));
    const struct sabir_list *list = &((const struct Lines *)value)->lines;
    memcpy(lines, list->items, list->count * sizeof lines[0]);
    qsort(lines, list->count, sizeof lines[0], compare);
    for (size_t i = 0; i < list->count; i++) printf("%.*s\n", (int)lines[i].len_bytes, lines[i].bytes);
    sabir_message_free(answer);
}

int main(void) {
    static struct logger logger;
    struct worker workers[WORKERS];
    sabir_ref *refs[WORKERS];
    sabir_manager *manager;
    must(sabir_manager_new(NULL, &manager));
    sabir_ref *log = manage_logger(manager, &logger);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){i + 1, log};
        refs[i] = manage_worker(manager, &workers[i]);
    }
    must(sabir_manager_start(manager));
    for (int i = 0; i < WORKERS; i++) must(sabir_ref_send_value(refs[i], Work_type(), &(struct Work){LINES}, NULL));
    for (int i = 0; i < WORKERS; i++) {
        must(sabir_manager_stop_actor(manager, refs[i])); /* each handles its mail first */
        sabir_ref_release(refs[i]);
    }
    print_lines(log);
    sabir_ref_release(log);
    sabir_manager_free(manager);
    return 0;
}
