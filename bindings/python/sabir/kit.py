"""The test kit: actors without threads, time that moves only when it is told to, probes that stand where other actors will stand.

    def test_a_pricer_answers_after_a_second() -> None:
        with Kit() as kit:
            pricer, client = kit.manage("pricer", Pricer()), kit.probe("client")
            kit.start()
            pricer.send(Quote("AAPL"), client.ref)
            client.expect_none()
            kit.advance(1.0)
            client.expect(Price("AAPL", 101.5))

One message is handled at a time, on the thread that steps, in an order that is the same each time. To wait is to step: `expect` lets the
actors run and then, within its timeout, time pass. A probe works with a `Manager` too, and then really waits.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from . import _ffi, _runtime
from ._errors import OK, ClosedSabirError, TimedOutSabirError
from ._handle import Handle
from ._stepped import SteppedWorker
from .config import NodeConfig
from .group import Group
from .manager import Manager
from .message import read_message
from .ref import ActorRef, adopt

_MANY = 2**63
_PATIENCE_S = 5.0  # of a probe in a manager with threads


class Kit(Manager):
    """A manager without threads. Use it as any other; it does something only when it is stepped."""

    _worker_class = SteppedWorker

    def __init__(self) -> None:
        super().__init__(NodeConfig(stepped=True))

    def __enter__(self) -> Kit:
        return self

    def start(self) -> None:
        _runtime.in_chain(super().start)

    def stop(self) -> None:
        _runtime.in_chain(super().stop)

    def close(self) -> None:
        _runtime.in_chain(super().close)

    # The words of the older family.
    init = start
    end = close

    def group(self, name: str, workers: int = 0) -> Group:
        """A group, whose members are stepped as all others are. Args, Raises: as `Manager.group`."""
        made = ctypes.c_void_p()
        with self._using() as manager:
            text = _runtime.c_text(name, "a group's name")
            _ffi.sabir_group_new(manager, text, _runtime.count(workers, "workers"), ctypes.byref(made))
        return Group(self, name, made.value or 0)

    def step(self, max_msgs: int = 1) -> int:
        """Let the actors handle `max_msgs` messages; how many there were."""
        handled = ctypes.c_uint64()
        with self._using() as manager:
            _runtime.in_chain(_ffi.sabir_kit_step, manager, max_msgs, ctypes.byref(handled))
        return handled.value

    def rest(self) -> int:
        """Step until nobody has anything to do; how many messages that were. Time stands still."""
        return self.step(_MANY)

    def advance(self, seconds: float) -> None:
        """Let time pass: the actors come to rest, the next timer that falls due fires, and so on.

        Raises:
            StateSabirError: they do not come to rest.
        """
        duration = _runtime.nanoseconds(seconds, "a duration")
        with self._using() as manager:
            _runtime.in_chain(_ffi.sabir_kit_advance, manager, duration)

    @property
    def now(self) -> float:
        """Seconds that have passed, from 0."""
        with self._using() as manager:
            return float(_ffi.sabir_kit_now_ns(manager) / 1e9)

    def ask(self, actor: ActorRef, message: Any, timeout: float | None = 5.0) -> Any:
        """`actor.ask(message)`, on this thread. Returns, Raises: as `ActorRef.ask`; the time is the kit's."""
        return _runtime.in_chain(actor.ask, message, timeout)

    def probe(self, name: str) -> Probe:
        """A probe; its waits are 0 seconds unless they say otherwise: they step, and time stands still."""
        return Probe(self, name, 0.0)


@dataclass(frozen=True)
class Received:
    """What a probe got: the message, and who sent it."""

    msg: Any
    sender: ActorRef | None


