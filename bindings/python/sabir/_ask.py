"""An ask that asyncio awaits: the core's answer comes on some thread and is carried into the event loop."""

from __future__ import annotations

import asyncio
import ctypes
import logging
from collections.abc import Callable
from typing import Any

from . import _ffi, _runtime
from ._errors import OK, RejectedSabirError, SabirError
from .ref import outcome


class Asking:
    """One pending ask of one event loop."""

    _handle = 0

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self._loop.create_future()

    def start(self, ref: int, request: int, timeout_ns: int) -> asyncio.Future[Any]:
        """Send the request, which the core consumes in every case; the future of its outcome."""
        key = _runtime.keep(self)
        handle = ctypes.c_void_p()
        try:
            _ffi.sabir_ref_ask_start(ref, request, timeout_ns, _done, key, ctypes.byref(handle))
        except BaseException:
            _runtime.take(key)
            raise
        self._handle = handle.value or 0
        self._future.add_done_callback(self._settled)
        return self._future

    def _settled(self, future: asyncio.Future[Any]) -> None:
        """Whoever cancels the await gives up the wait in the core as well: an answer that comes then is late, and counted so."""
        if future.cancelled():
            _ffi.sabir_ask_cancel(self._handle)

    def __del__(self) -> None:
        if self._handle:
            _ffi.sabir_ask_free(self._handle)

    def end(self, code: int, reply: int | None) -> None:
        """The outcome is there, on whatever thread."""
        settle: Callable[[Any], None]
        try:
            value: Any = outcome(_error(code), reply)
            settle = self._future.set_result
        except Exception as error:
            value, settle = error, self._future.set_exception

        def in_loop() -> None:
            if not self._future.done():  # a cancelled await wants no answer
                settle(value)

        self._loop.call_soon_threadsafe(in_loop)


def _error(code: int) -> SabirError | None:
    """The core has said in words why no answer comes; a Reject says so itself."""
    if code == OK:
        return None
    return RejectedSabirError() if code == RejectedSabirError.code else _ffi.error(code)


def _on_done(key: int | None, code: int, reply: int | None) -> None:
    asking: Asking | None = _runtime.take(key or 0)
    try:
        if asking is not None:
            asking.end(code, reply)
    except RuntimeError:  # the loop is closed: nobody waits any more
        logging.getLogger("sabir").debug("an answer came after its event loop was closed")


_done = _ffi.ASK_DONE(_on_done)
