#include "excerpt.h"

#include "glyph.h"
#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How many columns are shown on either side of the place. */
enum { COLUMNS_BEFORE = 50, COLUMNS_BEHIND = 26 };

/* And how many characters at most: combining marks take no column. */
enum { CHARACTERS_SHOWN = 200 };

#define CUT "..."

struct line {
    const char *begin;
    const char *end; /* the line feed, or the end of the text */
};

static struct line line_around(const char *bytes, size_t len_bytes, size_t offset_bytes, size_t *number) {
    const char *place = bytes + offset_bytes;
    struct line line = {bytes, NULL};
    *number = 1;
    for (const char *feed; (feed = memchr(line.begin, '\n', (size_t)(place - line.begin))); ++*number)
        line.begin = feed + 1;
    line.end = memchr(place, '\n', len_bytes - offset_bytes);
    if (!line.end) line.end = bytes + len_bytes;
    return line;
}

static size_t count_characters(const char *at, const char *end) {
    size_t count = 0;
    for (; at < end; count++) at += cli_glyph_of(at, (size_t)(end - at)).len_bytes;
    return count;
}

/* Where the shown part begins: as many whole characters before `place` as fit. */
static const char *shown_begin(const struct line *line, const char *place) {
    const char *at = place;
    size_t columns = 0;
    for (int i = 0; at > line->begin && i < CHARACTERS_SHOWN; i++) {
        const char *before = at - cli_glyph_len_before(at, (size_t)(at - line->begin));
        columns += cli_glyph_of(before, (size_t)(at - before)).width;
        if (columns > COLUMNS_BEFORE) break;
        at = before;
    }
    return at;
}

static void append(struct cli_excerpt *excerpt, size_t *len, const char *text) {
    size_t more = strlen(text);
    excerpt->text = cli_grow(excerpt->text, *len + more + 1, 1);
    memcpy(excerpt->text + *len, text, more + 1);
    *len += more;
}

static void draw(struct cli_excerpt *excerpt, const struct line *line, const char *place) {
    const char *at = shown_begin(line, place);
    size_t len = 0;
    append(excerpt, &len, at > line->begin ? CUT : "");
    excerpt->caret = len;
    size_t columns_behind = 0;
    for (int i = 0; at < line->end && columns_behind <= COLUMNS_BEHIND && i < 2 * CHARACTERS_SHOWN; i++) {
        struct cli_glyph glyph = cli_glyph_of(at, (size_t)(line->end - at));
        append(excerpt, &len, glyph.text);
        *(at < place ? &excerpt->caret : &columns_behind) += glyph.width;
        at += glyph.len_bytes;
    }
    if (at < line->end) append(excerpt, &len, CUT);
}

void cli_excerpt_make(struct cli_excerpt *excerpt, const char *bytes, size_t len_bytes, size_t offset_bytes) {
    const char *place = bytes + offset_bytes;
    struct line line = line_around(bytes, len_bytes, offset_bytes, &excerpt->line);
    excerpt->text = NULL;
    excerpt->column = count_characters(line.begin, place) + 1;
    if (offset_bytes < len_bytes && *place == '\n')
        line.end = place + 1; /* the fault is the line feed itself: show it */
    draw(excerpt, &line, place);
}

void cli_excerpt_clear(struct cli_excerpt *excerpt) {
    free(excerpt->text);
    excerpt->text = NULL;
}

void cli_excerpt_print(const struct cli_excerpt *excerpt, FILE *out) {
    int digits = fprintf(out, "%6zu", excerpt->line);
    (void)fprintf(out, " | %s\n", excerpt->text);
    (void)fprintf(out, "%*s | %*s^\n", digits > 0 ? digits : 6, "", (int)excerpt->caret, "");
}
