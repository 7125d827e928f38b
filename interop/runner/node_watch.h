/*
 * What the runner waits for of one node: its two outputs, its notify socket, its guard's reports and the guard's end.
 */
#ifndef RUN_NODE_WATCH_H
#define RUN_NODE_WATCH_H

#include "node.h"

/* Its process has just been started. */
void run_node_watch(struct run_node *node);

/* Read what its outputs still hold, and let go of the process; the guard is reaped if it has ended. */
void run_node_forget(struct run_node *node);

/* ---- What is seen, told to node.c ---------------------------------------------------------------------------------------- */

void run_node_became_ready(struct run_node *node);

/* It broke the contract: it is stopped, and has failed whatever its exit code. */
void run_node_fault(struct run_node *node);

/* Nothing of it lives any more (or its guard is gone: has_status is false then). */
void run_node_process_ended(struct run_node *node);

/* Its program could not be executed. */
void run_node_refused(struct run_node *node, int code);

#endif
