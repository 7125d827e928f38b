"""The messages that come with the library: an actor handles them with `on_timeout`, `on_reject` and so on.

`Start`, `Shutdown`, `Timeout`, `LinkDown` and `Down` are sent by the core alone, never by a program and never by another node; `Continue`
is an actor's own. `Subscribe`, `Unsubscribe` and `Set` are ordinary messages that every language knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _ffi
from .kind import Json, UInt64
from .message import builtin_message, message

if TYPE_CHECKING:
    from .timer import Timer


@dataclass
class Start:
    """What `on_start(self, env)` finds in `env.msg`."""


@dataclass
class Shutdown:
    """What `on_stop(self, env)` finds in `env.msg`."""


@dataclass
class Timeout:
    """A timer has fired.

    Attributes:
        timer_id: the core's number of the timer.
        missed: firings of a periodic timer that fell due while this one waited to be handled.
        timer: the timer itself, if this program armed it.
    """

    timer_id: UInt64
    missed: UInt64

    _timer: Any = field(default=None, init=False, compare=False, repr=False)

    @property
    def timer(self) -> Timer | None:
        return self._timer  # type: ignore[no-any-return]

    @property
    def id(self) -> Any:
        """The tag that the timer was armed with, or the core's number if it has none."""
        return self.timer_id if self._timer is None or self._timer.tag is None else self._timer.tag


@dataclass
class LinkDown:
    """The connection to a peer is lost: of its `sent` envelopes up to `maybe_lost` did not arrive."""

    endpoint: str
    sent: UInt64
    maybe_lost: UInt64


@message
class HighWater:
    """The mailbox of an actor fills up; see `Manager.manage`. An ordinary message.

    Attributes:
        actor: its name.
        queued_msgs: how many messages were queued when the notice was sent.
    """

    actor: str
    queued_msgs: UInt64


@dataclass
class Down:
    """An actor that this one watches has ended, or is out of sight.

    Attributes:
        name: the actor's.
        endpoint: its node's, or "" in a process without one.
        reason: "stopped", "failed", "unknown_target", "lost" (the link to its node: it may well live), "refused" or "other".
    """

    name: str
    endpoint: str
    reason: str


@dataclass
class Reject:
    """An envelope could not be delivered to a handler; `code` says why, `reason` says it in words."""

    code: str
    reason: str
    message_type: str
    target: str
    rejected_by: str


@dataclass
class Continue:
    """What an actor sends itself to go on with long work once it has handled what is queued."""


@dataclass
class Subscribe:
    """Tell me of `topic`, or of everything; whoever sends this is the subscriber."""

    topic: str | None = None


@dataclass
class Unsubscribe:
    """No more of `topic`; without one, of nothing any more."""

    topic: str | None = None


@dataclass
class Set:
    """Set a named value of an actor, whatever the actor makes of it."""

    name: str
    value: Json = None


builtin_message(Start, _ffi.sabir_type_start(), "Start")
builtin_message(Shutdown, _ffi.sabir_type_shutdown(), "Shutdown")
builtin_message(Timeout, _ffi.sabir_type_timeout(), "Timeout")
builtin_message(LinkDown, _ffi.sabir_type_linkdown(), "LinkDown")
builtin_message(Reject, _ffi.sabir_type_reject(), "Reject")
builtin_message(Continue, _ffi.sabir_type_continue(), "Continue")
builtin_message(Subscribe, _ffi.sabir_type_subscribe(), "Subscribe")
builtin_message(Unsubscribe, _ffi.sabir_type_unsubscribe(), "Unsubscribe")
builtin_message(Set, _ffi.sabir_type_set(), "Set")
builtin_message(Down, _ffi.sabir_type_down(), "Down")
