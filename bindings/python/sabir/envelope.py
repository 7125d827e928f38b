"""Envelope: the message in hand, who sent it, and the right to answer.

A handler `on_ping(self, env)` gets one. It is of use until the handler returns; what is to be kept longer is `env.msg`, `env.sender`
or the token of `env.reply_take()`.
"""

from __future__ import annotations

import ctypes
from typing import Any, Generic, TypeVar

from . import _ffi, _runtime
from ._errors import OK, MismatchSabirError, NotFoundSabirError, StateSabirError, UnsupportedSabirError
from ._handle import Handle
from .message import new_message, type_of
from .ref import ActorRef, adopt

M = TypeVar("M")


class Envelope(Generic[M]):
    """One message on its way through a handler.

    Attributes:
        msg: the message; `env.msg.count` is its field `count`.
    """

    __slots__ = ("_sender", "msg")

    def __init__(self, msg: M, sender: ActorRef | int | None = None) -> None:
        self.msg = msg
        self._sender = sender

    @property
    def sender(self) -> ActorRef | None:
        """Whoever sent the message, or None if it names nobody."""
        if isinstance(self._sender, int):
            self._sender = adopt(self._sender)
        return self._sender

    def reply(self, message: Any) -> None:
        """Answer whoever sent the message, by whatever way it came: mailbox, fast_send, ask, wire.

        Raises:
            NotFoundSabirError: the message names no sender, or was answered already.
            StateSabirError: the handler has returned; `reply_take` is for answering later.
            SabirError: those of `ActorRef.send`.
        """
        raise NotFoundSabirError("this message has nobody who could be answered")

    def reply_take(self) -> ReplyToken:
        """Move the right to answer out of the handler: the token answers later, exactly once, from any thread.

        Raises:
            NotFoundSabirError: nobody to answer, or answered already.
            UnsupportedSabirError: the message came by fast_send, whose caller waits in this very call.
        """
        raise NotFoundSabirError("this message has nobody who could be answered")

    def __repr__(self) -> str:
        sender = self.sender
        return f"Envelope({self.msg!r} from {sender.name if sender else 'nobody'})"


class PulledEnvelope(Envelope[M]):
    """Of a message that the actor's own thread took from its mailbox."""

    __slots__ = ("_index", "_puller")

    def __init__(self, puller: int) -> None:
        """For the messages of a core puller, one after the other: it fills in `msg`, `_sender` and `_index`."""
        self._puller = puller
        self._index: int

    def end(self) -> None:
        """The handler has returned. Whoever kept the envelope keeps its sender, but not the right to answer."""
        if isinstance(self._sender, int):
            self._sender = adopt(self._sender)
        self._puller = 0

    def reply(self, message: Any) -> None:
        puller = self._puller or _too_late()
        declared = type_of(message)
        if not declared.is_view and speaks_python(self._sender):
            key = _runtime.keep(message)
            code = _ffi.sabir_puller_reply_object(puller, self._index, declared.pointer, key)
            if code == OK:
                return
            problem = _ffi.error(code)
            _runtime.take(key)
            if code != MismatchSabirError.code:
                raise problem
        send_reply(lambda pointer: _ffi.sabir_puller_reply(puller, self._index, pointer), message, as_object=False)

    def reply_take(self) -> ReplyToken:
        puller = self._puller or _too_late()
        token = ctypes.c_void_p()
        _ffi.sabir_puller_reply_take(puller, self._index, ctypes.byref(token))
        return ReplyToken(token.value or 0, speaks_python(self._sender))


class DirectEnvelope(Envelope[M]):
    """Of a fast_send from Python to Python: the reply is handed back to the caller, who waits in this very call."""

    __slots__ = ("answer", "is_over")

    def __init__(self) -> None:
        """For the calls of an actor, one after the other: it fills in `msg` and `_sender`."""
        self.answer: Any = None
        self.is_over = False

    def reply(self, message: Any) -> None:
        if self.is_over:
            _too_late()
        if self.answer is not None:
            raise NotFoundSabirError("this fast_send was answered already")
        type_of(message)
        self.answer = message

    def reply_take(self) -> ReplyToken:
        raise UnsupportedSabirError("a fast_send is answered in its handler: its caller waits in this very call")


class ContextEnvelope(Envelope[M]):
    """Of a message that the core handed over on another thread than the actor's: a fast_send from C or Rust, or an ordered one."""

    __slots__ = ("_context",)

    def __init__(self, msg: M, sender: int | None, context: int) -> None:
        self.msg = msg
        self._sender = sender
        self._context = context

    def end(self) -> None:
        """The handler has returned."""
        if isinstance(self._sender, int):
            self._sender = adopt(self._sender)
        self._context = 0

    def reply(self, message: Any) -> None:
        context = self._context or _too_late()
        send_reply(
            lambda pointer: _ffi.sabir_context_reply(context, pointer),
            message,
            speaks_python(self._sender),
        )

    def reply_take(self) -> ReplyToken:
        context = self._context or _too_late()
        token = ctypes.c_void_p()
        _ffi.sabir_context_reply_take(context, ctypes.byref(token))
        return ReplyToken(token.value or 0, speaks_python(self._sender))


class ReplyToken(Handle):
    """The right to answer one message, taken out of its handler. Dropped unused, an asker gets a Reject `failed`."""

    def __init__(self, pointer: int, as_object: bool) -> None:
        self._pointer = pointer
        self._as_object = as_object

    def reply(self, message: Any) -> None:
        """Answer. The token is used up, also when the answer cannot be sent; not when the message itself cannot be made.

        Raises:
            StateSabirError: it was used already.
            SabirError: those of `ActorRef.send`.
        """
        message_pointer = new_message(message, self._as_object)
        token, self._pointer = self._pointer, 0
        if not token:
            _ffi.sabir_message_free(message_pointer)
            raise StateSabirError("the token was used already: it answers one message once")
        code = _ffi.sabir_reply_token_send(token, message_pointer)
        if code != OK:
            problem = _ffi.error(code)
            _ffi.sabir_message_free(message_pointer)
            raise problem

    def drop(self) -> None:
        """Give up the right to answer. Idempotent."""
        token, self._pointer = self._pointer, 0
        if token:
            _ffi.sabir_reply_token_free(token)

    def __del__(self) -> None:
        if getattr(self, "_pointer", 0):
            self.drop()


def speaks_python(sender: ActorRef | int | None) -> bool:
    """Whether a reply to `sender` may go by reference."""
    if isinstance(sender, int):
        return sender != 0 and bool(_ffi.sabir_ref_language(sender) == _runtime.LANGUAGE)
    return sender is not None and sender.is_python


def send_reply(send: Any, message: Any, as_object: bool) -> None:
    """Make a core message of `message` and answer with it, as JSON if the other side does not take objects."""
    pointer = new_message(message, as_object)
    code = send(pointer)
    if code == OK:
        return
    problem = _ffi.error(code)
    _ffi.sabir_message_free(pointer)
    if not as_object or code != MismatchSabirError.code:
        raise problem
    send_reply(send, message, as_object=False)


def _too_late() -> Any:
    raise StateSabirError("the handler has returned: take the right to answer with env.reply_take() while it runs")
