"""What becomes of an actor whose handler failed, and supervisors, which decide it for several actors.

    manager.manage("ledger", Ledger, on_failure=sabir.Restart())      # the class, or whatever makes a fresh one
    shop = manager.supervisor("shop", sabir.Strategy.ALL_FOR_ONE)
    shop.manage("till", lambda: Till(drawer=7))

The failing message is a dead letter and is never tried again. A restart is a fresh object with the mailbox kept: its `on_start` runs, the
timers and watches of the old one are gone. The old object is dropped; its `on_stop` is for an orderly end and is not called.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from . import _ffi, _runtime
from ._errors import InvalidSabirError
from .actor import Actor

if TYPE_CHECKING:
    from .manager import Manager
    from .ref import ActorRef

_UNLIMITED = 0xFFFFFFFF

# What makes an actor: its class, or anything that is called without arguments and returns a new one.
ActorFactory: TypeAlias = Callable[[], Actor]


class OnFailure(IntEnum):
    """Policies without more to say; the third one is `Restart`."""

    RESUME = 0  # the next message, with the state as it is
    STOP = 1  # the end: `on_stop`, and a `Down` with the reason "failed" for those who watch


class Strategy(IntEnum):
    """Who is restarted when one actor of a supervisor fails."""

    ONE_FOR_ONE = 0
    ALL_FOR_ONE = 1


@dataclass(frozen=True)
class Restart:
    """Restart it with fresh state, its mailbox kept.

    Attributes:
        limit: how many restarts there may be within any `window`, 0 to 64, or None: without a limit. One more is the end.
        window: in seconds.
        first_delay: seconds before the first one; doubled with each further one within the window, and shortened at random.
        max_delay: the longest delay in seconds.
    """

    limit: int | None = 3
    window: float = 10.0
    first_delay: float = 0.01
    max_delay: float = 1.0

    def apply(self, set_limit: Callable[..., Any], set_delay: Callable[..., Any], pointer: int) -> None:
        """Tell the core, by the functions for an actor or for a supervisor."""
        limit = _UNLIMITED if self.limit is None else _runtime.count(self.limit, "a restart limit")
        set_limit(pointer, limit, _runtime.nanoseconds(self.window, "a window"))
        set_delay(pointer, _runtime.nanoseconds(self.first_delay, "a delay"), _runtime.nanoseconds(self.max_delay, "a delay"))


@dataclass(frozen=True)
class Recovery:
    """What `Manager.manage` was told of failures: for the core, and what makes a fresh actor."""

    policy: OnFailure | Restart
    supervisor: int
    factory: ActorFactory | None

    def apply(self, core: int) -> None:
        """Tell the core of an actor that is not managed yet."""
        if self.supervisor:
            _ffi.sabir_actor_set_supervisor(core, self.supervisor)
        elif isinstance(self.policy, Restart):
            _ffi.sabir_actor_set_on_failure(core, 2)
            self.policy.apply(_ffi.sabir_actor_set_restart_limit, _ffi.sabir_actor_set_restart_delay, core)
        else:
            _ffi.sabir_actor_set_on_failure(core, int(self.policy))


def make_first(actor: Actor | ActorFactory, policy: OnFailure | Restart, supervisor: int) -> tuple[Actor, Recovery]:
    """The actor to manage, and what is to happen when it fails.

    Raises:
        InvalidSabirError: it is to be restarted, and there is nothing that makes a fresh one.
    """
    if not supervisor and not isinstance(policy, Restart):
        return actor, Recovery(policy, 0, None)  # type: ignore[return-value]  # Manager.manage judges it
    if isinstance(actor, Actor) or not callable(actor):
        raise InvalidSabirError(
            f"to be restarted, an actor comes as what makes it: {type(actor).__qualname__}, or lambda: {type(actor).__qualname__}(...)"
        )
    return actor(), Recovery(policy, supervisor, actor)


class Supervisor:
    """Restarts several actors together or one by one, and passes it on, or gives up, when that happens too often.

    Made by `Manager.supervisor`; it lives as long as its manager.
    """

    def __init__(self, manager: Manager, pointer: int) -> None:
        self._manager = manager
        self._pointer = pointer

    def manage(self, name: str, factory: ActorFactory, **options: Any) -> ActorRef:
        """As `Manager.manage`, with what makes the actor: its class, or a function that returns a new one."""
        return self._manager.manage(name, factory, supervisor=self, **options)


def new_supervisor(manager: Manager, core: int, name: str, strategy: Strategy, rule: Restart, parent: Supervisor | None) -> Supervisor:
    """A supervisor of that manager, whose core pointer is `core`."""
    made = ctypes.c_void_p()
    _ffi.sabir_supervisor_new(core, _runtime.c_text(name, "a supervisor's name"), int(strategy), ctypes.byref(made))
    pointer = made.value or 0
    rule.apply(_ffi.sabir_supervisor_set_restart_limit, _ffi.sabir_supervisor_set_restart_delay, pointer)
    if parent is not None:
        _ffi.sabir_supervisor_set_parent(pointer, parent._pointer)
    return Supervisor(manager, pointer)
