#include "text.h"

#include <string.h>

/* What is left of a text, walked through from its beginning. Each step fails for good once one has failed. */
struct walk {
    const char *at, *end;
    bool is_broken;
};

static char peek(const struct walk *walk) {
    return walk->at < walk->end ? *walk->at : '\0';
}

static void blanks(struct walk *walk) {
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) && *walk->at) walk->at++;
}

static void take(struct walk *walk, char wanted) {
    blanks(walk);
    if (peek(walk) == wanted) {
        walk->at++;
    } else {
        walk->is_broken = true;
    }
    blanks(walk);
}

static struct text string(struct walk *walk) {
    const char *begin = walk->at;
    if (peek(walk) != '"') walk->is_broken = true;
    for (walk->at++; walk->at < walk->end && *walk->at != '"'; walk->at++) {
        if (*walk->at == '\\') walk->at++;
    }
    if (walk->at >= walk->end) {
        walk->is_broken = true;
        return (struct text){NULL, 0};
    }
    walk->at++;
    return (struct text){begin, (size_t)(walk->at - begin)};
}

/* One value: up to a comma or a closing bracket that is outside of its own brackets and strings. */
static struct text value(struct walk *walk) {
    const char *begin = walk->at;
    size_t depth = 0;
    while (walk->at < walk->end && !walk->is_broken) {
        char mark = *walk->at;
        if (depth == 0 && (mark == ',' || mark == '}' || mark == ']')) break;
        if (mark == '"') {
            string(walk);
            continue;
        }
        depth += (mark == '{' || mark == '[');
        depth -= (mark == '}' || mark == ']');
        walk->at++;
    }
    const char *end = walk->at;
    while (end > begin && strchr(" \t\r\n", end[-1])) end--;
    if (end == begin || depth != 0) walk->is_broken = true;
    return (struct text){begin, (size_t)(end - begin)};
}

struct text text_member(struct text object, const char *key) {
    struct walk walk = {object.at, object.at + object.len_bytes, object.at == NULL};
    struct text found = {NULL, 0};
    take(&walk, '{');
    while (!walk.is_broken && peek(&walk) != '}') {
        struct text name = string(&walk);
        take(&walk, ':');
        struct text member = value(&walk);
        if (!walk.is_broken && name.len_bytes == strlen(key) + 2 && memcmp(name.at + 1, key, strlen(key)) == 0)
            found = member;
        if (peek(&walk) != '}') take(&walk, ',');
    }
    take(&walk, '}');
    return walk.is_broken || walk.at != walk.end ? (struct text){NULL, 0} : found;
}

struct text text_string(struct text object, const char *key) {
    struct text found = text_member(object, key);
    bool is_plain = found.at && *found.at == '"' && !memchr(found.at, '\\', found.len_bytes);
    return is_plain ? (struct text){found.at + 1, found.len_bytes - 2} : (struct text){NULL, 0};
}

bool text_is(struct text text, const char *wanted) {
    return text.at && text.len_bytes == strlen(wanted) && memcmp(text.at, wanted, text.len_bytes) == 0;
}
