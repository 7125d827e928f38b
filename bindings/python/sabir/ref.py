"""ActorRef: the address of an actor, in this process or in another, in any language. Whoever sends cannot tell which."""

from __future__ import annotations

import ctypes
from threading import get_ident as _get_ident
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _ffi, _runtime
from ._errors import (
    OK,
    ClosedSabirError,
    InvalidSabirError,
    RejectedSabirError,
    SabirError,
    TimedOutSabirError,
)
from ._handle import Handle
from ._runtime import _next_key, _objects, keep, take
from .message import new_message, read_message, type_of

if TYPE_CHECKING:
    from ._worker import Worker
    from .actor import Actor

    # What may stand where a sender is asked for: a ref, or an actor for its own.
    Sender: TypeAlias = "ActorRef | Actor | None"

_TIMED_OUT = TimedOutSabirError.code
_send_json, _send_object = _ffi.bare_ref_send_json, _ffi.bare_ref_send_object
_try_enter, _leave = _ffi.bare_ref_try_enter, _ffi.bare_ref_leave

# The refs of this process's Python actors, by core pointer: `env.sender` is found here without asking the core.
_local: dict[int, ActorRef] = {}


class ActorRef(Handle):
    """Where messages for one actor go. Refs outlive their actor and then raise `ClosedSabirError`.

    Two refs are equal when they stand for the same actor.
    """

    __slots__ = ("__weakref__", "_key", "_lent", "_pointer", "is_python")

    def __init__(self, pointer: int) -> None:
        """Of a core pointer that this object owns from now on; programs get refs from a manager."""
        self._pointer = pointer
        self._lent = _ffi.lend(pointer)  # to the calls that this object makes
        self.is_python = _ffi.sabir_ref_language(pointer) == _runtime.LANGUAGE
        self._key: int = _ffi.sabir_ref_actor_get(pointer, _runtime.LANGUAGE) or 0 if self.is_python else 0

    @property
    def name(self) -> str:
        """The actor's name."""
        text: bytes = _ffi.sabir_ref_name(self._pointer)
        return text.decode()

    @property
    def endpoint(self) -> str | None:
        """The endpoint of the actor's node: the peer's, or this node's advertised one; None if it has none."""
        text: bytes | None = _ffi.sabir_ref_endpoint(self._pointer)
        return None if text is None else text.decode()

    def send(self, message: Any, sender: Sender = None) -> None:
        """Queue a message. Returns at once; delivery is in order for each sender.

        Args:
            message: an instance of a message class. It belongs to the receiver from now on.
            sender: where replies go; inside an actor `self` will do.

        Raises:
            FullSabirError: the mailbox holds its capacity.
            ClosedSabirError: the actor or its manager has stopped.
            UnhandledSabirError: the actor is in this process and has no handler for the message.
            ValueSabirError: NaN, a lone surrogate: nothing is sent.
            BadPayloadSabirError: a field holds something else than its annotation says: nothing is sent.
            DownSabirError, TooBigSabirError, RefusedSabirError, UnboundSabirError: the actor is in another process.

        Source:
            docs/protocol.md ORD-1
        """
        from_ = None if sender is None else sender._lent if type(sender) is ActorRef else lent_of(sender)
        try:
            declared = type(message).__sabir__
        except AttributeError:
            declared = type_of(message)  # which says what is wrong
        if self.is_python and not declared.is_view:
            key = _next_key()
            if key in _objects:
                key = keep(message)
            _objects[key] = message  # keep(), in line: this is the hot path
            if code := _send_object(self._lent, declared.lent, key, from_):
                problem = _ffi.error(code)
                take(key)
                raise problem
        else:
            text = declared.encode(message)
            if code := _send_json(self._lent, declared.lent, text, len(text), from_):
                raise _ffi.error(code)

    def fast_send(self, message: Any, sender: Sender = None, *, ordered: bool = False, timeout: float | None = None) -> Any:
        """Let an actor of this process handle `message` now, on this thread, ahead of what is queued.

        Args:
            message: an instance of a message class.
            sender: what the handler finds as the sender.
            ordered: first run what was queued when the call was made.
            timeout: seconds to wait for the actor, 0 not to wait at all, None without end. A handler that has begun is not
                given up.

        Returns:
            the reply, or None if the handler did not reply.

        Raises:
            RemoteSabirError: the actor is not in this process; use `ask`.
            ReentrantSabirError: the actor is already in this chain of calls.
            DeadlockSabirError: the actors wait for each other.
            TimedOutSabirError: the actor was not free in time: the message was not handled, and will not be.
            FailedSabirError: the handler failed; `__cause__` is its own exception if it is in Python.
            ClosedSabirError, UnhandledSabirError: as `send`.
        """
        timeout_ns = -1 if timeout is None else _runtime.nanoseconds(timeout, "a timeout")
        if not self.is_python:
            return self._fast_send_foreign(message, sender, ordered, timeout_ns)
        on_main = _get_ident() == _runtime._main_ident
        code = _TIMED_OUT if ordered else _try_enter(self._lent)
        if code == _TIMED_OUT and (ordered or timeout_ns != 0):
            if _runtime.is_main():
                return self._fast_send_beside(message, sender, ordered, timeout)
            code = _ffi.sabir_ref_enter_timed(self._pointer, _ffi.FAST_ORDERED if ordered else 0, timeout_ns)
        if code != OK:
            raise _ffi.error(code)
        if on_main:  # in_chain(), in line; without a call between the two, no signal comes between them
            _runtime.main_depth += 1
        try:
            worker: Worker | None = _objects.get(self._key)
            if worker is None:
                raise ClosedSabirError(f"the actor '{self.name}' has stopped")
            return worker.handle_direct(message, sender if sender is None else ref_of(sender))
        finally:
            if on_main:
                _runtime.main_depth -= 1
            _leave(self._lent)

    def _fast_send_beside(self, message: Any, sender: Sender, ordered: bool, timeout: float | None) -> Any:
        """Let another thread wait and call, so that Ctrl-C reaches this one."""
        return _runtime.wait(lambda: self.fast_send(message, sender, ordered=ordered, timeout=timeout))

    def _fast_send_foreign(self, message: Any, sender: Sender, ordered: bool, timeout_ns: int) -> Any:
        """To an actor of C or Rust, whose handler the core runs."""
        pointer = new_message(message, as_object=False)
        from_ = None if sender is None else pointer_of(sender)
        flags = _ffi.FAST_ORDERED if ordered else 0

        def call() -> Any:
            reply = ctypes.c_void_p()
            try:
                _ffi.sabir_ref_fast_send_message_timed(self._pointer, from_, pointer, flags, timeout_ns, ctypes.byref(reply))
            finally:
                _ffi.sabir_message_free(pointer)
            return _read_and_free(reply.value)

        return _runtime.wait(call)

    def ask(self, message: Any, timeout: float | None = 5.0) -> Any:
        """Send a request and wait for its one outcome. Works for local and remote actors.

        Args:
            message: an instance of a message class.
            timeout: seconds, or None to wait without end.

        Returns:
            the reply.

        Raises:
            TimedOutSabirError: no answer in time.
            RejectedSabirError: answered with a Reject, see its `reject`.
            DownSabirError: the link to the peer was lost before the answer came.
            ReentrantSabirError, DeadlockSabirError: made inside a handler, it would never end.
            UnsupportedSabirError, UnboundSabirError: such a peer cannot be asked.
            SabirError: those of `send`.
        """
        pointer = new_message(message, self.is_python)
        duration = _timeout_ns(timeout, pointer)
        return _runtime.wait(lambda: self._ask(pointer, duration))

    def _ask(self, request: int, timeout_ns: int) -> Any:
        reply = ctypes.c_void_p()
        code = _ffi.sabir_ref_ask(self._pointer, request, timeout_ns, ctypes.byref(reply))
        return outcome(None if code == OK else _ffi.error(code), reply.value)

    async def ask_async(self, message: Any, timeout: float | None = 5.0) -> Any:
        """`ask` for asyncio: `await ref.ask_async(Get("a"))` lets the event loop go on meanwhile.

        Args, Returns, Raises: as `ask`.
        """
        from ._ask import Asking

        pointer = new_message(message, self.is_python)
        duration = _timeout_ns(timeout, pointer)
        return await Asking().start(self._pointer, pointer, duration)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ActorRef):
            return NotImplemented
        return bool(_ffi.sabir_ref_equal(self._pointer, other._pointer))

    def __hash__(self) -> int:
        return hash((self.name, self.endpoint))

    def __repr__(self) -> str:
        endpoint = self.endpoint
        return f"ActorRef({self.name!r} at {endpoint})" if endpoint else f"ActorRef({self.name!r})"

    def __del__(self, release: Any = _ffi.sabir_ref_release) -> None:
        pointer = getattr(self, "_pointer", 0)
        if pointer:
            release(pointer)


