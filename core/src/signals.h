/*
 * SIGINT and SIGTERM, turned into one manager's terminate.
 *
 * A run takes both for as long as it waits. A node that has said READY takes those that nobody handles until it is freed: whoever read the line
 * may send SIGTERM before the run has begun, or close standard input first and send SIGTERM while the node stops (LIFE-2).
 */
#ifndef SB_SIGNALS_H
#define SB_SIGNALS_H

#include <sabir/manager.h>
#include <stdbool.h>

/* Take both for a run, from whoever has them. false: another run is going on. */
bool sb_signals_begin_run(sabir_manager *manager);

/* Give them back to the node that had them, or put back what was there before. */
void sb_signals_end_run(sabir_manager *manager);

/* Take those of them that the program does not handle; nothing happens when another manager has them. */
void sb_signals_take(sabir_manager *manager);

/* Put back what was there before, unless the program has put something there meanwhile. */
void sb_signals_put_back(sabir_manager *manager);

#endif
