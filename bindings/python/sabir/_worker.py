"""Worker: what the binding has for one managed actor: its handlers by number, its timers, its event loop.

A puller (_puller.py) hands it messages on the actor's own thread or a worker's of its group. fast_send comes in on other threads: from
Python through `handle_direct`, from C and Rust through the one callback of this module.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable
from sys import getrefcount as _count_refs
from typing import TYPE_CHECKING, Any

from . import _ffi, _runtime
from ._errors import (
    OK,
    BadPayloadSabirError,
    ClosedSabirError,
    DownSabirError,
    FailedSabirError,
    FullSabirError,
    InvalidSabirError,
    RefusedSabirError,
    SabirError,
    UnboundSabirError,
    UnhandledSabirError,
)
from ._loop import ActorLoop
from .actor import Actor, run_start, run_stop
from .builtin import Timeout
from .envelope import ContextEnvelope, DirectEnvelope, Envelope
from .handler import Handler, find_handlers
from .message import MessageType, read_message, type_of
from .ref import ActorRef, forget_local

if TYPE_CHECKING:
    from .manager import Manager
    from .timer import Timer

log = logging.getLogger("sabir")

_TIMEOUT: MessageType = Timeout.__sabir__  # type: ignore[attr-defined]
_LOST_ON_ITS_WAY = (ClosedSabirError, DownSabirError, FullSabirError, RefusedSabirError, UnboundSabirError, UnhandledSabirError)
_SHOWN_CHARS = 200


class Worker:
    """One managed actor."""

    is_stepped = False  # handlers are called by whoever steps the manager: see _stepped.py

    def __init__(self, manager: Manager, name: str, actor: Actor, factory: Callable[[], Actor] | None = None) -> None:
        self.manager = manager
        self.actor = actor
        self.actor_name = name
        self.factory = factory
        self.loop = ActorLoop(name)
        self._take_handlers(find_handlers(actor, self.loop.run))
        self.timers: dict[int, Timer] = {}
        self.timers_lock = threading.Lock()
        self.puller = 0  # the core's puller that has the actor's turn, or had it last
        self.direct: DirectEnvelope[Any] | None = None  # at rest between two calls
        self.ref: ActorRef

    def _take_handlers(self, found: list[Handler]) -> None:
        # By the number that the core has as user data; 0 would be NULL, and the last stands for timers of actors without on_timeout.
        self.handlers: list[Handler | None] = [None, *found, None]
        self.calls = [handler and handler.call for handler in self.handlers]
        self.by_type = {handler.declared.pointer: handler for handler in found}
        self.by_class = {handler.declared.cls: handler for handler in found}

    def types(self) -> dict[int, int]:
        """Which types the actor handles, by core pointer, and the numbers of their handlers."""
        numbers = {handler.declared.pointer: number for number, handler in enumerate(self.handlers) if handler}
        return {_TIMEOUT.pointer: len(self.handlers) - 1, **numbers}

    # ---- What its puller hands it ------------------------------------------------------------------------------------------

    def failed(self, index: int, number: int, message: Any, error: BaseException) -> None:
        """The handler has raised."""
        handler = self.handlers[number]
        assert handler is not None
        log.exception("actor '%s' failed in %s on %s", self.actor_name, handler.name, shown(message))
        self.fail(index, error)

    def reply_returned(self, envelope: Envelope[Any], result: Any, sender: int | None) -> None:
        """A handler's returned message is its reply; without a sender it is for nobody.

        A reply that cannot be made is the handler's failure. One that does not get through is not: the core has counted it.
        """
        type_of(result)
        if sender:
            try:
                envelope.reply(result)
            except _LOST_ON_ITS_WAY as error:
                log.info("actor '%s': its reply did not go out: %s", self.actor_name, error)

    def run_life(self, index: int, kind: int) -> None:
        """The actor's start, its stop, or its restart after a failure."""
        with self.manager._changed:  # a member of a group may come here before `manage` has been told its ref
            pass
        if kind == _ffi.PULLED_RESTART:
            self._guard(index, "its restart", self.restart)
        elif kind == _ffi.PULLED_START:
            self._guard(index, "its start", lambda: run_start(self.actor, self.loop))
        else:
            self._guard(index, "its stop", lambda: run_stop(self.actor, self.loop))
            self.end()

    def run_timer(self, index: int, message: int) -> None:
        """A firing that has begun."""
        firing = read_message(message, is_checked=True)
        self._guard(index, "on_timeout", lambda: self._fire(firing))

    def _fire(self, firing: Timeout) -> None:
        """Call what the timer was armed with, or the actor's on_timeout."""
        with self.timers_lock:
            timer = self.timers.get(firing.timer_id)
            if timer is not None and not timer.is_periodic:
                del self.timers[firing.timer_id]
        firing._timer = timer
        handler = self.by_type.get(_TIMEOUT.pointer)
        if timer is not None and timer.then is not None:
            result = timer.then()
            if inspect.iscoroutine(result):
                self.loop.run(result)
        elif handler is not None:
            handler.call(Envelope(firing))

    def _guard(self, index: int, what: str, call: Callable[[], Any]) -> None:
        try:
            call()
        except BaseException as error:
            log.exception("actor '%s' failed in %s", self.actor_name, what)
            self.fail(index, error)

    def fail(self, index: int, error: BaseException, code: int = FailedSabirError.code) -> None:
        """Say that item `index` failed."""
        try:
            _ffi.sabir_puller_fail(self.puller, index, code, describe(error))
        except SabirError:
            log.exception("actor '%s': the core did not take its failure", self.actor_name)

    def restart(self) -> None:
        """Make a fresh actor and start it."""
        self.renew()
        run_start(self.actor, self.loop)

    def renew(self) -> None:
        """A fresh actor in the place of the one that failed: the same handlers, bound to the new object."""
        assert self.factory is not None
        fresh = self.factory()
        found = find_handlers(fresh, self.loop.run)
        if [handler.declared for handler in found] != [handler.declared for handler in self.handlers[1:-1] if handler]:
            raise InvalidSabirError(f"what makes the actor '{self.actor_name}' has made one with other handlers")
        self.actor._worker, fresh._worker = None, self
        self.actor = fresh
        self._take_handlers(found)
        with self.timers_lock:
            self.timers.clear()

    def end(self) -> None:
        """The actor has ended. Idempotent."""
        self.loop.close()
        forget_local(self.ref)

    # ---- What comes in on other threads, under the actor's exclusivity ---------------------------------------------------------

    def handle_direct(self, message: Any, sender: ActorRef | None) -> Any:
        """Handle a message of a Python caller, who has entered the actor; the reply or None."""
        handler = self.by_class.get(type(message)) or self._handler_of(type_of(message))
        envelope = self.direct or DirectEnvelope()
        self.direct = None
        envelope.msg, envelope._sender = message, sender
        try:
            result = handler.call(envelope)
            if result is not None and envelope.answer is None:
                if not hasattr(type(result), "__sabir__"):
                    type_of(result)  # which says what is wrong
                envelope.answer = result
        except BaseException as error:
            envelope.is_over = True
            if not isinstance(error, Exception):
                raise
            log.exception("actor '%s' failed in %s on %s", self.actor_name, handler.name, shown(message))
            _ffi.sabir_ref_failed(self.ref._pointer)
            raise FailedSabirError(f"actor '{self.actor_name}' failed in {handler.name}: {describe(error).decode()}") from error
        answer = envelope.answer
        if _count_refs(envelope) > 2:  # somebody keeps it: the next call gets another one
            envelope.is_over = True
        else:
            envelope.msg = envelope._sender = envelope.answer = None
            self.direct = envelope
        return answer

    def _handler_of(self, declared: MessageType) -> Handler:
        """Of another class for the same type of the core, which is none of the handlers' own."""
        handler = self.by_type.get(declared.pointer)
        if handler is None:
            raise UnhandledSabirError(f"the actor '{self.actor_name}' has no handler for {declared.name}")
        return handler

    def handle_lent(self, message: int, number: int, context: int) -> int:
        """Handle a message that the core lends on a thread of its own or of C; a code for the core."""
        handler = self.handlers[number]
        try:
            value = read_message(message)
        except BadPayloadSabirError as error:
            _ffi.sabir_error_detail_set(describe(error))
            return BadPayloadSabirError.code
        if handler is None or handler.declared is _TIMEOUT:
            self._fire(value)
            return OK
        sender = _ffi.sabir_context_sender(context)
        envelope = ContextEnvelope(value, sender, context)
        try:
            result = _runtime.in_chain(handler.call, envelope)
            if result is not None:
                self.reply_returned(envelope, result, sender)
            return OK
        finally:
            envelope.end()

    def stop_after_handler(self) -> None:
        """The actor has said that it stops, in a handler on this thread."""
        _ffi.sabir_ref_stop(self.ref._pointer)

    def check_timeout_handler(self, then: Callable[[], Any] | None) -> None:
        """Refuse a timer whose firing nobody would handle."""
        if then is None and _TIMEOUT.pointer not in self.by_type:
            raise UnhandledSabirError(f"the actor '{self.actor_name}' has no on_timeout, and the timer calls nothing else")


def _on_message(key: int | None, message: int | None, number: int | None, context: int | None) -> int:
    """The one callback for messages: catches everything, for an exception would look like success to C."""
    worker: Worker | None = _runtime.kept(key or 0)
    try:
        if worker is None or not message or not number or not context:
            return FailedSabirError.code
        return worker.handle_lent(message, number, context)
    except BaseException as error:
        log.exception("actor '%s' failed", worker.actor_name if worker else "?")
        _ffi.sabir_error_detail_set(describe(error))
        return FailedSabirError.code


on_message = _ffi.MESSAGE_HANDLER(_on_message)


def shown(message: Any) -> str:
    """A message as a log shows it: cut, and never the reason for another failure."""
    try:
        text = repr(message)
    except Exception as error:
        return f"a {type(message).__qualname__} whose repr fails: {type(error).__name__}"
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."


def describe(error: BaseException) -> bytes:
    """An exception as one line for the core's report."""
    text = str(error) if isinstance(error, SabirError) else f"{type(error).__name__}: {error}"
    return text.encode("utf-8", "replace").replace(b"\0", b"?")
