/* The counter of words alone: no files, no threads. The program is tested as it is, but for its main. */
#define main example_main
int example_main(int argc, char **argv);
#include "word_count.c"
#undef main

#include "../../kit_test.h"

enum { MANY = 2000 }; /* words, more than the table begins with */

static void tell(sabir_ref *counter, const char *text) {
    MUST(sabir_ref_send_value(counter, Line_type(), &(struct Line){SABIR_STR(text)}, NULL));
}

/* How often `word` was counted, and how many words there are. */
static int64_t count_of(sabir_ref *counter, sabir_probe *client, const char *word, size_t *words) {
    sabir_message *message;
    const void *value;
    int64_t found = 0;
    MUST(sabir_ref_send_value(counter, Report_type(), NULL, sabir_probe_ref(client)));
    MUST(sabir_probe_expect(client, Counts_type(), 0, &message, NULL));
    MUST(sabir_message_value_get(message, Counts_type(), &value));
    const struct sabir_map *counts = &((const struct Counts *)value)->counts;
    for (size_t i = 0; i < counts->count; i++)
        if (counts->keys[i].len_bytes == strlen(word) && memcmp(counts->keys[i].bytes, word, strlen(word)) == 0)
            found = ((const int64_t *)counts->values)[i];
    *words = counts->count;
    sabir_message_free(message);
    return found;
}

int main(void) {
    sabir_manager *manager = kit_new();
    sabir_ref *counter = manage_counter(manager);
    sabir_probe *client;
    size_t words;
    char word[16];
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    tell(counter, "b a\tb\n");
    tell(counter, "\n");
    tell(counter, " \xC3\xA4 b\r\n");
    MUST_HOLD(count_of(counter, client, "b", &words) == 3 && words == 3);
    MUST_HOLD(count_of(counter, client, "\xC3\xA4", &words) == 1);
    for (int i = 0; i < MANY; i++) {
        snprintf(word, sizeof word, "w%d w%d", i, i);
        tell(counter, word);
    }
    MUST_HOLD(count_of(counter, client, "w1999", &words) == 2 && words == 3 + MANY);
    sabir_probe_free(client);
    sabir_ref_release(counter);
    sabir_manager_free(manager);
    return 0;
}
