"""A thread that pulls: it asks the core for the next batch of messages and handles them, for one actor or for the members of a group.

The core is asked without waiting first, and the interpreter lock is given up only when there is nothing to do: two threads that hand
each other the lock for every batch would spend their time with that.
"""

from __future__ import annotations

import ctypes
import struct
import sys
import threading
from typing import Any

from . import _ffi, _runtime
from ._errors import OK, BadPayloadSabirError
from ._worker import Worker
from .envelope import PulledEnvelope
from .message import decode_text, refused, text_of

_ITEM, _TEXT = struct.Struct(_ffi.PULLED_FORMAT), struct.Struct(_ffi.PULLED_TEXT_FORMAT)
_BATCH_ITEMS = 64  # at most, says the core
_try_next, _next, _begin = _ffi.bare_puller_try_next, _ffi.sabir_puller_next, _ffi.sabir_puller_begin
_reply_object = _ffi.bare_puller_reply_object

# Where the batch has what is looked at for each one and for each message, as indices of a view: that is faster than a structure.
_WORD, _SIZE = ctypes.sizeof(ctypes.c_uint32), ctypes.sizeof(ctypes.c_size_t)
_YIELD, _CURRENT = _ffi.Batch.yield_now.offset // _WORD, _ffi.Batch.current.offset // _WORD
_COUNT, _SELF = _ffi.Batch.count.offset // _SIZE, _ffi.Batch.self.offset // _SIZE


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
        if _next(self._puller, 0, -1, where) == OK:
            Batch(self._puller, self._worker, out.contents).run(where)
        if self._worker is not None:
            self._worker.end()


class Batch:
    """The batch of one puller, always the same one: the core fills it again and again."""

    def __init__(self, puller: int, worker: Worker | None, batch: Any) -> None:
        self._puller = puller
        self._lent = _ffi.lend(puller)
        self._worker = worker
        memory = memoryview((ctypes.c_char * batch.size_bytes).from_address(ctypes.addressof(batch))).cast("B")
        self._words = memory[: batch.size_bytes // _WORD * _WORD].cast("I")
        self._sizes = memory[: batch.size_bytes // _SIZE * _SIZE].cast("P")
        padding = batch.item_size_bytes - _ITEM.size  # members that a later core has appended
        item = struct.Struct(f"{_ffi.PULLED_FORMAT}{padding}x") if padding else _ITEM
        self._memory = (ctypes.c_char * (item.size * _BATCH_ITEMS)).from_address(batch.items)
        self._item = item

    def run(self, where: Any) -> None:
        """Handle the batch that is there and all that follow, until there is none any more."""
        words, sizes, lent, memory, puller, own = self._words, self._sizes, self._lent, self._memory, self._puller, self._worker
        first, items = self._item.unpack_from, self._item.iter_unpack
        objects = _runtime._objects
        take, next_key, count_refs = objects.pop, _runtime._next_key, sys.getrefcount
        # What is looked up for each message is at hand.
        current, wanted, ordinary, count_at, self_at = _CURRENT, _YIELD, _ffi.PULLED_MESSAGE, _COUNT, _SELF
        envelope: Any = PulledEnvelope(self._puller)
        index = -1
        while index < 0 or _try_next(lent, index + 1, where) == OK or _next(puller, 0, -1, where) == OK:
            worker = own or objects[sizes[self_at]]
            worker.puller = puller
            calls = worker.calls
            count = sizes[count_at]
            for index, (kind, number, key, sender, message) in ((0, first(memory)),) if count == 1 else zip(range(count), items(memory)):
                words[current] = index  # what is sent from here on is caused by this item
                if kind != ordinary:
                    self._run_other(worker, index, kind, message)
                elif (value := take(key, None) if key else self._read(worker, index, number, message)) is not None:
                    envelope.msg, envelope._sender, envelope._index = value, sender, index
                    try:
                        result = calls[number](envelope)
                        if result is not None:
                            declared = getattr(type(result), "__sabir__", None)
                            key = next_key()
                            if not sender or not declared or declared.is_view or key in objects:
                                worker.reply_returned(envelope, result, sender)
                            else:
                                objects[key] = result
                                if _reply_object(lent, index, declared.lent, key):  # not to this one
                                    del objects[key]
                                    worker.reply_returned(envelope, result, sender)
                    except BaseException as error:  # SystemExit too: an actor's failure never ends the thread that runs it
                        worker.failed(index, number, value, error)
                        del error
                    if count_refs(envelope) > 2:  # somebody keeps it: the next message gets another one
                        envelope.end()
                        envelope = PulledEnvelope(self._puller)
                if words[wanted]:  # somebody waits for the actor: the rest comes again
                    break
            envelope.msg = envelope._sender = value = result = None  # nothing of a message outlives its batch

    def _read(self, worker: Worker, index: int, number: int, message: int) -> Any:
        """The message of an item that came as a value or as text; None if the class does not take it, which the core then knows."""
        handler, at = worker.handlers[number], index * self._item.size
        assert handler is not None
        declared = handler.declared
        try:
            if declared.unpack_item is not None:
                length, *values = declared.unpack_item(self._memory, at)
                if length:
                    return declared.cls(*values)
            json, length = _TEXT.unpack_from(self._memory, at)
            return decode_text(declared, ctypes.string_at(json, length) if json else text_of(message))
        except Exception as error:  # the core has checked the payload: it is the class that does not take it
            worker.fail(index, refused(declared, error), BadPayloadSabirError.code)
            return None

    def _run_other(self, worker: Worker, index: int, kind: int, message: int) -> None:
        if kind != _ffi.PULLED_TIMER:
            worker.run_life(index, kind)
        elif _begin(self._puller, index) == OK:
            worker.run_timer(index, message)
