#include "snapshot_table.h"

#include <sabir/json.h>
#include <string.h>

#include "error.h"
#include "table.h"

struct printer {
    sabir_json_reader *reader;
    struct sb_buffer *out;
    struct sb_table lines; /* of the section in hand */
    uint32_t event;
    struct sabir_string text;
    int code;
};

static bool next(struct printer *printer) {
    if (printer->code == SABIR_OK)
        printer->code = sabir_json_reader_next(printer->reader, &printer->event, &printer->text);
    return printer->code == SABIR_OK && printer->event != SABIR_JSON_END;
}

static struct sb_text token(const struct printer *printer) {
    switch (printer->event) {
    case SABIR_JSON_TRUE:
        return SB_TEXT("yes");
    case SABIR_JSON_FALSE:
        return SB_TEXT("no");
    case SABIR_JSON_NULL:
        return SB_TEXT("-");
    default:
        return (struct sb_text){printer->text.bytes, printer->text.len_bytes};
    }
}

static bool is_number(const struct printer *printer) {
    return printer->event == SABIR_JSON_INTEGER || printer->event == SABIR_JSON_DOUBLE;
}

static void put_value(struct printer *printer) {
    sb_table_cell(&printer->lines, token(printer), is_number(printer));
}

/* "dead_letters": as a heading, DEAD LETTERS. */
static void put_heading(struct printer *printer, struct sabir_string key) {
    char heading[64];
    size_t len_bytes = key.len_bytes < sizeof heading ? key.len_bytes : sizeof heading;
    for (size_t i = 0; i < len_bytes; i++) {
        char byte = key.bytes[i];
        heading[i] = byte == '_' ? ' ' : byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
    }
    sb_table_cell(&printer->lines, (struct sb_text){heading, len_bytes}, false);
}

/* ---- Sections -------------------------------------------------------------------------------------------------------------- */

static void end_section(struct printer *printer) {
    if (!sb_table_print(&printer->lines, printer->out) && printer->code == SABIR_OK)
        printer->code = sb_error(SABIR_ENOMEM, "no memory for the table of a snapshot");
    sb_table_free(&printer->lines);
    sb_table_init(&printer->lines);
}

static void begin_section(struct printer *printer, const char *title) {
    if (printer->lines.rows > 0) end_section(printer);
    if (printer->out->len_bytes > 0) sb_buffer_append_byte(printer->out, '\n');
    for (; *title; title++) sb_buffer_append_byte(printer->out, *title == '_' ? ' ' : *title);
}

static void end_title(struct printer *printer, bool is_empty) {
    static const char none[] = ": none";
    if (is_empty) sb_buffer_append(printer->out, none, sizeof none - 1);
    sb_buffer_append_byte(printer->out, '\n');
}

/* The members of one object as a row. The headings come before it, from the first object: keys are read twice. */
static void put_row(struct printer *printer, bool as_headings) {
    while (next(printer) && printer->event != SABIR_JSON_OBJECT_END) {
        if (printer->event == SABIR_JSON_KEY) {
            if (as_headings) put_heading(printer, printer->text);
        } else if (!as_headings) {
            put_value(printer);
        }
    }
    sb_table_row(&printer->lines);
}

/* The reader stands behind a '[' at `from`; the first object is read once more for its keys. */
static void put_headings(struct printer *printer, const char *json) {
    sabir_json_reader *whole = printer->reader;
    const char *rest = json + sabir_json_reader_offset_bytes(whole);
    printer->code = sabir_json_reader_new(rest, strlen(rest), &printer->reader);
    if (printer->code == SABIR_OK) {
        next(printer); /* its '{' */
        put_row(printer, true);
        sabir_json_reader_free(printer->reader);
    }
    printer->reader = whole;
}

static void put_list(struct printer *printer, const char *title, const char *json) {
    begin_section(printer, title);
    bool is_empty = !next(printer) || printer->event == SABIR_JSON_ARRAY_END;
    end_title(printer, is_empty);
    if (is_empty) return;
    put_headings(printer, json);
    do put_row(printer, false);
    while (next(printer) && printer->event != SABIR_JSON_ARRAY_END);
    end_section(printer);
}

/* Objects within are written out with their members' own names: what matters is what happened. */
static void put_counts(struct printer *printer, const char *title) {
    char key[64] = "";
    size_t depth = 1;
    begin_section(printer, title);
    while (depth > 0 && next(printer)) {
        if (printer->event == SABIR_JSON_OBJECT_BEGIN) {
            depth++;
        } else if (printer->event == SABIR_JSON_OBJECT_END) {
            depth--;
        } else if (printer->event == SABIR_JSON_KEY) {
            size_t len_bytes = printer->text.len_bytes < sizeof key ? printer->text.len_bytes : sizeof key - 1;
            memcpy(key, printer->text.bytes, len_bytes);
            key[len_bytes] = '\0';
        } else if (!is_number(printer) || !sb_text_equal(token(printer), SB_TEXT("0"))) {
            sb_table_cell(&printer->lines, sb_text_of(key), false);
            put_value(printer);
            sb_table_row(&printer->lines);
        }
    }
    end_title(printer, printer->lines.rows == 0);
    end_section(printer);
}

static void put_all(struct printer *printer, const char *json) {
    char key[64] = "";
    while (next(printer)) {
        if (printer->event == SABIR_JSON_KEY) {
            size_t len_bytes = printer->text.len_bytes < sizeof key ? printer->text.len_bytes : sizeof key - 1;
            memcpy(key, printer->text.bytes, len_bytes);
            key[len_bytes] = '\0';
        } else if (printer->event == SABIR_JSON_ARRAY_BEGIN) {
            put_list(printer, key, json);
        } else if (printer->event == SABIR_JSON_OBJECT_BEGIN && *key) {
            put_counts(printer, key);
        } else if (*key && printer->event != SABIR_JSON_OBJECT_END) {
            sb_table_cell(&printer->lines, sb_text_of(key), false);
            put_value(printer);
            sb_table_row(&printer->lines);
        }
    }
    if (printer->lines.rows > 0) end_section(printer);
}

int sb_snapshot_table(const char *json, struct sb_buffer *out) {
    struct printer printer = {.out = out};
    sb_table_init(&printer.lines);
    int code = sabir_json_reader_new(json, strlen(json), &printer.reader);
    if (code != SABIR_OK) return code;
    put_all(&printer, json);
    sabir_json_reader_free(printer.reader);
    sb_table_free(&printer.lines);
    sb_buffer_append_byte(out, '\0');
    if (printer.code == SABIR_OK && out->failed) return sb_error(SABIR_ENOMEM, "no memory for the table of a snapshot");
    return printer.code;
}
