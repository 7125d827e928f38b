"""Timers of an actor. A firing is a message on the actor's control lane, handled on its thread like any other.

Durations run on the monotonic clock. Equal deadlines fire in the order in which they were armed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import _ffi, _runtime
from ._errors import OK, DeadlockSabirError, InvalidSabirError, NotFoundSabirError, RemoteSabirError

if TYPE_CHECKING:
    from ._worker import Worker
    from .ref import ActorRef


class Timer:
    """An armed timer.

    Attributes:
        timer_id: the core's number, unique in the process.
        is_periodic: whether it goes on after a firing.
        then: what a firing calls, or None for `on_timeout`.
        tag: whatever the program gave it, to be found again as `env.msg.id`.
    """

    __slots__ = ("_worker", "is_periodic", "tag", "then", "timer_id")

    def __init__(self, worker: Worker, is_periodic: bool, then: Callable[[], Any] | None, tag: Any) -> None:
        self._worker = worker
        self.is_periodic = is_periodic
        self.then = then
        self.tag = tag
        self.timer_id = 0

    @classmethod
    def once(cls, actor: ActorRef, delay: float, then: Callable[[], Any] | None = None, *, tag: Any = None, timer_id: Any = None) -> Timer:
        """Arm a timer of a Python actor that fires once, `delay` seconds from now.

        Args:
            actor: whose timer it is; its thread handles the firing.
            delay: seconds, 0 or more.
            then: called without arguments; without it the actor's `on_timeout` is.
            tag: comes back as `env.msg.id`; `timer_id` is the older family's word for it.

        Raises:
            InvalidSabirError: the delay is negative or no number.
            RemoteSabirError: the actor is not in this process or not in Python.
            UnhandledSabirError: neither `then` nor `on_timeout` is there.
            ClosedSabirError: the actor has stopped.
        """
        duration = _runtime.nanoseconds(delay, "a delay")
        timer = cls(_worker_of(actor), False, then, tag if timer_id is None else timer_id)
        return timer._arm(_ffi.sabir_timer_once, actor, duration)

    @classmethod
    def periodic(
        cls, actor: ActorRef, period: float, then: Callable[[], Any] | None = None, *, tag: Any = None, timer_id: Any = None
    ) -> Timer:
        """Arm one that fires every `period` seconds, first after one period; at most one firing waits to be handled at a time.

        Args, Raises: as `once`; the period is more than 0.
        """
        duration = _runtime.nanoseconds(period, "a period")
        if duration == 0:
            raise InvalidSabirError("a period is more than 0 seconds")
        timer = cls(_worker_of(actor), True, then, tag if timer_id is None else timer_id)
        return timer._arm(_ffi.sabir_timer_periodic, actor, duration)

    @classmethod
    def aligned(cls, actor: ActorRef, period: float, then: Callable[[], Any] | None = None, *, offset: float = 0, tag: Any = None) -> Timer:
        """Arm one that fires each time the wall clock (UTC) comes to a multiple of `period` since 1970, plus `offset`.

        When that clock is set, the timer goes by the new time at once; it never fires twice for one boundary.

        Args:
            actor, then, tag: as `once`.
            period: seconds, more than 0, at most 50 years; 3600 for every full hour.
            offset: seconds, less than the period.

        Raises:
            As `once`.
        """
        period_ns = _runtime.nanoseconds(period, "a period")
        timer = cls(_worker_of(actor), True, then, tag)
        return timer._arm(_ffi.sabir_timer_aligned, actor, period_ns, _runtime.nanoseconds(offset, "an offset"))

    def _arm(self, arm: Callable[..., Any], actor: ActorRef, *durations_ns: int) -> Timer:
        number = ctypes.c_uint64()
        with self._worker.timers_lock:  # the firing may be handled before this call returns
            self._worker.check_timeout_handler(self.then)
            arm(actor._pointer, *durations_ns, ctypes.byref(number))
            self.timer_id = number.value
            self._worker.timers[self.timer_id] = self
        return self

    def cancel(self) -> bool:
        """Disarm. No firing begins to be handled after this has returned; one that is being handled is waited for.

        Returns:
            whether there was something to disarm: False if it has fired, or was cancelled before.

        Raises:
            DeadlockSabirError: its handler is in this very chain of calls: disarmed, but not waited for.
        """
        code = _runtime.wait(self._cancel)
        if code == NotFoundSabirError.code:
            return False
        if code != OK and code != DeadlockSabirError.code:
            raise _ffi.error(code)
        with self._worker.timers_lock:
            self._worker.timers.pop(self.timer_id, None)
        if code != OK:
            raise DeadlockSabirError(f"timer {self.timer_id} is disarmed, but its handler is below this very call")
        return True

    def _cancel(self) -> int:
        return int(_ffi.sabir_timer_cancel(self.timer_id))

    def __repr__(self) -> str:
        return f"Timer({self.timer_id}, {'periodic' if self.is_periodic else 'once'}, tag={self.tag!r})"


def _worker_of(actor: ActorRef) -> Worker:
    worker: Worker | None = _runtime.kept(actor._key)
    if worker is None:
        raise RemoteSabirError(f"'{actor.name}' is no Python actor of this process: a timer belongs to one")
    return worker
