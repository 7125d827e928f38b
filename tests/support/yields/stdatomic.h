/*
 * <stdatomic.h> with a seeded yield (yield.h) before and after each operation, for those files of the core that are compiled with
 * `-isystem tests/support/yields`. Nothing of the core mentions it and nothing of it is in the library that is shipped.
 */
#ifndef YIELDS_STDATOMIC_H
#define YIELDS_STDATOMIC_H

#pragma GCC system_header
#include_next <stdatomic.h>

void yield_here(unsigned site);

/* Which operation: a line of a file, told by the length of its name. The same from run to run, wherever the program is loaded. */
#define YIELDS_SITE ((unsigned)__LINE__ * 256u + (unsigned)sizeof(__FILE__))

#define YIELDS_VALUE(operation)                                                                                        \
    __extension__({                                                                                                    \
        yield_here(YIELDS_SITE);                                                                                       \
        __auto_type yields_value = (operation);                                                                        \
        yield_here(YIELDS_SITE);                                                                                       \
        yields_value;                                                                                                  \
    })
#define YIELDS_DONE(operation)                                                                                         \
    __extension__({                                                                                                    \
        yield_here(YIELDS_SITE);                                                                                       \
        operation;                                                                                                     \
        yield_here(YIELDS_SITE);                                                                                       \
    })

/* The compiler's own operations on _Atomic objects. */
#ifdef __clang__
#define YIELDS_LOAD(object, order) __c11_atomic_load(object, order)
#define YIELDS_STORE(object, value, order) __c11_atomic_store(object, value, order)
#define YIELDS_SWAP(object, value, order) __c11_atomic_exchange(object, value, order)
#define YIELDS_ADD(object, value, order) __c11_atomic_fetch_add(object, value, order)
#define YIELDS_SUB(object, value, order) __c11_atomic_fetch_sub(object, value, order)
#define YIELDS_AND(object, value, order) __c11_atomic_fetch_and(object, value, order)
#define YIELDS_OR(object, value, order) __c11_atomic_fetch_or(object, value, order)
#define YIELDS_CAS_WEAK(object, expected, value, yes, no)                                                              \
    __c11_atomic_compare_exchange_weak(object, expected, value, yes, no)
#define YIELDS_CAS_STRONG(object, expected, value, yes, no)                                                            \
    __c11_atomic_compare_exchange_strong(object, expected, value, yes, no)
#else
#define YIELDS_PLAIN(object) __typeof__((void)0, *(object))
#define YIELDS_LOAD(object, order)                                                                                     \
    __extension__({                                                                                                    \
        YIELDS_PLAIN(object) yields_loaded;                                                                            \
        __atomic_load(object, &yields_loaded, order);                                                                  \
        yields_loaded;                                                                                                 \
    })
#define YIELDS_STORE(object, value, order)                                                                             \
    __extension__({                                                                                                    \
        YIELDS_PLAIN(object) yields_stored = (value);                                                                  \
        __atomic_store(object, &yields_stored, order);                                                                 \
    })
#define YIELDS_SWAP(object, value, order)                                                                              \
    __extension__({                                                                                                    \
        YIELDS_PLAIN(object) yields_in = (value), yields_out;                                                          \
        __atomic_exchange(object, &yields_in, &yields_out, order);                                                     \
        yields_out;                                                                                                    \
    })
#define YIELDS_ADD(object, value, order) __atomic_fetch_add(object, value, order)
#define YIELDS_SUB(object, value, order) __atomic_fetch_sub(object, value, order)
#define YIELDS_AND(object, value, order) __atomic_fetch_and(object, value, order)
#define YIELDS_OR(object, value, order) __atomic_fetch_or(object, value, order)
#define YIELDS_CAS(object, expected, value, weak, yes, no)                                                             \
    __extension__({                                                                                                    \
        YIELDS_PLAIN(object) yields_wanted = (value);                                                                  \
        __atomic_compare_exchange(object, expected, &yields_wanted, weak, yes, no);                                    \
    })
#define YIELDS_CAS_WEAK(object, expected, value, yes, no) YIELDS_CAS(object, expected, value, 1, yes, no)
#define YIELDS_CAS_STRONG(object, expected, value, yes, no) YIELDS_CAS(object, expected, value, 0, yes, no)
#endif

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_exchange_explicit
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_and
#undef atomic_fetch_and_explicit
#undef atomic_fetch_or
#undef atomic_fetch_or_explicit
#undef atomic_compare_exchange_weak
#undef atomic_compare_exchange_weak_explicit
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_strong_explicit

#define atomic_load_explicit(object, order) YIELDS_VALUE(YIELDS_LOAD(object, order))
#define atomic_store_explicit(object, value, order) YIELDS_DONE(YIELDS_STORE(object, value, order))
#define atomic_exchange_explicit(object, value, order) YIELDS_VALUE(YIELDS_SWAP(object, value, order))
#define atomic_fetch_add_explicit(object, value, order) YIELDS_VALUE(YIELDS_ADD(object, value, order))
#define atomic_fetch_sub_explicit(object, value, order) YIELDS_VALUE(YIELDS_SUB(object, value, order))
#define atomic_fetch_and_explicit(object, value, order) YIELDS_VALUE(YIELDS_AND(object, value, order))
#define atomic_fetch_or_explicit(object, value, order) YIELDS_VALUE(YIELDS_OR(object, value, order))
#define atomic_compare_exchange_weak_explicit(object, expected, value, yes, no)                                        \
    YIELDS_VALUE(YIELDS_CAS_WEAK(object, expected, value, yes, no))
#define atomic_compare_exchange_strong_explicit(object, expected, value, yes, no)                                      \
    YIELDS_VALUE(YIELDS_CAS_STRONG(object, expected, value, yes, no))

#define atomic_load(object) atomic_load_explicit(object, __ATOMIC_SEQ_CST)
#define atomic_store(object, value) atomic_store_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_exchange(object, value) atomic_exchange_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_add(object, value) atomic_fetch_add_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_sub(object, value) atomic_fetch_sub_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_and(object, value) atomic_fetch_and_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_fetch_or(object, value) atomic_fetch_or_explicit(object, value, __ATOMIC_SEQ_CST)
#define atomic_compare_exchange_weak(object, expected, value)                                                          \
    atomic_compare_exchange_weak_explicit(object, expected, value, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define atomic_compare_exchange_strong(object, expected, value)                                                        \
    atomic_compare_exchange_strong_explicit(object, expected, value, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

/* Words that a binding writes too are no _Atomic. A macro's own name in it is the compiler's operation. */
#define __atomic_load_n(object, order) YIELDS_VALUE(__atomic_load_n(object, order))
#define __atomic_store_n(object, value, order) YIELDS_DONE(__atomic_store_n(object, value, order))

#endif
