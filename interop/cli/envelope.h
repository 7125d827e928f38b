/* `sabir envelope [FILE]`: is this an envelope, and if not, which clause of the protocol does it break, where? */
#ifndef CLI_ENVELOPE_H
#define CLI_ENVELOPE_H

int cli_envelope(int argc, char **argv);

#endif
