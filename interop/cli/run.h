/* `sabir run FILE`: the arguments of the runner. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

int cli_run(int argc, char **argv);

#endif
