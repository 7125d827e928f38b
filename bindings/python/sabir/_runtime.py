"""What the whole process shares: Python objects that the core holds, waiting that Ctrl-C can end, forks, the end of the process.

The core never holds a Python pointer. It holds a key into a table of this module, so that a key that comes back late or twice
finds nothing instead of a freed object.
"""

from __future__ import annotations

import atexit
import ctypes
import itertools
import os
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from . import _ffi
from ._errors import InvalidSabirError

T = TypeVar("T")

# The mark of this copy of the binding: objects go by pointer only between actors that carry it.
_language_mark = ctypes.create_string_buffer(b"python")
LANGUAGE = ctypes.addressof(_language_mark)

_objects: dict[int, Any] = {}
# Below 2**31, for _ffi's bare functions; after the last one, from the first one on, past those that are in use.
_next_key = itertools.chain.from_iterable(itertools.repeat(range(1, 2**31))).__next__


def keep(value: Any) -> int:
    """Put `value` into the table; the key that the core may hold instead of it."""
    key = _next_key()
    while key in _objects:
        key = _next_key()
    _objects[key] = value
    return key


def kept(key: int) -> Any:
    """What stands under `key`, or None."""
    return _objects.get(key)


def take(key: int) -> Any:
    """What stands under `key`, which ends with this call; None if it ended before."""
    return _objects.pop(key, None)


def kept_count() -> int:
    """How many objects the core holds at the moment: for tests that look for leaks."""
    return len(_objects)


def _drop(key: int | None) -> None:
    if key is not None:
        _objects.pop(key, None)


drop = _ffi.DROP(_drop)
"""The core lets go of an object: called on whatever thread that happens."""
DROP_ADDRESS = ctypes.cast(drop, ctypes.c_void_p).value


def c_text(text: str, what: str) -> bytes:
    """`text` for C, which would take a NUL for its end.

    Raises:
        InvalidSabirError: it holds a NUL or a lone surrogate, or is no text at all.
    """
    if not isinstance(text, str):
        raise InvalidSabirError(f"{what} is a str, not {type(text).__name__}")
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise InvalidSabirError(f"{what} {text!r} holds a lone surrogate at {error.start}") from None
    if b"\0" in data:
        raise InvalidSabirError(f"{what} {text!r} holds a NUL character")
    return data


def count(value: int, what: str) -> int:
    """A number for an unsigned C parameter, which would take -1 for the greatest there is.

    Raises:
        InvalidSabirError: it is none, negative or beyond 32 bits.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise InvalidSabirError(f"{what} is a whole number, 0 or more, not {value!r}")
    return value


def nanoseconds(seconds: float, what: str) -> int:
    """A duration as the core counts it; it is a number of seconds everywhere in Python.

    Raises:
        InvalidSabirError: it is negative, not finite, or beyond the core's 292 years.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= 9.2e9:
        raise InvalidSabirError(f"{what} is a number of seconds, 0 or more, not {seconds!r}")
    return seconds * 1_000_000_000 if isinstance(seconds, int) else round(seconds * 1e9)


# ---- Waiting that Ctrl-C can end -----------------------------------------------------------------------------------------

# How deep the main thread stands in handlers that run on it (fast_send): there it waits itself, so that the core sees the chain.
main_depth = 0
_main_ident = threading.main_thread().ident


def is_main() -> bool:
    """Whether this is the main thread outside every handler: where signals arrive and no chain of calls stands below."""
    return not main_depth and threading.get_ident() == _main_ident


def in_chain(handle: Callable[..., T], *arguments: Any) -> T:
    """Run a handler on this thread inside somebody's call."""
    global main_depth
    if threading.get_ident() != _main_ident:
        return handle(*arguments)
    main_depth += 1
    try:
        return handle(*arguments)
    finally:
        main_depth -= 1


class _Waiter(threading.Thread):
    """A thread that calls into the core for the main thread, which meanwhile sleeps where a signal wakes it."""

    def __init__(self) -> None:
        super().__init__(name="sabir-waiter", daemon=True)
        self.asked = threading.Lock()
        self.answered = threading.Lock()
        self.asked.acquire()
        self.answered.acquire()
        self.call: Callable[[], Any] | None = None
        self.result: Any = None
        self.error: BaseException | None = None
        self.abandoned = False
        self.start()

    def run(self) -> None:
        while not self.abandoned:
            self.asked.acquire()
            if self.call is None:
                return
            try:
                self.result, self.error = self.call(), None
            except BaseException as error:  # handed to the main thread, whatever it is
                self.result, self.error = None, error
            self.call = None
            self.answered.release()


_waiter: _Waiter | None = None


def wait(call: Callable[[], T]) -> T:
    """Make a call that may wait. On the main thread a signal handler runs at once, and its exception ends the waiting.

    A call into C cannot be left half-way, so the main thread lets a helper make it. When the main thread gives up, the call
    goes on to its end and its result is dropped.
    """
    global _waiter
    if not is_main():
        return call()
    try:
        waiter, _waiter = _waiter or _Waiter(), None
    except RuntimeError:  # the interpreter is about to end and starts no thread any more
        return call()
    waiter.call = call
    try:
        waiter.asked.release()
        waiter.answered.acquire()
    except BaseException:
        waiter.abandoned = True
        raise
    result, error = waiter.result, waiter.error
    waiter.result = waiter.error = None
    _waiter = waiter
    if error is not None:
        try:
            raise error
        finally:
            del error  # it would keep this frame alive through its own traceback
    return result  # type: ignore[no-any-return]


# ---- Forks and the end of the process -------------------------------------------------------------------------------------


class Closeable(Protocol):
    """What is closed before the interpreter goes."""

    def close(self) -> None: ...


_open: set[Closeable] = set()
forks = 0


def close_at_exit(thing: Closeable) -> None:
    """Have `thing` closed before the interpreter goes, unless it is closed by then."""
    _open.add(thing)


def closed(thing: Closeable) -> None:
    """`thing` is closed; nothing is left to do for it."""
    _open.discard(thing)


@atexit.register
def _close_all() -> None:
    import logging

    from . import _log

    for thing in list(_open):
        try:
            thing.close()
        except Exception:
            logging.getLogger("sabir").exception("closing %r at the end of the process", thing)
    _log.give_back()


def _after_fork() -> None:
    """The child has one thread and no actors: nothing here may be used or waited for."""
    global _waiter, forks, main_depth, _main_ident
    forks += 1
    main_depth = 0
    _waiter = None
    _main_ident = threading.get_ident()
    _open.clear()


os.register_at_fork(after_in_child=_after_fork)
