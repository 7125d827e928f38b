"""Overload: what happens to a message for a mailbox that is full."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .ref import ActorRef

HighWaterMark: TypeAlias = "tuple[int, ActorRef]"


class Overload(IntEnum):
    """Policies for a full mailbox; whatever is dropped is a counted dead letter."""

    FAIL = 0  # the sender gets FullSabirError
    DROP_NEWEST = 1  # the sender does not notice
    DROP_OLDEST = 2
