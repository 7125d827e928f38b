"""Ordinary messages that every language knows.

Importing this module registers their types, so it is imported only when a program uses one of them: whoever does not may give a message of
their own such a name.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import _ffi
from ._errors import MismatchSabirError
from .kind import Json, UInt64
from .message import builtin_message, message


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


def _known(pointer: int | None) -> int:
    if not pointer:
        raise MismatchSabirError(_ffi.detail())
    return pointer


builtin_message(Subscribe, _known(_ffi.sabir_type_subscribe()), "Subscribe")
builtin_message(Unsubscribe, _known(_ffi.sabir_type_unsubscribe()), "Unsubscribe")
builtin_message(Set, _known(_ffi.sabir_type_set()), "Set")
