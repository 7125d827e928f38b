"""ThreadConfig: how the thread of one actor is to run."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from . import _ffi, _runtime


class Policy(IntEnum):
    """The operating system's scheduling policies."""

    NORMAL = 0
    FIFO = 1
    ROUND_ROBIN = 2


@dataclass(frozen=True)
class ThreadConfig:
    """Thread options of an actor; what is None is as the core has it by default.

    Attributes:
        cpus: the CPUs, numbered from 0, to which the thread is pinned.
        policy: its scheduling policy.
        priority: 1 to 99 for FIFO and ROUND_ROBIN, 0 for NORMAL.
        name: the thread's name, cut to 15 bytes; default: the actor's.
        spin: seconds that it spins before it parks; 0: never, None: as is best.
        strict: an option that cannot be had makes the start fail, instead of being logged and left out.
    """

    cpus: Sequence[int] = ()
    policy: Policy = Policy.NORMAL
    priority: int = 0
    name: str | None = None
    spin: float | None = None
    strict: bool = False

    @classmethod
    def with_affinity(cls, cpus: Sequence[int]) -> ThreadConfig:
        """Pinned to these CPUs, otherwise the defaults."""
        return cls(cpus=tuple(cpus))

    def with_priority(self, policy: Policy, priority: int) -> ThreadConfig:
        """The same with another scheduling."""
        return replace(self, policy=policy, priority=priority)

    def apply(self, actor: int) -> None:
        """Set the options of a core actor that is not managed yet."""
        if self.cpus:
            numbers = (ctypes.c_uint32 * len(self.cpus))(*(_runtime.count(cpu, "a CPU's number") for cpu in self.cpus))
            _ffi.sabir_actor_set_cpus(actor, numbers, len(self.cpus))
        if self.policy or self.priority:
            _ffi.sabir_actor_set_scheduling(actor, int(self.policy), _runtime.count(self.priority, "a priority"))
        if self.name is not None:
            _ffi.sabir_actor_set_thread_name(actor, _runtime.c_text(self.name, "a thread's name"))
        if self.spin is not None:
            _ffi.sabir_actor_set_spin_ns(actor, _runtime.nanoseconds(self.spin, "spin"))
        if self.strict:
            _ffi.sabir_actor_set_strict(actor, True)
