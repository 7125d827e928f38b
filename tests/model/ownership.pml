/*
 * The ownership protocol (core/src/ownership.c): taking and giving by one compare-and-swap, waiting and handing over under the lock of the
 * graph, and refusing to wait where that would close a circle.
 *
 * Three threads take two of three actors each, one inside the other, in an order of their own choosing. Checked: an actor has one owner at a time; a
 * refusal names a true circle (every chain on it waits); nobody waits for ever (spin reports that as an invalid end state). With
 * -DBROKEN_MARK (giving without looking at the mark), -DBROKEN_CYCLE (no look for circles) or -DBROKEN_TIMEOUT (giving up without the lock) the
 * model must fail.
 */
#define THREADS 3
#define ACTORS 3
#define NOBODY 255

byte owner[ACTORS] = NOBODY;
bool wanted[ACTORS];           /* the mark in the owner word */
byte inside[ACTORS];           /* who is really in there */
byte waits_for[THREADS] = NOBODY;
byte waiters[ACTORS];          /* how many stand in the actor's queue ... */
byte queue[ACTORS * THREADS];  /* ... and who, first come first served */
bool granted[THREADS];
bool lock;

inline acquire_lock() { atomic { !lock -> lock = true } }
inline release_lock() { lock = false }

/* closes_cycle: from `actor` along owner and waits_for. Under the lock; each look at an owner word is a step. */
inline look_for_cycle(actor, found) {
    at = actor;
    found = false;
    do
    :: at == NOBODY -> break
    :: else ->
        who = owner[at];
        if
        :: who == NOBODY -> break
        :: who == _pid - 1 -> found = true; break
        :: else -> at = waits_for[who]
        fi
    od
}

/* A refusal must be true: everybody on the circle waits, so none of them can give anything back. */
inline assert_true_cycle(actor) {
    atomic {
        at = actor;
        do
        :: owner[at] == _pid - 1 -> break
        :: else ->
            assert(owner[at] != NOBODY);
            assert(waits_for[owner[at]] != NOBODY);
            at = waits_for[owner[at]]
        od
    }
}

/* The time is up: out of the queue, unless the actor has been handed over meanwhile. The mark stays. */
inline give_up_waiting(actor) {
#ifndef BROKEN_TIMEOUT
    acquire_lock();
#endif
    if
    :: granted[_pid - 1] -> taken = true
    :: else ->
        atomic {
            place = 0;
            do
            :: queue[actor * THREADS + place] == _pid - 1 -> break
            :: else -> place++
            od;
            place++;
            do
            :: place < waiters[actor] -> queue[actor * THREADS + place - 1] = queue[actor * THREADS + place]; place++
            :: else -> break
            od;
            waiters[actor]--;
            waits_for[_pid - 1] = NOBODY
        }
    fi;
#ifndef BROKEN_TIMEOUT
    release_lock()
#endif
}

inline take(actor, taken) {
    taken = false;
    atomic { /* the fast way */
        if
        :: owner[actor] == NOBODY -> owner[actor] = _pid - 1; wanted[actor] = false; taken = true
        :: else -> skip
        fi
    }
    if
    :: taken -> skip
    :: else ->
        acquire_lock();
        atomic { /* take_or_mark */
            if
            :: owner[actor] == NOBODY -> owner[actor] = _pid - 1; wanted[actor] = false; taken = true
            :: else -> wanted[actor] = true
            fi
        }
        if
        :: taken -> release_lock()
        :: else ->
#ifdef BROKEN_CYCLE
            circle = false;
#else
            look_for_cycle(actor, circle);
#endif
            if
            :: circle ->
                assert_true_cycle(actor);
                release_lock()
            :: else ->
                granted[_pid - 1] = false;
                queue[actor * THREADS + waiters[actor]] = _pid - 1;
                waiters[actor]++;
                waits_for[_pid - 1] = actor;
                release_lock();
                if /* sleeps */
                :: granted[_pid - 1] -> taken = true
                :: timed -> give_up_waiting(actor)
                fi
            fi
        fi
    fi
}

inline give(actor) {
    given = false;
    atomic { /* the fast way fails on a mark */
        if
#ifdef BROKEN_MARK
        :: true -> owner[actor] = NOBODY; given = true
#else
        :: !wanted[actor] -> owner[actor] = NOBODY; given = true
        :: else -> skip
#endif
        fi
    }
    if
    :: given -> skip
    :: else ->
        acquire_lock();
        if
        :: waiters[actor] == 0 -> atomic { owner[actor] = NOBODY; wanted[actor] = false }
        :: else ->
            next = queue[actor * THREADS];
            atomic {
                place = 1;
                do
                :: place < waiters[actor] -> queue[actor * THREADS + place - 1] = queue[actor * THREADS + place]; place++
                :: else -> break
                od;
                waiters[actor]--
            }
            waits_for[next] = NOBODY;
            atomic { owner[actor] = next; wanted[actor] = waiters[actor] > 0 }
            granted[next] = true
        fi;
        release_lock()
    fi
}

inline be_inside(actor) {
    inside[actor]++;
    assert(inside[actor] == 1);
    assert(owner[actor] == _pid - 1);
    inside[actor]--
}

proctype Thread() {
    byte first, second, at, who, next, place;
    bool taken, circle, given, timed;
    if /* any two, in any order */
    :: first = 0; second = 1
    :: first = 1; second = 2
    :: first = 2; second = 0
    :: first = 1; second = 0
    fi;
    take(first, taken);
    assert(taken); /* who holds nothing closes no circle */
    be_inside(first);
    if /* one of them may have an end to its waiting */
    :: _pid == 1 -> timed = true
    :: timed = false
    fi;
    take(second, taken);
    if
    :: taken -> be_inside(second); give(second)
    :: else -> skip
    fi;
    be_inside(first);
    give(first)
}

init {
    byte i;
    atomic {
        i = 0;
        do
        :: i < THREADS -> run Thread(); i++
        :: else -> break
        od
    }
}
