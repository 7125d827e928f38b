#include "suggest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c) {
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static int folded(char letter) {
    return tolower((unsigned char)letter);
}

/* Levenshtein's distance, with a swap of neighbours as one step, blind to case; WORD_MAX for words that are too long. */
static size_t distance(const char *a, const char *b) {
    size_t rows[3][WORD_MAX + 1];
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > WORD_MAX || b_len > WORD_MAX) return WORD_MAX;
    for (size_t j = 0; j <= b_len; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t cost = folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1;
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1])) {
                size_t swapped = rows[(i - 2) % 3][j - 2] + 1;
                if (swapped < row[j]) row[j] = swapped;
            }
        }
    }
    return rows[a_len % 3][b_len];
}

const char *cli_suggest(const char *word, const char *const *words, size_t count) {
    const char *nearest = NULL;
    size_t least = (strlen(word) < 6 ? 1 : strlen(word) / 3) + 1; /* one wrong letter in three */
    for (size_t i = 0; i < count; i++) {
        size_t steps = distance(word, words[i]);
        if (steps < least && steps < strlen(words[i])) {
            least = steps;
            nearest = words[i];
        }
    }
    return nearest;
}

const char *cli_suggest_clause(const char *word, const char *const *words, size_t count) {
    static char clause[WORD_MAX + 32];
    const char *nearest = cli_suggest(word, words, count);
    if (!nearest) return "";
    (void)snprintf(clause, sizeof clause, "; did you mean \"%.*s\"?", WORD_MAX, nearest);
    return clause;
}
