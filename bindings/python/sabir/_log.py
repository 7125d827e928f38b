"""The core's own lines (a failed handler, a thread option that cannot be had, a refused reply) go to the logger `sabir.core`."""

from __future__ import annotations

import contextlib
import logging

from . import _ffi

_core = logging.getLogger("sabir.core")


def _on_line(_user_data: int | None, line: bytes | None) -> None:
    """Called on any thread; what a handler of the program's logging raises has nobody to go to."""
    with contextlib.suppress(Exception):
        _core.warning("%s", (line or b"").decode("utf-8", "replace"))


_hook = _ffi.LOG(_on_line)
_is_set = False


def redirect() -> None:
    """Take the core's lines from now on. Idempotent."""
    global _is_set
    if not _is_set:
        _is_set = True
        _ffi.sabir_log_set(_hook, None)


def give_back() -> None:
    """Threads of the core may have something to say when the interpreter is no more: that goes to standard error."""
    _ffi.sabir_log_set(_ffi.LOG(), None)