def own(pointer: int) -> ActorRef:
    """The ref of a core pointer that came with a count of its own."""
    known = _local.get(pointer)
    if known is None:
        return ActorRef(pointer)
    _ffi.sabir_ref_release(pointer)
    return known


def adopt(pointer: int) -> ActorRef | None:
    """The ref of a core pointer that was only lent; None for NULL."""
    if not pointer:
        return None
    return _local.get(pointer) or ActorRef(_ffi.sabir_ref_retain(pointer))


def remember_local(ref: ActorRef) -> None:
    """Let `adopt` find the ref of a Python actor of this process."""
    _local[ref._pointer] = ref


def forget_local(ref: ActorRef) -> None:
    """The actor is gone."""
    _local.pop(ref._pointer, None)


def ref_of(sender: Sender) -> ActorRef | None:
    """The ref that a caller means by `sender`.

    Raises:
        InvalidSabirError: it is neither a ref nor an actor that a manager has.
    """
    if sender is None or isinstance(sender, ActorRef):
        return sender
    ref = getattr(sender, "ref", None)
    if isinstance(ref, ActorRef):
        return ref
    raise InvalidSabirError(f"a sender is an ActorRef or an actor that is managed, not {sender!r}")


def pointer_of(sender: Sender) -> int:
    """The core pointer of `sender`, which is not None."""
    ref = sender if isinstance(sender, ActorRef) else ref_of(sender)
    assert ref is not None
    return ref._pointer


def lent_of(sender: Sender) -> Any:
    """The same as an argument of a bare function."""
    worker = getattr(sender, "_worker", None)
    if worker is not None:
        return worker.ref._lent
    ref = ref_of(sender)
    assert ref is not None
    return ref._lent


def outcome(problem: SabirError | None, reply: int | None) -> Any:
    """What an ask comes to: the reply, or the exception that says why there is none. Frees the core's reply."""
    if problem is None:
        return _read_and_free(reply)
    if isinstance(problem, RejectedSabirError) and reply:
        reject = _read_and_free(reply)
        raise RejectedSabirError(f"{reject.code}: {reject.reason}", reject)
    if reply:
        _ffi.sabir_message_free(reply)
    raise problem


def _read_and_free(pointer: int | None) -> Any:
    if not pointer:
        return None
    try:
        return read_message(pointer)
    finally:
        _ffi.sabir_message_free(pointer)


def _timeout_ns(timeout: float | None, request: int) -> int:
    try:
        return -1 if timeout is None else _runtime.nanoseconds(timeout, "a timeout")
    except InvalidSabirError:
        _ffi.sabir_message_free(request)
        raise
