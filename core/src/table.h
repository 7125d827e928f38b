/*
 * Text in aligned columns: rows are added cell by cell, and printed once every width is known. Numbers stand on the right.
 *
 *     sb_table_cell(table, "NAME", false) ... sb_table_row(table) ... sb_table_print(table, &out)
 */
#ifndef SB_TABLE_H
#define SB_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "text.h"

#define SB_TABLE_COLUMNS 32

struct sb_table_cell {
    size_t offset_bytes; /* in `texts` */
    size_t len_bytes;
    size_t width;
};

struct sb_table {
    struct sb_buffer texts;
    struct sb_buffer cells; /* struct sb_table_cell one after the other, row by row */
    size_t row_columns;     /* of the row that is being filled */
    size_t columns;         /* of the widest row */
    size_t rows;
    size_t widths[SB_TABLE_COLUMNS];
    bool has_number[SB_TABLE_COLUMNS];
};

void sb_table_init(struct sb_table *table);
void sb_table_free(struct sb_table *table);

/* One more cell of the current row; beyond SB_TABLE_COLUMNS it is left out. What cannot be printed becomes U+FFFD. */
void sb_table_cell(struct sb_table *table, struct sb_text text, bool is_number);

/* The row is complete. */
void sb_table_row(struct sb_table *table);

/* The rows as lines. A column that holds a number stands on the right, its heading too. false: no memory. */
bool sb_table_print(const struct sb_table *table, struct sb_buffer *out);

#endif
