"""Group: many actors on a few threads.

    pool = manager.group("pool", 2)
    cells = [pool.manage(f"cell{number}", Cell()) for number in range(1000)]

Each actor is still handled by one thread at a time, and in order; which of the workers that is changes from turn to turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _ffi
from ._handle import Handle
from .failure import ActorFactory, OnFailure, Restart, Supervisor
from .overload import HighWaterMark, Overload

if TYPE_CHECKING:
    from .actor import Actor
    from .manager import Manager
    from .ref import ActorRef


class Group(Handle):
    """Manages actors that share worker threads; made by `Manager.group`, whose it is.

    Attributes:
        manager: the group's.
        name: its name.
        workers: how many threads it has.
    """

    def __init__(self, manager: Manager, name: str, pointer: int) -> None:
        self.manager = manager
        self.name = name
        self.workers: int = _ffi.sabir_group_workers(pointer)
        self._pointer = pointer

    def manage(
        self,
        name: str,
        actor: Actor | ActorFactory,
        *,
        capacity_msgs: int | None = None,
        overload: Overload = Overload.FAIL,
        high_water: HighWaterMark | None = None,
        local: bool = False,
        on_failure: OnFailure | Restart = OnFailure.RESUME,
        supervisor: Supervisor | None = None,
    ) -> ActorRef:
        """Give an actor a name and a place on the group's workers. Args, Raises: as `Manager.manage`."""
        return self.manager._manage(name, actor, None, self._pointer, capacity_msgs, overload, high_water, local, on_failure, supervisor)

    def __repr__(self) -> str:
        return f"Group({self.name!r}, {self.workers} workers)"
