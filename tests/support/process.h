/*
 * What this process has: to see that nothing is left behind.
 */
#ifndef SUPPORT_PROCESS_H
#define SUPPORT_PROCESS_H

unsigned process_threads(void); /* but for those that are ending: a joined one is not counted */
unsigned process_descriptors(void);

#endif
