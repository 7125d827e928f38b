/*
 * Who runs the code of a binding at this moment, where one lock lets one thread at a time do that, as Python's does.
 *
 * A thread that comes back from sabir_puller_next while another holds that lock would go to sleep for it, and be woken at the price of a
 * system call, although the other has perhaps just sent what woke the one, and is about to come in and wait. So who goes out looks first,
 * for as long as it pays, whether the others are in again.
 */
#ifndef SB_INTERPRETER_H
#define SB_INTERPRETER_H

#include "spin.h"

/* The calling thread goes out to run the binding's code, as soon as nobody does, or after a moment. `spin` is its own. */
void sb_interpreter_enter(struct sb_spin *spin);

/* It is back. */
void sb_interpreter_leave(void);

#endif
