/*
 * Reservations on top of the ownership protocol of ownership.pml (core/src/ownership.c): an actor that one thread takes again and again is left
 * reserved for it; then it takes it by a store to its own hand and a look at the owner word, and gives it back likewise, without any locked
 * instruction. Who wants it changes the word, has a barrier passed on every thread, and looks into that hand.
 *
 * Stores to a hand are seen late: `hand` is what others see, `own_hand` what the thread itself has stored. Each store leaves its processor
 * when it likes, in any order (so it is for a look that is taken early, too), at the latest when the thread releases something or somebody
 * passes the barrier.
 *
 * Checked: as in ownership.pml, which has the waiting with an end; and that taking an actor twice is refused. With one of these the model must fail:
 *     -DBROKEN_BARRIER  no barrier between changing the word and looking into the hand: two are inside, or one waits for ever
 *     -DBROKEN_TAKE     no look at the word after laying the actor into the hand
 *     -DBROKEN_GIVE     no look at the word after laying it down
 *     -DBROKEN_WALK     who looks for a circle takes a reservation for ownership
 *     -DBROKEN_AGAIN    no look into the own hand before it is taken
 */
#define THREADS 3
#define ACTORS 2
#define NOBODY 255
#define ME (_pid - 2)
#define AT(thread, actor) ((thread) * ACTORS + (actor))

byte owner[ACTORS] = NOBODY; /* the owner word: a thread, ... */
bool reserved[ACTORS];       /* ... and its marks */
bool wanted[ACTORS];
bool hand[THREADS * ACTORS]; /* as others see it */
bool own_hand[THREADS * ACTORS];
byte inside[ACTORS]; /* who is really in there */
byte waits_for[THREADS] = NOBODY;
byte waiters[ACTORS];
byte queue[ACTORS * THREADS];
bool granted[THREADS];
bool lock;

/* What `thread` has stored is seen. */
inline flush(thread) {
    hand[AT(thread, 0)] = own_hand[AT(thread, 0)];
    hand[AT(thread, 1)] = own_hand[AT(thread, 1)]
}

inline barrier_everywhere() {
#ifdef BROKEN_BARRIER
    skip
#else
    atomic { flush(0); flush(1); flush(2) }
#endif
}

/* One store leaves its processor. */
active proctype Memory() {
    byte at;
end:
    do
    :: atomic { hand[0] != own_hand[0] -> hand[0] = own_hand[0] }
    :: atomic { hand[1] != own_hand[1] -> hand[1] = own_hand[1] }
    :: atomic { hand[2] != own_hand[2] -> hand[2] = own_hand[2] }
    :: atomic { hand[3] != own_hand[3] -> hand[3] = own_hand[3] }
    :: atomic { hand[4] != own_hand[4] -> hand[4] = own_hand[4] }
    :: atomic { hand[5] != own_hand[5] -> hand[5] = own_hand[5] }
    od
}

inline acquire_lock() { atomic { !lock -> lock = true } }
inline release_lock() { atomic { flush(ME); lock = false } }

/* owner_of: a reservation alone owns nothing. The own hand is read as it is, another's as it is seen. */
inline look_for_owner(actor, who) {
    atomic {
        who = owner[actor];
#ifndef BROKEN_WALK
        if
        :: who != NOBODY && reserved[actor] && who == ME && !own_hand[AT(ME, actor)] -> who = NOBODY
        :: who != NOBODY && reserved[actor] && who != ME && !hand[AT(who, actor)] -> who = NOBODY
        :: else -> skip
        fi
#endif
    }
}

/* closes_cycle, under the lock. */
inline look_for_cycle(actor, found) {
    at = actor;
    found = false;
    do
    :: at == NOBODY -> break
    :: else ->
        look_for_owner(at, who);
        if
        :: who == NOBODY -> break
        :: who == ME -> found = true; break
        :: else -> at = waits_for[who]
        fi
    od
}

/* A refusal must be true: everybody on the circle waits, and is really inside what the one before waits for. */
inline assert_true_cycle(actor) {
    atomic {
        at = actor;
        do
        :: owner[at] == ME -> assert(!reserved[at] || own_hand[AT(ME, at)]); break
        :: else ->
            assert(owner[at] != NOBODY);
            assert(!reserved[at] || own_hand[AT(owner[at], at)]);
            assert(waits_for[owner[at]] != NOBODY);
            at = waits_for[owner[at]]
        od
    }
}

