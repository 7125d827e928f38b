"""The worker of an actor in a kit: no thread of its own; the core calls its handlers on the thread that steps."""

from __future__ import annotations

import ctypes
import logging
from typing import Any

from . import _ffi, _runtime
from ._errors import OK, FailedSabirError
from ._worker import Worker, describe
from .actor import run_start, run_stop
from .ref import forget_local

log = logging.getLogger("sabir")


class SteppedWorker(Worker):
    """A worker that is never started as a thread."""

    is_stepped = True

    def start(self) -> None:
        """There is nothing to start."""

    def run(self) -> None:
        """There is nothing to run."""

    def call_life(self, call: Any, context: int) -> None:
        """Run a hook of the actor's life; `stop` in it stops the actor."""
        self._context = context
        try:
            _runtime.in_chain(call, self.actor)
        finally:
            self._context = 0


def _on_start(key: int | None, context: int | None) -> int:
    worker: SteppedWorker | None = _runtime.kept(key or 0)
    try:
        if worker is not None:
            worker.call_life(run_start, context or 0)
        return OK
    except BaseException as error:
        log.exception("actor '%s' failed in its start", worker.actor_name if worker else "?")
        _ffi.sabir_error_detail_set(describe(error))
        return FailedSabirError.code


def _on_stop(key: int | None, context: int | None) -> None:
    worker: SteppedWorker | None = _runtime.kept(key or 0)
    if worker is None:
        return
    try:
        worker.call_life(run_stop, context or 0)
    except BaseException:
        log.exception("actor '%s' failed in its stop", worker.actor_name)
    forget_local(worker.ref)


_start, _stop = _ffi.ACTOR_START(_on_start), _ffi.ACTOR_STOP(_on_stop)
START_ADDRESS = ctypes.cast(_start, ctypes.c_void_p).value
STOP_ADDRESS = ctypes.cast(_stop, ctypes.c_void_p).value
