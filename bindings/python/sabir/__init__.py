"""Sabir: actors in Python over one core, with C and Rust as neighbours and one protocol to other processes.

import sabir

@sabir.message
class Ping:
    count: int

@sabir.message
class Pong:
    count: int

class PongActor(sabir.Actor):
    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        return Pong(env.msg.count)

with sabir.Manager() as manager:
    pong = manager.manage("pong", PongActor())
    manager.start()
    print(pong.ask(Ping(1)))
"""

import importlib
from typing import TYPE_CHECKING, Any

from . import _ffi
from ._errors import (
    BadPayloadSabirError,
    BindSabirError,
    ClosedSabirError,
    DeadlockSabirError,
    DownSabirError,
    ExistsSabirError,
    FailedSabirError,
    ForkedSabirError,
    FullSabirError,
    InterruptedSabirError,
    InvalidSabirError,
    IOSabirError,
    MalformedSabirError,
    MemorySabirError,
    MismatchSabirError,
    NotFoundSabirError,
    PermissionSabirError,
    ReentrantSabirError,
    RefusedSabirError,
    RejectedSabirError,
    RemoteSabirError,
    ReservedSabirError,
    SabirError,
    StateSabirError,
    TimedOutSabirError,
    TooBigSabirError,
    UnboundSabirError,
    UnhandledSabirError,
    UnsupportedSabirError,
    ValueSabirError,
    VersionSabirError,
)
from .actor import Actor
from .builtin import Continue, Down, LinkDown, Reject, Shutdown, Start, Timeout
from .config import Dialect, NodeConfig, Peer, node_config_from_env
from .dead_letter import DeadLetter
from .envelope import Envelope, ReplyToken
from .failure import OnFailure, Restart, Strategy, Supervisor
from .group import Group
from .kind import Array, Int32, Int64, Json, UInt64
from .manager import Manager, ManagerHandle
from .message import OpenMessage, encode, find_message, message
from .node import run_node
from .overload import Overload
from .ref import ActorRef
from .tap import Tap, Tapped
from .thread_config import Policy, ThreadConfig
from .timer import Timer

if TYPE_CHECKING:
    from .messages import HighWater, Set, Subscribe, Unsubscribe
    from .subscribers import Publisher, Subscribers

__version__ = "1.0.0"

# Imported when they are first asked for: their types are registered then (messages.py).
_LATER = {
    "HighWater": "messages",
    "Set": "messages",
    "Subscribe": "messages",
    "Unsubscribe": "messages",
    "Publisher": "subscribers",
    "Subscribers": "subscribers",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    return found


def core_version() -> str:
    """The version of the loaded core."""
    text: bytes = _ffi.sabir_version_text()
    return text.decode()


__all__ = [
    "Actor",
    "ActorRef",
    "Array",
    "BadPayloadSabirError",
    "BindSabirError",
    "ClosedSabirError",
    "Continue",
    "DeadLetter",
    "DeadlockSabirError",
    "Dialect",
    "Down",
    "DownSabirError",
    "Envelope",
    "ExistsSabirError",
    "FailedSabirError",
    "ForkedSabirError",
    "FullSabirError",
    "Group",
    "IOSabirError",
    "Int32",
    "Int64",
    "InterruptedSabirError",
    "InvalidSabirError",
    "Json",
    "HighWater",
    "LinkDown",
    "MalformedSabirError",
    "Manager",
    "ManagerHandle",
    "MemorySabirError",
    "MismatchSabirError",
    "NodeConfig",
    "NotFoundSabirError",
    "OnFailure",
    "OpenMessage",
    "Overload",
    "Peer",
    "PermissionSabirError",
    "Policy",
    "Publisher",
    "ReentrantSabirError",
    "RefusedSabirError",
    "Reject",
    "RejectedSabirError",
    "RemoteSabirError",
    "ReplyToken",
    "ReservedSabirError",
    "Restart",
    "SabirError",
    "Set",
    "Shutdown",
    "Start",
    "StateSabirError",
    "Strategy",
    "Subscribe",
    "Subscribers",
    "Supervisor",
    "Tap",
    "Tapped",
    "ThreadConfig",
    "TimedOutSabirError",
    "Timeout",
    "Timer",
    "TooBigSabirError",
    "UInt64",
    "UnboundSabirError",
    "UnhandledSabirError",
    "Unsubscribe",
    "UnsupportedSabirError",
    "ValueSabirError",
    "VersionSabirError",
    "core_version",
    "encode",
    "find_message",
    "message",
    "node_config_from_env",
    "run_node",
]
