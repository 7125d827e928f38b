/*
 * The mailbox's sleep and wake protocol (core/src/mailbox.c), step by step as the code takes it: each atomic operation is one step, what
 * lies between two of them can be interleaved with anything.
 *
 * Senders push a message each, one of them to the control lane; a third kind only wakes. The consumer takes, rests, spins, sleeps.
 * Checked: every message is taken exactly once and in the order of its sender, and nobody sleeps for ever while there is something to
 * take (spin reports that as an invalid end state). With -DBROKEN_REST (resting without a look at the control lane) or -DBROKEN_WAKE (nobody wakes a
 * sleeper) the model is wrong on purpose and must fail.
 */
#define EMPTY 0
#define RESTING 1
#define ASLEEP 2
#define FILLED 3 /* the inbox word is a chain; which one stands in `chain` */

#define PER_SENDER 2
#define SENDERS 2
#define ORDINARY (SENDERS * PER_SENDER)

byte inbox = EMPTY;
byte chain_length = 0;        /* messages in the inbox, newest last as pushed */
byte chain[ORDINARY];         /* sender * 16 + number */
byte control = 0;             /* messages in the control lane */
byte wakes = 0;               /* the futex word */
byte taken = 0;               /* ordinary messages handled */
byte controls_taken = 0;
byte last[SENDERS];           /* number last handled of each sender */

/* wake_consumer: the word changes; a sleeper that saw the old value comes back. */
inline wake() {
#ifdef BROKEN_WAKE
    skip
#else
    wakes++
#endif
}

/* sb_mailbox_push: the compare-and-swap succeeds on what was read, else it reads again. */
proctype Sender(byte who) {
    byte seen;
    byte number = 0;
    do
    :: number < PER_SENDER ->
        number++;
again:  seen = inbox;
        atomic {
            if
            :: inbox == seen ->
                chain[chain_length] = who * 16 + number;
                chain_length++;
                inbox = FILLED
            :: else -> goto again
            fi
        }
        if
        :: seen == ASLEEP -> wake()
        :: else -> skip
        fi
    :: else -> break
    od
}

/* sb_mailbox_push_control, then sb_mailbox_wake. */
proctype Controller() {
    byte seen;
    control++;
    seen = inbox;
    do
    :: seen == RESTING || seen == ASLEEP ->
        atomic {
            if
            :: inbox == seen -> inbox = EMPTY
            :: else -> seen = inbox; goto retry
            fi
        }
        if
        :: seen == ASLEEP -> wake()
        :: else -> skip
        fi;
        break;
retry:  skip
    :: else -> break
    od
}

proctype Consumer() {
    byte seen_wakes;
    byte i;
    bool rests;
    do
    :: taken == ORDINARY && controls_taken == 1 -> break
    :: else ->
        /* sb_mailbox_take until there is nothing: control first */
        if
        :: control > 0 -> atomic { control--; controls_taken++ }
        :: else -> skip
        fi;
        if
        :: inbox == FILLED ->
            atomic { /* exchange with EMPTY: the whole chain is ours */
                i = 0;
                do
                :: i < chain_length ->
                    assert(last[chain[i] / 16] + 1 == chain[i] % 16);
                    last[chain[i] / 16] = chain[i] % 16;
                    taken++;
                    i++
                :: else -> break
                od;
                chain_length = 0;
                inbox = EMPTY
            }
        :: else -> skip
        fi;
        if
        :: taken == ORDINARY && controls_taken == 1 -> break
        :: else -> skip
        fi;
        /* sb_mailbox_rest */
        atomic {
            if
            :: inbox == EMPTY -> inbox = RESTING; rests = true
            :: else -> rests = false
            fi
        }
#ifndef BROKEN_REST
        if
        :: rests && control > 0 ->
            atomic {
                if
                :: inbox == RESTING -> inbox = EMPTY
                :: else -> skip /* somebody woke us already */
                fi
            }
            rests = false
        :: else -> skip
        fi;
#endif
        /* sb_mailbox_wait: spinning is looking at any moment; then asleep */
        if
        :: rests ->
            if
            :: inbox != RESTING -> skip /* a spin that paid */
            :: true ->
                seen_wakes = wakes;
                atomic {
                    if
                    :: inbox == RESTING -> inbox = ASLEEP; rests = true
                    :: else -> rests = false
                    fi
                }
                if
                :: rests ->
                    do
                    :: inbox != ASLEEP -> break
                    :: inbox == ASLEEP -> (wakes != seen_wakes) /* sb_park: only a change of the word ends it */
                    od
                :: else -> skip
                fi
            fi
        :: else -> skip
        fi
    od;
    assert(taken == ORDINARY && controls_taken == 1)
}

init {
    byte i;
    atomic {
        i = 0;
        do
        :: i < SENDERS -> run Sender(i); i++
        :: else -> break
        od;
        run Controller();
        run Consumer()
    }
}