class Probe(Handle):
    """An address that keeps whatever is sent to it. Messages come as they would from another language: as copies."""

    def __init__(self, manager: Manager, name: str, timeout: float = _PATIENCE_S) -> None:
        """Make a probe in any manager, which finds it by its name.

        Args:
            manager: whose actors it deals with.
            name: as an actor's.
            timeout: seconds that its waits take at most if they do not say.

        Raises:
            ExistsSabirError: the name is taken.
        """
        self._pointer = 0
        made = ctypes.c_void_p()
        with manager._using() as core:
            _ffi.sabir_probe_new(core, _runtime.c_text(name, "a probe's name"), ctypes.byref(made))
        self._pointer = made.value or 0
        self._manager = manager  # which therefore outlives it
        self.name = name
        self.timeout = timeout

    @property
    def ref(self) -> ActorRef:
        """Where messages for it go, and who it is as a sender."""
        found = adopt(_ffi.sabir_probe_ref(self._alive()) or 0)
        assert found is not None
        return found

    def __len__(self) -> int:
        """How many messages it keeps."""
        return int(_ffi.sabir_probe_count(self._alive()))

    def next(self, timeout: float | None = None) -> Received | None:
        """The next message, or None if none comes in time."""
        duration = _runtime.nanoseconds(self.timeout if timeout is None else timeout, "a timeout")
        message, sender = ctypes.c_void_p(), ctypes.c_void_p()
        pointer = self._alive()

        def call() -> int:
            return int(_ffi.sabir_probe_next(pointer, duration, ctypes.byref(message), ctypes.byref(sender)))

        code = _runtime.in_chain(call) if isinstance(self._manager, Kit) else _runtime.wait(call)
        if code == TimedOutSabirError.code:
            return None
        if code != OK:
            raise _ffi.error(code)
        try:
            return Received(read_message(message.value or 0), adopt(sender.value or 0))
        finally:
            _ffi.sabir_message_free(message)

    def expect(self, wanted: Any, timeout: float | None = None) -> Received:
        """The next message, which must be of the class `wanted`, or equal to the message `wanted`.

        Raises:
            AssertionError: another one came, which is gone then, or none.
        """
        found = self.next(timeout)
        if found is None:
            raise AssertionError(f"the probe '{self.name}' expects {_words(wanted)}, and nothing came")
        if isinstance(found.msg, wanted) if isinstance(wanted, type) else found.msg == wanted:
            return found
        who = f"'{found.sender.name}'" if found.sender else "nobody"
        raise AssertionError(f"the probe '{self.name}' expects {_words(wanted)}, but got {found.msg!r} of {who}")

    def expect_order(self, *wanted: Any, timeout: float | None = None) -> list[Received]:
        """The next messages, which must be these classes or messages in this order. Raises: as `expect`."""
        return [self.expect(each, timeout) for each in wanted]

    def expect_none(self, timeout: float = 0.0) -> None:
        """Nothing comes within `timeout` seconds.

        Raises:
            AssertionError: something came, and is gone.
        """
        found = self.next(timeout)
        if found is not None:
            raise AssertionError(f"the probe '{self.name}' expects nothing, but got {found.msg!r}")

    def fish(self, wanted: Any, timeout: float | None = None) -> Received:
        """The next message that is of the class `wanted` or equal to the message `wanted`; those before it are gone.

        Each of them may take `timeout` seconds.

        Raises:
            AssertionError: it does not come.
        """
        passed = 0
        while (found := self.next(timeout)) is not None:
            if isinstance(found.msg, wanted) if isinstance(wanted, type) else found.msg == wanted:
                return found
            passed += 1
        raise AssertionError(f"the probe '{self.name}' fishes for {_words(wanted)}, and {passed} others came")

    def close(self) -> None:
        """Refs to it raise `ClosedSabirError` from now on. Idempotent."""
        pointer, self._pointer = self._pointer, 0
        if pointer:
            _ffi.sabir_probe_free(pointer)

    def _alive(self) -> int:
        if not self._pointer:
            raise ClosedSabirError(f"the probe '{self.name}' is closed")
        return self._pointer

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_pointer", 0):
            self.close()


def _words(wanted: Any) -> str:
    return wanted.__name__ if isinstance(wanted, type) else repr(wanted)
