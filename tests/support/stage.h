/*
 * A stage for tests of the runtime: a manager, actors whose handlers are plain functions, gates to stop at, and waiting without sleeping.
 * Everything here asserts by itself.
 */
#ifndef SUPPORT_STAGE_H
#define SUPPORT_STAGE_H

/* cmocka wants these before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sabir/sabir.h>
#include <stdatomic.h>

#define NUMBER_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE_NAMED(Number, "stage.Number", NUMBER_FIELDS);
SABIR_MESSAGE_NAMED(Answer, "stage.Answer", NUMBER_FIELDS);
#define WORDS_FIELDS(F) F(SABIR_STRING, text)
SABIR_MESSAGE_NAMED(Words, "stage.Words", WORDS_FIELDS);
SABIR_SIGNAL_NAMED(Go, "stage.Go");

#define STAGE_MS ((int64_t)1000000)
#define STAGE_PATIENCE_NS (10000 * STAGE_MS) /* how long a test waits for what must come */

/* code must be SABIR_OK; says the error's words if not. */
#define assert_ok(code) stage_assert_ok((code), #code, __FILE__, __LINE__)
void stage_assert_ok(int code, const char *call, const char *file, int line);

/* The call must fail with `expected`, and its detail must contain `words` (NULL: whatever it says). */
#define assert_fails(code, expected, words) stage_assert_fails((code), (expected), (words), #code, __FILE__, __LINE__)
void stage_assert_fails(int code, int expected, const char *words, const char *call, const char *file, int line);

/* A counter that tests wait on. */
struct gate {
    _Atomic uint32_t count;
};
void gate_open(struct gate *gate);                 /* one more */
void gate_wait(struct gate *gate, uint32_t count); /* until there were so many; fails the test when it takes too long */

sabir_manager *stage_new(void);          /* without a node */
void stage_free(sabir_manager *manager); /* stops it, which must succeed */

/* An actor with one handler. */
sabir_actor *stage_actor(void *self, const sabir_type *type, sabir_handler handler);
/* ... that is managed at once. */
sabir_ref *stage_manage(sabir_manager *manager, const char *name, void *self, const sabir_type *type,
                        sabir_handler handler);

void send_number(sabir_ref *ref, int64_t value, sabir_ref *sender);
sabir_message *new_number(int64_t value);

/* The snapshot's count at "actors", NAME, `key`; or of a dead letter reason. */
uint64_t stage_actor_count(sabir_manager *manager, const char *actor, const char *key);
uint64_t stage_dead_letters(sabir_manager *manager, const char *reason);

/* A thread of the test's. */
struct stage_thread {
    unsigned char room[64];
};
void stage_thread_start(struct stage_thread *thread, void (*run)(void *argument), void *argument);
void stage_thread_join(struct stage_thread *thread);

#endif
