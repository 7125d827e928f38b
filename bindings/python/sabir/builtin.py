"""The messages that come with the library: an actor handles them with `on_timeout`, `on_reject` and so on.

`Start`, `Shutdown`, `Timeout`, `LinkDown` and `Down` are sent by the core alone, never by a program and never by another node; `Continue`
is an actor's own. (Ordinary messages that every language knows: messages.py.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _ffi
from .kind import UInt64
from .message import builtin_message

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


builtin_message(Start, _ffi.sabir_type_start(), "Start")
builtin_message(Shutdown, _ffi.sabir_type_shutdown(), "Shutdown")
builtin_message(Timeout, _ffi.sabir_type_timeout(), "Timeout")
builtin_message(LinkDown, _ffi.sabir_type_linkdown(), "LinkDown")
builtin_message(Reject, _ffi.sabir_type_reject(), "Reject")
builtin_message(Continue, _ffi.sabir_type_continue(), "Continue")
builtin_message(Down, _ffi.sabir_type_down(), "Down")
