"""Tap: the messages that pass: who sent what to whom, when, and what came of it.

    with manager.tap(to="pricer*") as tap:
        for seen in tap.seen(timeout=1.0):
            print(seen)

A sender never waits for a tap: what finds no room is counted in `missed`. A fast_send between two Python actors is not seen.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import _ffi, _runtime
from ._errors import OK, ClosedSabirError, TimedOutSabirError
from ._handle import Handle


@dataclass(frozen=True)
class Tapped:
    """One message that passed.

    Attributes:
        time: seconds since 1970.
        from_: the sender's name, "name@endpoint" if it is in another process, "" if nobody is named.
        to: the receiver's.
        type_: the message type's name.
        outcome: "sent", "received" (from the wire), "called" (fast_send), an error ("FULL", "CLOSED") or a dead letter's reason.
        detail: of a dead letter.
        json: the payload, cut to 1023 bytes; "" if it has no text: an object among Python actors, a dead letter.
        json_len_bytes: of the whole payload.
    """

    time: float
    from_: str
    to: str
    type_: str
    outcome: str
    detail: str
    json: str
    json_len_bytes: int

    def __str__(self) -> str:
        clock = datetime.fromtimestamp(self.time).strftime("%H:%M:%S.%f")
        rest = " ".join(text for text in (self.detail, self.json) if text)
        return f"{clock} {self.from_ or '-'} -> {self.to or '-'} {self.type_ or '-'} {self.outcome} {rest}".rstrip()


class Tap(Handle):
    """An open tap; a context manager. Close it before its manager, or after: it then has seen all that it will see."""

    def __init__(self, manager: int, from_: str | None, to: str | None, type_: str | None, capacity_msgs: int) -> None:
        made = ctypes.c_void_p()
        texts = [None if text is None else _runtime.c_text(text, "a pattern") for text in (from_, to, type_)]
        self._pointer = 0
        _ffi.sabir_tap_new(manager, *texts, _runtime.count(capacity_msgs, "capacity_msgs"), ctypes.byref(made))
        self._pointer = made.value or 0

    def next(self, timeout: float | None = 0.0) -> Tapped | None:
        """The next message that passed, or None if there is none in time (or never again, the manager being closed).

        Args:
            timeout: seconds, or None to wait without end.
        """
        duration = -1 if timeout is None else _runtime.nanoseconds(timeout, "a timeout")
        return self._next(0) or (_runtime.wait(lambda: self._next(duration)) if duration else None)

    def _next(self, timeout_ns: int) -> Tapped | None:
        if not self._pointer:
            raise ClosedSabirError("this tap is closed")
        found = ctypes.POINTER(_ffi.Tapped)()
        code = _ffi.sabir_tap_next(self._pointer, timeout_ns, ctypes.byref(found))
        if code in (TimedOutSabirError.code, ClosedSabirError.code):
            return None
        if code != OK:
            raise _ffi.error(code)
        c = found.contents
        return Tapped(
            time=c.time_ns / 1e9,
            from_=c.from_.decode(),
            to=c.to.decode(),
            type_=c.type.decode(),
            outcome=c.outcome.decode(),
            detail=c.detail.decode(),
            json=c.json.decode(),
            json_len_bytes=c.json_len_bytes,
        )

    def seen(self, timeout: float = 0.0) -> Iterator[Tapped]:
        """What has passed, one by one, until nothing more comes within `timeout` seconds."""
        while (tapped := self.next(timeout)) is not None:
            yield tapped

    @property
    def missed(self) -> int:
        """How many messages matched and found no room."""
        return int(_ffi.sabir_tap_missed(self._pointer)) if self._pointer else 0

    def close(self) -> None:
        """See nothing more. Idempotent; not while another thread reads it."""
        pointer, self._pointer = self._pointer, 0
        if pointer:
            _ffi.sabir_tap_free(pointer)

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_pointer", 0):
            self.close()
