"""Publishing: an actor that others ask to be told, in any language, in this process or in another.

    class Ticker(sabir.Publisher):
        def on_tick(self, env):
            self.publish(Price(env.msg.symbol, 101.5), topic=env.msg.symbol)

A subscriber sends it `Subscribe()` or `Subscribe("AAPL")` and gets what is published; `Unsubscribe` ends that. Those that have stopped are
dropped by themselves.
"""

from __future__ import annotations

import contextlib
import ctypes
from typing import TYPE_CHECKING, Any

from . import _ffi
from ._errors import OK, ClosedSabirError, InvalidSabirError, NotFoundSabirError, SabirError
from ._handle import Handle
from .actor import Actor
from .builtin import Down, LinkDown, Reject
from .envelope import Envelope
from .messages import Subscribe, Unsubscribe
from .ref import ActorRef, adopt, pointer_of

if TYPE_CHECKING:
    from .ref import Sender


def _text(topic: str | None) -> tuple[bytes | None, int]:
    data = None if topic is None else topic.encode()
    return data, len(data or b"")


class Subscribers(Handle):
    """Who asked to be told, by topic. Belongs to one actor, whose handlers alone use it."""

    def __init__(self) -> None:
        made = ctypes.c_void_p()
        _ffi.sabir_subscribers_new(ctypes.byref(made))
        self._pointer = made.value or 0

    def add(self, subscriber: Sender, topic: str | None = None) -> None:
        """Subscribe an actor to `topic`, or to everything. Twice is once."""
        if subscriber is None:
            raise InvalidSabirError("a subscriber is an ActorRef, not None")
        _ffi.sabir_subscribers_add(self._pointer, pointer_of(subscriber), *_text(topic))

    def remove(self, subscriber: Sender, topic: str | None = None) -> bool:
        """Take back one subscription, or all of them; False if there was none."""
        if subscriber is None:
            return False
        code = _ffi.sabir_subscribers_remove(self._pointer, pointer_of(subscriber), *_text(topic))
        if code not in (OK, NotFoundSabirError.code):
            raise _ffi.error(code)
        return bool(code == OK)

    def take(self, env: Envelope[Any]) -> None:
        """Do what a Subscribe or Unsubscribe asks for, or what a Down, LinkDown or Reject says of those that have gone."""
        message = env.msg
        if isinstance(message, Subscribe):
            self.add(env.sender, message.topic)
        elif isinstance(message, Unsubscribe):
            self.remove(env.sender, message.topic)
        elif isinstance(message, LinkDown):
            endpoint = message.endpoint.encode()
            _ffi.sabir_subscribers_link_down(self._pointer, endpoint, len(endpoint))
        elif isinstance(message, Reject):
            texts = (message.code, message.target, message.rejected_by)
            _ffi.sabir_subscribers_rejected(self._pointer, *(text.encode() for text in texts))

        elif isinstance(message, Down):
            texts = (message.name, message.endpoint, message.reason)
            _ffi.sabir_subscribers_down(self._pointer, *(text.encode() for text in texts))

    def listed(self, topic: str | None = None) -> list[ActorRef]:
        """Who is to be told of `topic`, or of what has none, each once."""
        refs, count = ctypes.c_void_p(), ctypes.c_size_t()
        _ffi.sabir_subscribers_list(self._pointer, *_text(topic), ctypes.byref(refs), ctypes.byref(count))
        pointers = ctypes.cast(refs, ctypes.POINTER(ctypes.c_void_p))
        return [ref for i in range(count.value) if (ref := adopt(pointers[i] or 0)) is not None]

    def publish(self, message: Any, topic: str | None = None, sender: Sender = None) -> int:
        """Send `message` to each; how many it was sent to. One that cannot be reached now misses it, one that has stopped is dropped.

        All of them in this process that are in Python share the one object: nobody should change it.

        Raises:
            InvalidSabirError, ValueSabirError, BadPayloadSabirError: it is no message, or cannot be carried.
        """
        reached = 0
        for ref in self.listed(topic):
            try:
                ref.send(message, sender)
                reached += 1
            except ClosedSabirError as error:
                _ffi.sabir_subscribers_settle(self._pointer, ref._pointer, error.code)
            except SabirError as error:
                if not _is_of_one(error):
                    raise
        return reached

    def __len__(self) -> int:
        return int(_ffi.sabir_subscribers_count(self._pointer))

    def __del__(self, free: Any = _ffi.sabir_subscribers_free) -> None:
        if getattr(self, "_pointer", 0):
            free(self._pointer)


def _is_of_one(error: SabirError) -> bool:
    """It lies with one subscriber, not with the message."""
    from . import _errors

    return isinstance(
        error,
        (
            _errors.FullSabirError,
            _errors.DownSabirError,
            _errors.UnhandledSabirError,
            _errors.RefusedSabirError,
            _errors.UnboundSabirError,
            _errors.MismatchSabirError,
        ),
    )


class Publisher(Actor):
    """An actor with subscribers, which it watches.

    A class that handles Down, LinkDown or Reject itself calls `self.subscribers.take(env)` in there.
    With a handler of its own for Down, it watches whom it wants to.
    """

    _subscribers: Subscribers | None = None

    @property
    def subscribers(self) -> Subscribers:
        """Who asked to be told."""
        if self._subscribers is None:
            self._subscribers = Subscribers()
        return self._subscribers

    def publish(self, message: Any, topic: str | None = None) -> int:
        """Send `message` to the subscribers, with this actor as the sender. Returns, Raises: as `Subscribers.publish`."""
        return self.subscribers.publish(message, topic, self)

    def on_subscribe(self, env: Envelope[Subscribe]) -> None:
        self.subscribers.take(env)
        if env.sender is not None and type(self).on_down is Publisher.on_down:
            with contextlib.suppress(SabirError):  # whom it cannot watch is dropped when a message does not reach it
                self.watch(env.sender)

    def on_unsubscribe(self, env: Envelope[Unsubscribe]) -> None:
        self.subscribers.take(env)

    def on_down(self, env: Envelope[Down]) -> None:
        self.subscribers.take(env)

    def on_linkdown(self, env: Envelope[LinkDown]) -> None:
        self.subscribers.take(env)

    def on_reject(self, env: Envelope[Reject]) -> None:
        self.subscribers.take(env)
