"""Actor: the class to derive from. Private state, one mailbox, one message at a time.

    class Pong(sabir.Actor):
        def on_ping(self, env):
            return Pong(env.msg.count)      # what a handler returns is its reply

A derived class needs no `super().__init__()`. Which methods are handlers is the business of handler.py; beside them there are
`on_start(self)` before the first message and `on_stop(self)` after the last one, both on the actor's own thread. (`init` and `end`
mean the same; `on_start(self, env)` finds a `Start` in `env.msg`.)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from . import _ffi
from ._errors import InvalidSabirError, StateSabirError
from .builtin import Shutdown, Start
from .envelope import Envelope
from .ref import ActorRef
from .timer import Timer

if TYPE_CHECKING:
    from ._loop import ActorLoop
    from ._worker import Worker
    from .manager import Manager


class Actor:
    """Base class of all actors."""

    _worker: Worker | None = None

    # What happens when the mailbox is full, and how many messages it holds; None: the core's default, 65 536.
    capacity_msgs: ClassVar[int | None] = None

    @property
    def ref(self) -> ActorRef:
        """The actor's own ref.

        Raises:
            StateSabirError: no manager has it yet.
        """
        return self._managed().ref

    # The name that programs of the older family use.
    _actor_ref = ref

    @property
    def name(self) -> str:
        """The name under which it is managed."""
        return self._managed().actor_name

    @property
    def manager(self) -> Manager:
        """The manager that has it."""
        return self._managed().manager

    def send(self, to: ActorRef, message: Any) -> None:
        """Send with this actor as the sender: `to.send(message, self)`."""
        to.send(message, self)

    def reply(self, env: Envelope[Any], message: Any) -> None:
        """The same as `env.reply(message)`."""
        env.reply(message)

    def after(self, delay: float, then: Callable[[], Any] | None = None, *, tag: Any = None) -> Timer:
        """Call `then`, or `on_timeout` without one, once after `delay` seconds, on this actor's thread.

        Args:
            delay: seconds, 0 or more.
            then: called without arguments; its failure is the actor's.
            tag: comes back as `env.msg.id` in `on_timeout`.

        Raises:
            UnhandledSabirError: neither `then` nor `on_timeout` is there.
        """
        return Timer.once(self.ref, delay, then, tag=tag)

    def every(self, period: float, then: Callable[[], Any] | None = None, *, tag: Any = None) -> Timer:
        """Call `then` or `on_timeout` every `period` seconds, first after one period. Args, Raises: as `after`."""
        return Timer.periodic(self.ref, period, then, tag=tag)

    def every_aligned(self, period: float, then: Callable[[], Any] | None = None, *, offset: float = 0, tag: Any = None) -> Timer:
        """Call `then` or `on_timeout` when the wall clock (UTC) comes to a multiple of `period`, plus `offset`. As `Timer.aligned`."""
        return Timer.aligned(self.ref, period, then, offset=offset, tag=tag)

    def watch(self, other: ActorRef) -> None:
        """Be told once, by `on_down`, when that actor ends, in this process or in another; at once if it has ended already.

        To watch the same actor twice is to watch it once. A restart of the other one is no end; one of this actor ends its watches.

        Raises:
            UnhandledSabirError: this actor has no `on_down`.
            UnsupportedSabirError: nobody has said that the other node speaks v1.
            SabirError: of another process, those of `ActorRef.send`.
        """
        _ffi.sabir_ref_watch(other._pointer, self.ref._pointer)

    def unwatch(self, other: ActorRef) -> None:
        """Do not be told. A `Down` that is under way still comes.

        Raises:
            NotFoundSabirError: it is not watched.
        """
        _ffi.sabir_ref_unwatch(other._pointer, self.ref._pointer)

    def stop(self) -> None:
        """Stop this actor when the handler in hand has returned; what is queued then becomes dead letters.

        For the actor's own handlers; from elsewhere there is `Manager.stop_actor`.

        Raises:
            StateSabirError: called from elsewhere.
        """
        self._managed().stop_after_handler()

    def _managed(self) -> Worker:
        if self._worker is None:
            raise StateSabirError(f"{type(self).__qualname__} is not managed yet: Manager.manage(name, actor) comes first")
        return self._worker


def check_life_hooks(actor: Actor) -> None:
    """Refuse a life hook that cannot be called.

    Raises:
        InvalidSabirError: it takes something else than nothing or an envelope.
    """
    for name in ("on_start", "on_stop", "on_shutdown", "init", "end"):
        hook = getattr(actor, name, None)
        if hook is not None and len(inspect.signature(hook).parameters) > (1 if name.startswith("on_") else 0):
            raise InvalidSabirError(f"{type(actor).__qualname__}.{name} takes (self) or (self, env)")


def run_start(actor: Actor, loop: ActorLoop) -> None:
    """What an actor does before its first message."""
    _call_hooks(actor, loop, ("init", "on_start"), Start())


def run_stop(actor: Actor, loop: ActorLoop) -> None:
    """What an actor does after its last message."""
    _call_hooks(actor, loop, ("on_shutdown", "on_stop", "end"), Shutdown())


def _call_hooks(actor: Actor, loop: ActorLoop, names: tuple[str, ...], message: Any) -> None:
    for name in names:
        hook = getattr(actor, name, None)
        if hook is None:
            continue
        result = hook(Envelope(message)) if inspect.signature(hook).parameters else hook()
        if inspect.iscoroutine(result):
            loop.run(result)
