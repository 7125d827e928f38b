/*
 * Who runs a member of a group (core/src/turn.c, group.c), step by step as the code takes it: each atomic operation is one step, what lies
 * between two of them can be interleaved with anything.
 *
 * Two workers take the actor out of its queue and give it a turn. Senders push, one control message comes, a caller enters the actor by
 * fast_send and handles what is queued, and the manager begins to run while all that goes on. Checked: the actor is never queued
 * twice, and when nothing moves any more every message has been handled, so nobody's message waits for a turn that never comes.
 *
 * With -DBROKEN_CLEAR (due no more only once it sleeps), -DBROKEN_DEFER (still due while another is to make it due) or -DBROKEN_START (no second
 * look whether the manager runs) the model is wrong on purpose and must fail.
 */
#define EMPTY 0
#define ASLEEP 1
#define FILLED 2

#define WORKERS 2
#define SENDERS 2
#define PER_SENDER 1
#define ORDINARY (SENDERS * PER_SENDER)

byte inbox = EMPTY;
byte queued_messages = 0; /* in the inbox; one that FILLED stands for */
byte handled = 0;
byte control = 0;         /* messages in the control lane */
byte controls_handled = 0;

bool is_due = true;       /* for its start */
byte in_queue = 1;        /* how often it stands in the queue */
bool runs = false;        /* the manager */
byte owner = 0;           /* 0: nobody */
bool wants_turn = false;  /* some worker wanted it; under the lock of the graph, as a change of owner then is */

inline put() {
    atomic {
        in_queue++;
        assert(in_queue == 1)
    }
}

/* sb_group_due */
inline due(was_due) {
    atomic { was_due = is_due; is_due = true }
    if
    :: !was_due -> put()
    :: else -> skip
    fi
}

/* sb_ownership_give: nobody waits but, perhaps, a worker that wants it to be due. */
inline give(was_due, wanted) {
    atomic { wanted = wants_turn; wants_turn = false; owner = 0 }
    if
    :: wanted -> due(was_due)
    :: else -> skip
    fi
}

inline handle_inbox() {
    atomic {
        if
        :: inbox == FILLED -> handled = handled + queued_messages; queued_messages = 0; inbox = EMPTY
        :: else -> skip
        fi
    }
}

proctype Sender() {
    byte seen;
    byte sent = 0;
    bool was_due;
    do
    :: sent < PER_SENDER ->
        sent++;
        atomic { seen = inbox; inbox = FILLED; queued_messages++ }
        if
        :: seen == ASLEEP -> due(was_due)
        :: else -> skip
        fi
    :: else -> break
    od
}

/* sb_mailbox_push_control, then sb_mailbox_wake. */
proctype Controller() {
    bool was_asleep, was_due;
    control++;
    atomic {
        was_asleep = inbox == ASLEEP;
        if
        :: was_asleep -> inbox = EMPTY
        :: else -> skip
        fi
    }
    if
    :: was_asleep -> due(was_due)
    :: else -> skip
    fi
}

/* fast_send with SABIR_FAST_ORDERED. */
proctype Caller() {
    bool was_due, wanted;
    atomic { runs && owner == 0 -> owner = WORKERS + 1 }
    handle_inbox();
    give(was_due, wanted)
}

/* wake_members */
proctype Manager() {
    bool was_due, sleeps;
    runs = true;
    sleeps = inbox == ASLEEP;
    if
    :: !sleeps -> due(was_due)
    :: else -> skip
    fi
}

proctype Worker(byte me) {
    bool owns, was_due, wanted, more, sleeps;
end_idle:
    do
    :: atomic { in_queue > 0 -> in_queue-- }
        assert(is_due);
        /* take */
        atomic {
            owns = owner == 0;
            if
            :: owns -> owner = me
            :: else -> skip
            fi
        }
        if
        :: !owns ->
#ifndef BROKEN_DEFER
            is_due = false;
#endif
            atomic { /* sb_ownership_take_or_defer, under the lock of the graph */
                if
                :: owner == 0 -> owner = me; owns = true
                :: else -> wants_turn = true
                fi
            }
            if
            :: !owns -> goto end_idle
            :: else -> skip
            fi;
            atomic { was_due = is_due; is_due = true }
#ifndef BROKEN_DEFER
            if
            :: was_due -> give(was_due, wanted); goto end_idle
            :: else -> skip
            fi
#endif
        :: else -> skip
        fi;
        if
        :: !runs -> /* put_off */
            is_due = false;
            give(was_due, wanted);
#ifndef BROKEN_START
            if
            :: runs ->
                atomic { was_due = is_due; is_due = true }
                if
                :: !was_due -> put()
                :: else -> skip
                fi
            :: else -> skip
            fi;
#endif
            goto end_idle
        :: else -> skip
        fi;
        /* handle_some: control first, and perhaps not all of the rest */
        atomic {
            if
            :: control > 0 -> control--; controls_handled++
            :: else -> skip
            fi
        }
        if
        :: handle_inbox(); more = false
        :: more = true /* its turn is over */
        fi;
        if
        :: !more -> /* fall_asleep */
#ifndef BROKEN_CLEAR
            is_due = false;
#endif
            atomic {
                sleeps = inbox == EMPTY;
                if
                :: sleeps -> inbox = ASLEEP
                :: else -> skip
                fi
            }
#ifdef BROKEN_CLEAR
            is_due = false;
#endif
            if
            :: sleeps && control > 0 ->
                atomic {
                    if
                    :: inbox == ASLEEP -> inbox = EMPTY; sleeps = false
                    :: else -> skip /* somebody woke it already, and it is due */
                    fi
                }
            :: else -> skip
            fi;
            if
            :: !sleeps ->
                atomic { was_due = is_due; is_due = true }
                more = !was_due
            :: else -> skip
            fi
        :: else -> skip
        fi;
        give(was_due, wanted);
        if
        :: more -> put()
        :: else -> skip
        fi
    od
}

/* Nothing can move any more. */
proctype Watch() {
    timeout;
    assert(handled == ORDINARY && controls_handled == 1)
}

init {
    atomic {
        run Watch();
        run Manager();
        run Controller();
        run Caller();
        run Sender();
        run Sender();
        run Worker(1);
        run Worker(2)
    }
}
