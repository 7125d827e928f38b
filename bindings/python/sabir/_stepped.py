"""The worker of an actor in a kit: no thread of its own; the core calls its handlers on the thread that steps."""

from __future__ import annotations

import ctypes
import logging

from . import _ffi, _runtime
from ._errors import OK, FailedSabirError
from ._worker import Worker, describe
from .actor import run_start, run_stop

log = logging.getLogger("sabir")


class SteppedWorker(Worker):
    """A worker without a puller."""

    is_stepped = True


def _on_start(key: int | None, _context: int | None) -> int:
    worker: SteppedWorker | None = _runtime.kept(key or 0)
    try:
        if worker is not None:
            _runtime.in_chain(run_start, worker.actor, worker.loop)
        return OK
    except BaseException as error:
        log.exception("actor '%s' failed in its start", worker.actor_name if worker else "?")
        _ffi.sabir_error_detail_set(describe(error))
        return FailedSabirError.code


def _on_stop(key: int | None, _context: int | None) -> None:
    worker: SteppedWorker | None = _runtime.kept(key or 0)
    if worker is None:
        return
    try:
        _runtime.in_chain(run_stop, worker.actor, worker.loop)
    except BaseException:
        log.exception("actor '%s' failed in its stop", worker.actor_name)
    worker.end()


def _on_restart(key: int | None, _context: int | None) -> int:
    """The fresh actor; its start is the core's next call."""
    worker: SteppedWorker | None = _runtime.kept(key or 0)
    try:
        if worker is not None:
            _runtime.in_chain(worker.renew)
        return OK
    except BaseException as error:
        log.exception("actor '%s' failed in its restart", worker.actor_name if worker else "?")
        _ffi.sabir_error_detail_set(describe(error))
        return FailedSabirError.code


_start, _stop, _restart = _ffi.ACTOR_START(_on_start), _ffi.ACTOR_STOP(_on_stop), _ffi.ACTOR_START(_on_restart)
START_ADDRESS = ctypes.cast(_start, ctypes.c_void_p).value
RESTART_ADDRESS = ctypes.cast(_restart, ctypes.c_void_p).value
STOP_ADDRESS = ctypes.cast(_stop, ctypes.c_void_p).value
