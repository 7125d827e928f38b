/*
 * The mailbox's sleep and wake protocol (core/src/mailbox.c), step by step as the code takes it: each atomic operation is one step, what
 * lies between two of them can be interleaved with anything.
 *
 * Senders push a message each, one of them to the control lane; a third kind only wakes. The consumer takes, rests, spins, and sleeps: on the
 * mailbox's own word, or elsewhere (core/src/loan.c), where it may come back from by itself and has to be called.
 * Checked: every message is taken exactly once and in the order of its sender; nobody sleeps for ever while there is something to take
 * (spin reports that as an invalid end state); and once the consumer goes on, nobody is calling it elsewhere any more, for that place may end.
 * Each of these makes the model wrong on purpose, and must be found:
 *
 *     -DBROKEN_REST     resting without a look at the control lane
 *     -DBROKEN_WAKE     nobody wakes a sleeper
 *     -DBROKEN_CALL     who finds it asleep wakes the word's sleeper alone
 *     -DBROKEN_COUNT    coming back, the consumer does not wait for those who call it
 *     -DBROKEN_FAILURE  the same only if it did not fall asleep elsewhere, for a message came first
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
byte wakes = 0;               /* the futex word, and its lowest bit: */
bool away = false;            /* the consumer sleeps elsewhere */
byte calls = 0;               /* elsewhere: who was called, and whose call is over */
byte calls_over = 0;
byte calling = 0;             /* senders that have seen `away` and are not done with that place */
byte taken = 0;               /* ordinary messages handled */
byte controls_taken = 0;
byte last[SENDERS];           /* number last handled of each sender */

/* wake_consumer: the word changes; a sleeper that saw the old value comes back. */
inline wake() {
#ifdef BROKEN_WAKE
    skip
#else
    atomic {
        wakes++;
        was_away = away;
#ifdef BROKEN_CALL
        was_away = false;
#endif
        if
        :: was_away -> calling++
        :: else -> skip
        fi
    }
    if
    :: was_away -> calls++; atomic { calls_over++; calling-- }
    :: else -> skip
    fi
#endif
}

/* sb_mailbox_come_back, and the wait for those who call: atomically what fetch_and is. */
inline come_back() {
    atomic { now_wakes = wakes; away = false }
    atomic {
        if
        :: inbox == ASLEEP -> inbox = RESTING; rests = true
        :: else -> rests = false
        fi
    }
#ifndef BROKEN_COUNT
    (calls_over == now_wakes - seen_wakes);
#endif
    assert(calling == 0)
}

/* sb_mailbox_push: the compare-and-swap succeeds on what was read, else it reads again. */
proctype Sender(byte who) {
    byte seen;
    bool was_away;
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
    bool was_away;
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
    byte seen_wakes, now_wakes;
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
sleep:  if
        :: rests ->
            if
            :: inbox != RESTING -> skip /* a spin that paid */
            :: true ->
                /* sb_loan_take */
                calls = 0;
                calls_over = 0;
                atomic { seen_wakes = wakes; away = true } /* sb_mailbox_go_away */
                atomic {
                    if
                    :: inbox == RESTING -> inbox = ASLEEP; rests = true
                    :: else -> rests = false
                    fi
                }
                if
                :: rests ->
                    if
                    :: true -> (calls > 0) /* it is called, or waits here for ever */
                    :: true -> skip        /* something else has come there */
                    fi
                :: else -> skip
                fi;
#ifdef BROKEN_FAILURE
                if
                :: rests -> come_back()
                :: else -> away = false; assert(calling == 0)
                fi;
#else
                come_back();
#endif
                goto sleep
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