/* Under the lock. */
inline revoke(actor) {
    if
    :: reserved[actor] ->
        wanted[actor] = true; /* from here on its thread's look fails */
        if
        :: owner[actor] != ME -> barrier_everywhere()
        :: else -> skip
        fi;
        atomic {
            if
            :: (owner[actor] == ME && own_hand[AT(ME, actor)]) || (owner[actor] != ME && hand[AT(owner[actor], actor)]) ->
                skip /* it owns it from here on as if it had taken it by compare-and-swap */
            :: else -> owner[actor] = NOBODY
            fi;
            reserved[actor] = false;
            wanted[actor] = false
        }
    :: else -> skip
    fi
}

/* The owner word became another one: was the actor left to us? */
inline look_whether_ours(actor, is_ours) {
    acquire_lock();
    is_ours = owner[actor] == ME && !reserved[actor];
    release_lock()
}

inline take_free(actor, taken) {
    taken = false;
    if
#ifdef BROKEN_AGAIN
    :: owner[actor] == ME && reserved[actor] && !wanted[actor] ->
#else
    :: owner[actor] == ME && reserved[actor] && !wanted[actor] && !own_hand[AT(ME, actor)] ->
#endif
        own_hand[AT(ME, actor)] = true;
        if
#ifdef BROKEN_TAKE
        :: true -> taken = true
#else
        :: owner[actor] == ME && reserved[actor] && !wanted[actor] -> taken = true
        :: else ->
            look_whether_ours(actor, taken);
            own_hand[AT(ME, actor)] = false
#endif
        fi
    :: else -> skip
    fi;
    if
    :: !taken ->
        atomic {
            if
            :: owner[actor] == NOBODY -> owner[actor] = ME; taken = true
            :: else -> skip
            fi
        }
    :: else -> skip
    fi
}

inline take_or_mark(actor, taken) {
    do
    :: revoke(actor);
        atomic {
            if
            :: reserved[actor] -> skip /* since then: once more */
            :: owner[actor] == NOBODY -> owner[actor] = ME; taken = true; break
            :: else -> wanted[actor] = true; break
            fi
        }
    od
}

inline take(actor, taken) {
    take_free(actor, taken);
    if
    :: taken -> skip
    :: else ->
        look_for_owner(actor, who);
        if
        :: who == ME -> skip /* refused: re-entrance */
        :: else ->
            acquire_lock();
            take_or_mark(actor, taken);
            if
            :: taken -> release_lock()
            :: else ->
                look_for_cycle(actor, circle);
                if
                :: circle ->
                    assert_true_cycle(actor);
                    release_lock()
                :: else ->
                    granted[ME] = false;
                    queue[actor * THREADS + waiters[actor]] = ME;
                    waiters[actor]++;
                    waits_for[ME] = actor;
                    release_lock();
                    granted[ME]; /* sleeps */
                    taken = true
                fi
            fi
        fi
    fi
}

inline give_owned(actor) {
    given = false;
    atomic {
        flush(ME);
        if
        :: !wanted[actor] -> owner[actor] = NOBODY; given = true
        :: !wanted[actor] -> reserved[actor] = true; given = true /* the chain has earned it */
        :: else -> skip
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

inline give(actor) {
    if
    :: own_hand[AT(ME, actor)] ->
        own_hand[AT(ME, actor)] = false;
        if
#ifdef BROKEN_GIVE
        :: true -> skip
#else
        :: owner[actor] == ME && reserved[actor] && !wanted[actor] -> skip
        :: else ->
            look_whether_ours(actor, circle);
            if
            :: circle -> give_owned(actor)
            :: else -> skip
            fi
#endif
        fi
    :: else -> give_owned(actor)
    fi
}

/* Else states would differ by what nobody will read. */
inline forget() { d_step { at = 0; who = 0; next = 0; place = 0; circle = false; given = false } }

inline be_inside(actor) {
    inside[actor]++;
    assert(inside[actor] == 1);
    inside[actor]--
}

proctype Thread() {
    byte first, second, at, who, next, place;
    bool taken, circle, given;
    if
    :: first = 0
    :: first = 1
    fi;
    take(first, taken);
    forget();
    assert(taken); /* who holds nothing closes no circle */
    inside[first]++;
    assert(inside[first] == 1);
    if
    :: second = 0
    :: second = 1
    fi;
    take(second, taken);
    forget();
    assert(!taken || second != first);
    if
    :: taken -> be_inside(second); give(second); forget()
    :: else -> skip
    fi;
    inside[first]--;
    give(first)
}

/* Each actor begins free, or reserved for one of them (which one is called 0 makes no difference). */
init {
    byte i;
    atomic {
        i = 0;
        do
        :: i < ACTORS ->
            if
            :: skip
            :: owner[i] = 0; reserved[i] = true
            :: i > 0 -> owner[i] = 1; reserved[i] = true
            fi;
            i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < THREADS -> run Thread(); i++
        :: else -> break
        od
    }
}
