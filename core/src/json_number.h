/*
 * Numbers between text and machine, the same in every locale and rounding mode: integers exactly, doubles as the
 * shortest text that reads back equal (NUM-5) and correctly rounded from any text (NUM-3).
 */
#ifndef SB_JSON_NUMBER_H
#define SB_JSON_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define SB_JSON_NUMBER_BYTES 32 /* room enough for any number that is printed here */

/* Print to `to`, which has room for SB_JSON_NUMBER_BYTES; return the end. No NUL. The double must be finite. */
char *sb_json_print_int64(int64_t value, char *to);
char *sb_json_print_uint64(uint64_t value, char *to);
char *sb_json_print_double(double value, char *to);

/* What came of reading a number's token. */
enum sb_json_number {
    SB_JSON_NUMBER_OK = 0,
    SB_JSON_NUMBER_NO_NUMBER,    /* the token is no JSON number */
    SB_JSON_NUMBER_NO_INTEGER,   /* it has `.` or an exponent (NUM-4) */
    SB_JSON_NUMBER_OUT_OF_RANGE, /* the type cannot hold it; a double: it overflows */
    SB_JSON_NUMBER_INEXACT       /* an integer token that no double equals; *value is the nearest */
};

/*
 * *value is set on OK (and INEXACT) only. Underflow rounds, to zero in the end. `-0` is 0 for integers and -0.0 for a
 * double.
 */
enum sb_json_number sb_json_read_int64(struct sb_text token, int64_t *value);
enum sb_json_number sb_json_read_uint64(struct sb_text token, uint64_t *value);
enum sb_json_number sb_json_read_double(struct sb_text token, double *value);

/* The double nearest to digits * 10^exponent. */
double sb_json_nearest_double(bool is_negative, uint64_t digits, int64_t exponent);

/* What a number's token consists of. */
struct sb_json_number_parts {
    bool is_negative;
    bool exponent_is_negative;
    struct sb_text whole;    /* at least one digit */
    struct sb_text fraction; /* {NULL, 0} if there is none, as the next */
    struct sb_text exponent;
};

enum sb_json_number sb_json_number_parts(struct sb_text token, struct sb_json_number_parts *parts);

#endif
