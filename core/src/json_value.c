#include "json_value.h"

#include <sabir/error.h>

#include "json_number.h"

static bool integer_is_carried(struct sb_text token) {
    int64_t int64;
    uint64_t uint64;
    return sb_json_read_int64(token, &int64) == SB_JSON_NUMBER_OK ||
           sb_json_read_uint64(token, &uint64) == SB_JSON_NUMBER_OK;
}

/* NUM-1, NUM-3; true for what is no number. */
static bool number_is_carried(const struct sb_json_token *token, const char **reason) {
    double value;
    if (token->event == SABIR_JSON_INTEGER && !integer_is_carried(token->raw)) {
        *reason = "is beyond the range of INT64 and UINT64";
        return false;
    }
    if (token->event == SABIR_JSON_DOUBLE && sb_json_read_double(token->raw, &value) != SB_JSON_NUMBER_OK) {
        *reason = "is beyond the range of DOUBLE";
        return false;
    }
    return true;
}

int sb_json_value_check(struct sb_text json, uint32_t max_depth, enum sb_json_trust trust,
                        struct sb_json_value_fault *fault) {
    struct sb_json_reader reader;
    struct sb_json_token token;
    int error;
    sb_json_reader_init(&reader, json, max_depth, trust);
    do {
        error = sb_json_reader_next(&reader, &token);
        if (error == SABIR_EMALFORMED) {
            *fault = (struct sb_json_value_fault){reader.fault.reason, {NULL, 0}, reader.fault.offset_bytes};
        } else if (!error && !number_is_carried(&token, &fault->reason)) {
            fault->number = token.raw;
            fault->offset_bytes = token.offset_bytes;
            error = SABIR_EMALFORMED;
        }
    } while (!error && token.event != SABIR_JSON_END);
    sb_json_reader_free(&reader);
    return error;
}
