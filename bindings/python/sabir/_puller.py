"""A thread that pulls: it asks the core for the next batch of messages and handles them, for one actor or for the members of a group.

The core is asked without waiting first, and the interpreter lock is given up only when there is nothing to do: two threads that hand
each other the lock for every batch would spend their time with that.
"""

from __future__ import annotations

import ctypes
import logging
import struct
import sys
import threading
from typing import Any

from . import _ffi, _runtime
from ._errors import OK
from ._worker import Worker, shown
from .envelope import PulledEnvelope

log = logging.getLogger("sabir")

_ITEM = struct.Struct(_ffi.PULLED_FORMAT)
_try_next, _next, _begin = _ffi.sabir_puller_try_next, _ffi.sabir_puller_next, _ffi.sabir_puller_begin
_YIELD, _CURRENT = _ffi.Batch.yield_now.offset // 4, _ffi.Batch.current.offset // 4


class Puller(threading.Thread):
    """The thread of one actor, or one worker of a group; started with the manager."""

    def __init__(self, name: str, puller: int, worker: Worker | None) -> None:
        """Of a core puller: `worker` is whose it is, None for whoever of a group has his turn."""
        super().__init__(name=f"sabir-{name}", daemon=True)
        self._puller = puller
        self._worker = worker

    def run(self) -> None:
        out = ctypes.POINTER(_ffi.Batch)()
        where = ctypes.byref(out)
        puller, done = self._puller, 0
        batch = words = None
        while _try_next(puller, done, where) == OK or _next(puller, 0, -1, where) == OK:
            if batch is None:
                batch = out.contents  # always the same one
                words = _words(batch)
            worker = self._worker or _runtime.kept(batch.self)
            worker.puller = puller
            done = _run_batch(worker, batch, words)
        if self._worker is not None:
            self._worker.end()


def _words(batch: Any) -> memoryview:
    """The batch as 32-bit words: a view is read and written faster than a structure."""
    size = batch.size_bytes // 4
    return memoryview((ctypes.c_uint32 * size).from_address(ctypes.addressof(batch))).cast("B").cast("I")


def _run_batch(worker: Worker, batch: Any, words: Any) -> int:
    """Handle the items of a batch; how many. Not all when somebody waits for the actor: the rest comes again."""
    padding = batch.item_size_bytes - _ITEM.size  # members that a later core has appended
    item = struct.Struct(f"{_ffi.PULLED_FORMAT}{padding}x") if padding else _ITEM
    data = ctypes.string_at(batch.items, batch.count * item.size)
    handlers, take, count_refs = worker.handlers, _runtime._objects.pop, sys.getrefcount
    current, wanted, ordinary = _CURRENT, _YIELD, _ffi.PULLED_MESSAGE  # what is looked up for each message is at hand
    done, envelope = 0, None
    for kind, number, key, json, length, sender, message in item.iter_unpack(data):
        words[current] = done  # what is sent from here on is caused by this item
        if kind == ordinary:
            handler = handlers[number]
            value = take(key, None) if key else worker.decode(done, handler, json, length)
            if value is not None:
                if envelope is None:
                    envelope = PulledEnvelope(value, sender, worker, done)
                else:
                    envelope.msg, envelope._sender, envelope._index = value, sender, done
                try:
                    result = handler.call(envelope)
                    if result is not None:
                        worker.reply_returned(envelope, result, sender)
                except BaseException as error:  # SystemExit too: an actor's failure never ends the thread that runs it
                    log.exception("actor '%s' failed in %s on %s", worker.actor_name, handler.name, shown(value))
                    worker.fail(done, error)
                    del error
                if count_refs(envelope) > 2:  # somebody keeps it: the next message gets another one
                    envelope.end()
                    envelope = None
                value = result = None
        elif kind == _ffi.PULLED_TIMER:
            if _begin(worker.puller, done) == OK:
                worker.run_timer(done, message)
        else:
            worker.run_life(done, kind)
        done += 1
        if words[wanted]:
            break
    return done
