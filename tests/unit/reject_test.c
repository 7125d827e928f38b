/*
 * Rejects: who gets one, who must not, and what it says.
 */
#include "reject.h"

#include <string.h>

#include "support/stage.h"

struct plaintiff {
    struct gate heard;
    char code[32];
    char reason[256];
    char type[64];
    char target[64];
    char rejected_by[64];
    bool has_sender;
};

static void copy(char *to, struct sabir_string from) {
    if (from.len_bytes > 0) memcpy(to, from.bytes, from.len_bytes);
    to[from.len_bytes] = '\0';
}

static int on_reject(void *self, const void *value, sabir_context *context) {
    struct plaintiff *plaintiff = self;
    const struct sabir_reject *reject = value;
    copy(plaintiff->code, reject->code);
    copy(plaintiff->reason, reject->reason);
    copy(plaintiff->type, reject->message_type);
    copy(plaintiff->target, reject->target);
    copy(plaintiff->rejected_by, reject->rejected_by);
    plaintiff->has_sender = sabir_context_sender(context) != NULL;
    gate_open(&plaintiff->heard);
    return SABIR_OK;
}

static void it_says_what_was_rejected_and_why(void **state) {
    (void)state;
    struct plaintiff plaintiff = {.has_sender = true};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "plaintiff", &plaintiff, sabir_type_reject(), on_reject);
    assert_ok(sabir_manager_start(manager));
    char reason[300];
    for (size_t i = 0; i + 1 < sizeof reason; i += 3) memcpy(reason + i, "\xe2\x82\xac", 3);
    reason[299] = '\0';
    struct sb_rejected rejected = {to, SB_TEXT("Ping"), SB_TEXT("pong"), NULL};
    sb_reject(manager, &rejected, SB_REJECT_MAILBOX_FULL, reason);
    gate_wait(&plaintiff.heard, 1);
    assert_string_equal(plaintiff.code, "mailbox_full");
    assert_string_equal(plaintiff.type, "Ping");
    assert_string_equal(plaintiff.target, "pong");
    assert_string_equal(plaintiff.rejected_by, "");
    assert_int_equal(strlen(plaintiff.reason), 198); /* at most 200, and whole characters */
    assert_false(plaintiff.has_sender);
    sabir_ref_release(to);
    stage_free(manager);
}

/* Each of these would begin a loop, or has nobody to go to. */
static void nothing_is_rejected_because_of_an_answer(void **state) {
    (void)state;
    struct plaintiff plaintiff = {.has_sender = true};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "plaintiff", &plaintiff, sabir_type_reject(), on_reject);
    assert_ok(sabir_manager_start(manager));
    const struct sb_meta answer = {.re = "id-1"};
    const struct sb_rejected never[] = {
        {NULL, {"Ping", 4}, {"pong", 4}, NULL},
        {to, {"Reject", 6}, {"pong", 4}, NULL},
        {to, {"sabir.watch", 11}, {"pong", 4}, NULL},
        {to, {"Ping", 4}, {"pong", 4}, &answer},
    };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) sb_reject(manager, &never[i], SB_REJECT_FAILED, "no");
    sb_reject(NULL, &(struct sb_rejected){to, SB_TEXT("Ping"), SB_TEXT("pong"), NULL}, SB_REJECT_FAILED, "no");
    sb_reject(manager, &(struct sb_rejected){to, SB_TEXT("Ping"), SB_TEXT("pong"), NULL}, SB_REJECT_FAILED,
              "the last one");
    stage_free(manager);
    assert_int_equal(plaintiff.heard.count, 1);
    assert_string_equal(plaintiff.reason, "the last one");
    sabir_ref_release(to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_was_rejected_and_why),
        cmocka_unit_test(nothing_is_rejected_because_of_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
