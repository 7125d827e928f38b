#include "table.h"

#include "text_width.h"

#define GAP 2 /* between two columns */

static const char replacement[] = "\xEF\xBF\xBD";

void sb_table_init(struct sb_table *table) {
    *table = (struct sb_table){.texts = SB_BUFFER_INIT, .cells = SB_BUFFER_INIT};
}

void sb_table_free(struct sb_table *table) {
    sb_buffer_free(&table->texts);
    sb_buffer_free(&table->cells);
}

/* Names come from whoever sent them: nothing in them may move the cursor. */
static void append_printable(struct sb_buffer *texts, struct sb_text text) {
    while (text.len_bytes > 0) {
        size_t len_bytes;
        uint32_t code = sb_char_first(text, &len_bytes);
        if (code == 0xFFFD || sb_char_is_control(code))
            sb_buffer_append(texts, replacement, sizeof replacement - 1);
        else
            sb_buffer_append(texts, text.bytes, len_bytes);
        text.bytes += len_bytes;
        text.len_bytes -= len_bytes;
    }
}

void sb_table_cell(struct sb_table *table, struct sb_text text, bool is_number) {
    if (table->row_columns == SB_TABLE_COLUMNS) return;
    struct sb_table_cell cell = {.offset_bytes = table->texts.len_bytes};
    append_printable(&table->texts, text);
    cell.len_bytes = table->texts.len_bytes - cell.offset_bytes;
    if (table->texts.failed) return;
    cell.width = sb_text_width((struct sb_text){table->texts.bytes + cell.offset_bytes, cell.len_bytes});
    size_t column = table->row_columns++;
    if (cell.width > table->widths[column]) table->widths[column] = cell.width;
    if (is_number) table->has_number[column] = true;
    sb_buffer_append(&table->cells, (const char *)&cell, sizeof cell);
}

void sb_table_row(struct sb_table *table) {
    static const struct sb_table_cell empty = {0};
    if (table->row_columns > table->columns) table->columns = table->row_columns;
    while (table->row_columns < SB_TABLE_COLUMNS) { /* every row has as many, so that a cell is found by its place */
        sb_buffer_append(&table->cells, (const char *)&empty, sizeof empty);
        table->row_columns++;
    }
    table->row_columns = 0;
    table->rows++;
}

static struct sb_table_cell cell_at(const struct sb_table *table, size_t row, size_t column) {
    struct sb_table_cell cell;
    memcpy(&cell, table->cells.bytes + (row * SB_TABLE_COLUMNS + column) * sizeof cell, sizeof cell);
    return cell;
}

static void append_blanks(struct sb_buffer *out, size_t count) {
    while (count-- > 0) sb_buffer_append_byte(out, ' ');
}

static void print_row(const struct sb_table *table, size_t row, struct sb_buffer *out) {
    size_t owed = 0; /* blanks before the next text: a line never ends with some */
    for (size_t column = 0; column < table->columns; column++) {
        struct sb_table_cell cell = cell_at(table, row, column);
        size_t rest = table->widths[column] - cell.width;
        bool right = table->has_number[column];
        if (right) owed += rest;
        if (cell.len_bytes > 0) {
            append_blanks(out, owed);
            sb_buffer_append(out, table->texts.bytes + cell.offset_bytes, cell.len_bytes);
            owed = 0;
        } else {
            owed += cell.width;
        }
        owed += GAP + (right ? 0 : rest);
    }
    sb_buffer_append_byte(out, '\n');
}

bool sb_table_print(const struct sb_table *table, struct sb_buffer *out) {
    if (table->texts.failed || table->cells.failed) return false;
    for (size_t row = 0; row < table->rows; row++) print_row(table, row, out);
    return !out->failed;
}
