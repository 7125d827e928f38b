/* word_count [FILE...]: counts the words of files, or of standard input. */
#include <errno.h>
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20 };
static const char SPACE[] = " \t\n\v\f\r";

#define LINE_FIELDS(F) F(SABIR_STRING, text)
SABIR_MESSAGE(Line, LINE_FIELDS);
SABIR_SIGNAL(Report);
#define COUNTS_FIELDS(F) F(SABIR_MAP(SABIR_INT64), counts)
SABIR_MESSAGE(Counts, COUNTS_FIELDS);

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

struct word {
    struct sabir_string text;
    int64_t count;
};

/* A hash table with open addressing; a slot without bytes is free. */
struct counter {
    struct word *words;
    size_t capacity;
    size_t count;
};

static uint64_t hash(struct sabir_string text) {
    uint64_t value = 0xCBF29CE484222325; /* FNV-1a */
    for (size_t i = 0; i < text.len_bytes; i++) value = (value ^ (unsigned char)text.bytes[i]) * 0x100000001B3;
    return value;
}

/* The slot of the word, or the free one where it belongs. */
static struct word *slot_of(const struct counter *counter, struct sabir_string text) {
    size_t at = (size_t)hash(text) & (counter->capacity - 1);
    for (;; at = (at + 1) & (counter->capacity - 1)) {
        struct word *word = &counter->words[at];
        if (!word->text.bytes) return word;
        if (word->text.len_bytes == text.len_bytes && memcmp(word->text.bytes, text.bytes, text.len_bytes) == 0)
            return word;
    }
}

static bool grow(struct counter *counter) {
    struct counter larger = {.capacity = counter->capacity ? 2 * counter->capacity : 1024, .count = counter->count};
    larger.words = calloc(larger.capacity, sizeof *larger.words);
    if (!larger.words) return false;
    for (size_t i = 0; i < counter->capacity; i++) {
        if (counter->words[i].text.bytes) *slot_of(&larger, counter->words[i].text) = counter->words[i];
    }
    free(counter->words);
    *counter = larger;
    return true;
}

static int count_word(struct counter *counter, struct sabir_string text) {
    if (2 * counter->count >= counter->capacity && !grow(counter)) return SABIR_ENOMEM;
    struct word *word = slot_of(counter, text);
    if (!word->text.bytes) {
        char *bytes = malloc(text.len_bytes);
        if (!bytes) return SABIR_ENOMEM;
        memcpy(bytes, text.bytes, text.len_bytes);
        word->text = (struct sabir_string){bytes, text.len_bytes};
        counter->count++;
    }
    word->count++;
    return SABIR_OK;
}

static int on_line(void *self, const void *value, sabir_context *context) {
    const struct Line *line = value;
    const char *at = line->text.bytes, *end = at + line->text.len_bytes;
    int code = SABIR_OK;
    (void)context;
    while (at < end && !code) {
        const char *begin = at;
        while (at < end && !memchr(SPACE, *at, sizeof SPACE - 1)) at++;
        if (at > begin) code = count_word(self, (struct sabir_string){begin, (size_t)(at - begin)});
        at++;
    }
    return code;
}

static int on_report(void *self, const void *value, sabir_context *context) {
    const struct counter *counter = self;
    struct sabir_string *keys = calloc(counter->count + 1, sizeof *keys);
    int64_t *values = calloc(counter->count + 1, sizeof *values);
    size_t count = 0;
    (void)value;
    for (size_t i = 0; i < counter->capacity && keys && values; i++) {
        if (!counter->words[i].text.bytes) continue;
        keys[count] = counter->words[i].text;
        values[count++] = counter->words[i].count;
    }
    int code = SABIR_ENOMEM;
    if (keys && values)
        code = sabir_context_reply_value(context, Counts_type(), &(struct Counts){{keys, values, count}});
    free(keys);
    free(values);
    return code;
}

static void drop(void *self) {
    struct counter *counter = self;
    for (size_t i = 0; i < counter->capacity; i++) free((void *)(uintptr_t)counter->words[i].text.bytes);
    free(counter->words);
    free(counter);
}

static sabir_ref *manage_counter(sabir_manager *manager) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    struct counter *counter = calloc(1, sizeof *counter);
    sabir_actor *actor;
    sabir_ref *ref;
    if (!counter) abort();
    must(sabir_actor_new(&callbacks, counter, &actor));
    must(sabir_actor_on(actor, Line_type(), on_line));
    must(sabir_actor_on(actor, Report_type(), on_report));
    /* Reading is faster than counting: an unbounded mailbox takes what a bounded one would refuse. */
    must(sabir_actor_set_capacity_msgs(actor, 0));
    must(sabir_manager_manage(manager, "counter", actor, &ref));
    return ref;
}

/* Send every line; 0, or what errno says of the stream. */
static int send_lines(sabir_ref *counter, FILE *stream) {
    static char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, stream))
        must(sabir_ref_send_value(counter, Line_type(), &(struct Line){SABIR_STR(line)}, NULL));
    return ferror(stream) ? errno : 0;
}

static int send_files(sabir_ref *counter, int count, char **paths) {
    if (count == 0) return send_lines(counter, stdin);
    for (int i = 0; i < count; i++) {
        FILE *stream = fopen(paths[i], "r");
        int fault = stream ? send_lines(counter, stream) : errno;
        if (stream) fclose(stream);
        if (fault) {
            fprintf(stderr, "word_count: %s: %s\n", paths[i], strerror(fault));
            return fault;
        }
    }
    return 0;
}

static int compare(const void *a, const void *b) {
    const struct word *left = a, *right = b;
    if (left->count != right->count) return left->count < right->count ? 1 : -1;
    size_t shorter = left->text.len_bytes < right->text.len_bytes ? left->text.len_bytes : right->text.len_bytes;
    int order = memcmp(left->text.bytes, right->text.bytes, shorter);
    return order ? order
                 : (left->text.len_bytes > right->text.len_bytes) - (left->text.len_bytes < right->text.len_bytes);
}

static void print_report(sabir_ref *counter) {
    sabir_message *question, *answer;
    const void *value;
    must(sabir_message_new(Report_type(), NULL, &question));
    must(sabir_ref_ask(counter, question, -1, &answer));
    must(sabir_message_value_get(answer, Counts_type(), &value));
    const struct sabir_map *counts = &((const struct Counts *)value)->counts;
    const int64_t *numbers = counts->values;
    struct word *words = calloc(counts->count + 1, sizeof *words);
    if (!words) abort();
    for (size_t i = 0; i < counts->count; i++) words[i] = (struct word){counts->keys[i], numbers[i]};
    qsort(words, counts->count, sizeof *words, compare);
    for (size_t i = 0; i < counts->count; i++)
        printf("%" PRId64 " %.*s\n", words[i].count, (int)words[i].text.len_bytes, words[i].text.bytes);
    free(words);
    sabir_message_free(answer);
}

int main(int argc, char **argv) {
    sabir_manager *manager;
    must(sabir_manager_new(NULL, &manager));
    sabir_ref *counter = manage_counter(manager);
    must(sabir_manager_start(manager));
    int fault = send_files(counter, argc - 1, argv + 1);
    if (!fault) print_report(counter);
    sabir_ref_release(counter);
    sabir_manager_free(manager);
    return fault ? 1 : 0;
}
