"""Waiting for the end of the program, which Ctrl-C reaches at once.

The main thread sleeps in the core. Python's own signal handling writes a byte into a socket when a signal arrives, and the core
watches that socket: no polling, and the signal's handler runs as soon as the call is back.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from . import _ffi, _runtime
from ._errors import OK, InterruptedSabirError, TimedOutSabirError


def run_until_terminated(manager: int, terminate: Callable[[], None], stdin: bool, timeout: float | None) -> bool:
    """Wait for terminate, a signal or the time; False for the last."""
    deadline = None if timeout is None else time.monotonic_ns() + _runtime.nanoseconds(timeout, "a timeout")
    if threading.current_thread() is not threading.main_thread():
        return _wait(manager, -1, deadline, stdin) == OK
    with _wake_socket() as wake, ending_signals(terminate):
        while True:
            code = _wait(manager, wake.fileno(), deadline, stdin)
            if code != InterruptedSabirError.code:
                return code == OK
            with contextlib.suppress(BlockingIOError):
                wake.recv(4096)  # the handlers of the signals have run by now: Python calls them between any two lines


def _wait(manager: int, wake_fd: int, deadline: int | None, stdin: bool) -> int:
    left = -1 if deadline is None else max(deadline - time.monotonic_ns(), 0)
    code = _ffi.sabir_manager_wait(manager, wake_fd, left, _ffi.WAIT_STDIN if stdin else 0)
    if code not in (OK, InterruptedSabirError.code, TimedOutSabirError.code):
        raise _ffi.error(code)
    return int(code)


@contextlib.contextmanager
def _wake_socket() -> Iterator[socket.socket]:
    """A socket that becomes readable when a signal arrives; whoever had such a descriptor before gets it back afterwards."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(before, warn_on_full_buffer=False)
        reader.close()
        writer.close()


@contextlib.contextmanager
def ending_signals(terminate: Callable[[], None]) -> Iterator[None]:
    """SIGINT and SIGTERM call `terminate`, unless the program handles them itself. On the main thread."""

    def end(_number: int, _frame: FrameType | None) -> None:
        terminate()

    ours = [
        number
        for number, default in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL))
        if signal.getsignal(number) == default
    ]
    before = {number: signal.signal(number, end) for number in ours}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
