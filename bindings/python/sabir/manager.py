"""Manager: owns the actors and threads of one process, and its way to the other nodes.

    with sabir.Manager() as manager:
        pong = manager.manage("pong", PongActor())
        manager.manage("ping", PingActor(pong))
        manager.start()
        manager.run()

Leaving the block stops the actors, in the reverse order of `manage`, each drained before the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from . import _ffi, _log, _runtime, plugin
from ._core_actor import new_core_actor
from ._errors import (
    ClosedSabirError,
    ExistsSabirError,
    ForkedSabirError,
    InvalidSabirError,
    SabirError,
    TimedOutSabirError,
)
from ._handle import Handle
from ._puller import Puller
from ._run import run_until_terminated
from ._worker import Worker
from .actor import Actor, check_life_hooks
from .config import CoreConfig, Dialect, NodeConfig, node_config_from_env
from .dead_letter import DeadLetterHandler, on_dead_letter
from .failure import ActorFactory, OnFailure, Recovery, Restart, Strategy, Supervisor, make_first, new_supervisor
from .group import Group
from .overload import HighWaterMark, Overload
from .ref import ActorRef, own, ref_of, remember_local
from .tap import Tap
from .thread_config import ThreadConfig

log = logging.getLogger("sabir")

# How long close waits for other threads to come back from calls of the manager that it has ended.
_LAST_CALLS_S = 1.0


class ManagerHandle:
    """What an actor needs to end the program: `manager.get_handle().terminate()`."""

    def __init__(self, manager: Manager) -> None:
        self._manager = manager

    def terminate(self) -> None:
        """End `Manager.run`, now or later."""
        self._manager.terminate()

    def is_terminated(self) -> bool:
        """Whether somebody has said terminate."""
        return self._manager.is_terminated


class Manager(Handle):
    """The actors of one process. A context manager; everything raises `ClosedSabirError` after `close`."""

    _worker_class = Worker

    def __init__(self, config: NodeConfig | None = None) -> None:
        """Make a manager; with a `bind` in its configuration it is bound when this returns, and reads nothing before `start`.

        Raises:
            BindSabirError: the endpoint cannot be bound.
            PermissionSabirError: it is beyond loopback and that is not permitted.
            InvalidSabirError: something in the configuration is not valid.
        """
        self._pointer: int | None = None
        self._workers: list[Worker] = []
        self._pullers: list[Puller] = []
        self._started = False
        self.is_terminated = False
        self._uses = 0
        self._forks = _runtime.forks
        self._changed = threading.Condition(threading.RLock())
        _log.redirect()
        made = ctypes.c_void_p()
        with CoreConfig(config or NodeConfig()) as core:
            _ffi.sabir_manager_new(core.pointer, ctypes.byref(made))
        self._pointer = made.value
        _runtime.close_at_exit(self)

    @classmethod
    def from_env(cls) -> Manager:
        """A manager for a node of a topology: bound and named as `SABIR_BIND` and its kin say."""
        return cls(node_config_from_env())

    # ---- Actors ---------------------------------------------------------------------------------------------------------------

    def manage(
        self,
        name: str,
        actor: Actor | ActorFactory,
        thread_config: ThreadConfig | None = None,
        *,
        capacity_msgs: int | None = None,
        overload: Overload = Overload.FAIL,
        high_water: HighWaterMark | None = None,
        local: bool = False,
        on_failure: OnFailure | Restart = OnFailure.RESUME,
        supervisor: Supervisor | None = None,
    ) -> ActorRef:
        """Give an actor a name and a place. After `start` it starts at once.

        Args:
            name: unique in this manager.
            actor: an object of a class that derives from `Actor`, managed once; to be restarted: its class, or a function that makes one.
            thread_config: how its thread is to run.
            capacity_msgs: how many messages its mailbox holds, 0: without a limit; default: its class's, or 65 536.
            overload: what happens when the mailbox is full.
            high_water: how many queued messages are told to whom, by a `HighWater`: once, until the queue has been below.
            local: other nodes cannot reach it.
            on_failure: what happens when a handler raises.
            supervisor: decides that together with others; see `Manager.supervisor`.

        Raises:
            ExistsSabirError: the name is taken, or the actor is managed already.
            ReservedSabirError: the name begins with `sabir.`.
            InvalidSabirError: the name breaks ENV-6, or a method `on_…` fits no message class.
        """
        return self._manage(name, actor, thread_config, None, capacity_msgs, overload, high_water, local, on_failure, supervisor)

    def _manage(
        self,
        name: str,
        actor: Actor | ActorFactory,
        thread_config: ThreadConfig | None,
        group: int | None,
        capacity_msgs: int | None,
        overload: Overload,
        high_water: HighWaterMark | None,
        local: bool,
        on_failure: OnFailure | Restart,
        supervisor: Supervisor | None,
    ) -> ActorRef:
        """On a thread of its own, or on the workers of the core's `group`."""
        actor, recovery = make_first(actor, on_failure, supervisor._pointer if supervisor else 0)
        worker = self._new_worker(name, actor, recovery)
        text = _runtime.c_text(name, "an actor's name")
        capacity = actor.capacity_msgs if capacity_msgs is None else capacity_msgs
        ref = ctypes.c_void_p()
        core = new_core_actor(worker, thread_config, group, capacity, overload, high_water, local, recovery)
        with self._changed:  # a member of a group may be run before the core has told us its ref
            try:
                with self._using() as manager:
                    _ffi.sabir_manager_manage(manager, text, core, ctypes.byref(ref))
            except BaseException:
                _ffi.sabir_actor_free(core)
                raise
            self._take_in(worker, own(ref.value or 0))
        if group is None and not worker.is_stepped:
            puller = ctypes.c_void_p()
            _ffi.sabir_puller_get(ref, ctypes.byref(puller))
            worker.puller = puller.value or 0
            self._add_puller(Puller(name, worker.puller, worker))
        return worker.ref

    def _new_worker(self, name: str, actor: Actor, recovery: Recovery) -> Worker:
        if not isinstance(actor, Actor):
            what_to_do = f"make one, {actor.__qualname__}(...)" if isinstance(actor, type) else "derive its class from sabir.Actor"
            raise InvalidSabirError(f"{actor!r} is no actor: {what_to_do}")
        if actor._worker is not None:
            raise ExistsSabirError(f"this {type(actor).__qualname__} is managed already, as '{actor.name}'")
        check_life_hooks(actor)
        return self._worker_class(self, name, actor, recovery.factory)

    def _take_in(self, worker: Worker, ref: ActorRef) -> None:
        worker.ref = ref
        worker.actor._worker = worker
        remember_local(ref)
        self._workers.append(worker)

    def _add_puller(self, puller: Puller) -> None:
        with self._changed:
            self._pullers.append(puller)
            if self._started:
                puller.start()

    def group(self, name: str, workers: int = 0) -> Group:
        """A group: actors that share `workers` threads instead of having one each.

        Args:
            name: for threads and reports.
            workers: how many; 0: one for each CPU.

        Raises:
            InvalidSabirError: there is no name, or the number is none.
            ClosedSabirError: the manager has stopped.
        """
        made = ctypes.c_void_p()
        text = _runtime.c_text(name, "a group's name")
        with self._using() as manager:
            _ffi.sabir_group_new_pulled(manager, text, _runtime.count(workers, "workers"), ctypes.byref(made))
            group = Group(self, name, made.value or 0)
            for index in range(group.workers):
                puller = ctypes.c_void_p()
                _ffi.sabir_group_puller_get(made, index, ctypes.byref(puller))
                self._add_puller(Puller(f"{name}-{index}", puller.value or 0, None))
        return group

    def supervisor(
        self, name: str, strategy: Strategy = Strategy.ONE_FOR_ONE, rule: Restart | None = None, parent: Supervisor | None = None
    ) -> Supervisor:
        """Make a supervisor: manage actors with it, before the start.

        Args:
            name: for reports.
            strategy: who is restarted when one fails.
            rule: how often all together, and with which delays; default: `Restart()`.
            parent: deals with it when that was too often. Without one, all actors of the supervisor end, with the reason "failed".
        """
        with self._using() as manager:
            return new_supervisor(self, manager, name, strategy, rule or Restart(), parent)

    def load(self, path: str | os.PathLike[str], prefix: str = "") -> None:
        """Load a plugin, a shared library of C or Rust actors, and let it manage them here.

        Args:
            path: the library.
            prefix: stands before the name of each of its actors.

        Raises:
            IOSabirError: it cannot be loaded.
            InvalidSabirError: it is no plugin, or it brings a core of its own.
            SabirError: what the plugin says, `ExistsSabirError` for a name that is taken.
        """
        with self._using() as manager:
            plugin.manage_plugin(manager, path, prefix)

    # ---- Life -----------------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start every actor. Returns when each one's `on_start` has returned; only then are messages handled.

        Raises:
            StateSabirError: started already.
            FailedSabirError: an `on_start` failed; all actors are stopped.
            PermissionSabirError: a strict thread option cannot be had.
        """

        def begin() -> None:
            with self._using() as manager:
                with self._changed:
                    pullers, self._started = ([] if self._started else self._pullers), True
                    for puller in pullers:
                        puller.start()
                _ffi.sabir_manager_start(manager)

        _runtime.wait(begin)

    def ready(self, port: str = "python", version: str = "1.0.0", features: str = "") -> None:
        """Print the READY line on standard output, as a node of a topology does.

        Args:
            port: which implementation this is.
            version: of the program.
            features: words of the conformance suite beyond those of the core, separated by blanks.

        Raises:
            StateSabirError: not started.
            UnboundSabirError: the manager has no endpoint.
        """
        sys.stdout.flush()
        texts = [_runtime.c_text(text, "a word of the READY line") for text in (port, version, features)]
        with self._using() as manager:
            _ffi.sabir_manager_ready(manager, *texts)

    def run(self, *, stdin: bool = False, timeout: float | None = None) -> bool:
        """Wait until somebody says terminate, or SIGINT or SIGTERM arrives.

        On the main thread the two signals end the wait at once, unless the program has handlers of its own for them; those are
        called, and what they raise ends the wait.

        Args:
            stdin: the end of standard input ends it too, as for any node of a topology.
            timeout: seconds, or None to wait without end.

        Returns:
            False if the time was up.
        """
        with self._using() as manager:
            return run_until_terminated(manager, self.terminate, stdin, timeout)

    def terminate(self) -> None:
        """End every `run` of this manager, now or later. From any thread, also from a handler."""
        self.is_terminated = True
        with self._using() as manager:
            _ffi.sabir_manager_terminate(manager)

    def stop(self) -> None:
        """Stop every actor, in the reverse order of `manage`, each drained before the next. Idempotent.

        Raises:
            TimedOutSabirError: an actor did not come back in time.
            DeadlockSabirError: called from one of the manager's own actors; use `terminate`.
        """

        def end() -> None:
            with self._using() as manager:
                _ffi.sabir_manager_stop(manager)
            self._join()

        _runtime.wait(end)

    def stop_actor(self, actor: ActorRef | Actor) -> None:
        """Stop one actor and wait until it has stopped.

        Raises:
            TimedOutSabirError: it did not come back in time.
            DeadlockSabirError: called from its own handler; use `Actor.stop`.
            NotFoundSabirError, RemoteSabirError: it is not one of this manager's.
        """
        ref = ref_of(actor)
        assert ref is not None

        def end() -> None:
            with self._using() as manager:
                _ffi.sabir_manager_stop_actor(manager, ref._pointer)

        _runtime.wait(end)

    def close(self) -> None:
        """Stop what is running and free everything. Idempotent.

        Raises:
            TimedOutSabirError: an actor did not come back in time; the manager is closed all the same, and what that actor
                still uses is left to it.
        """
        if self._pointer is None or self._forks != _runtime.forks:
            return
        problem: SabirError | None = None
        try:
            self.stop()
        except TimedOutSabirError as error:
            problem = error
        _runtime.wait(self._free)
        if problem is not None:
            raise problem

    def _free(self) -> None:
        with self._changed:
            manager, self._pointer = self._pointer, None
            if manager is None:
                return
            _ffi.sabir_manager_terminate(manager)
            workers, self._workers = self._workers, []
            pullers, self._pullers = self._pullers, []
            _runtime.closed(self)
            if not self._changed.wait_for(lambda: not self._uses, _LAST_CALLS_S):
                return  # a call is stuck in there, as a start whose on_start never ends: better a leak than a crash
        for puller in pullers:
            if puller.ident is None:  # never started: it learns here that it has ended
                puller.run()
        _ffi.sabir_manager_on_dead_letter(manager, _ffi.DEAD_LETTER(), None, _ffi.DROP())
        _ffi.sabir_manager_free(manager)
        for worker in workers:
            worker.end()

    def _join(self) -> None:
        """The core has seen every actor stop: its threads are about to end."""
        for puller in list(self._pullers):
            if puller.ident is not None and puller is not threading.current_thread():
                puller.join(timeout=1.0)

    def __enter__(self) -> Manager:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        try:
            self.close()
        except SabirError:
            if error is None:
                raise
            log.exception("closing the manager")  # the block's own error is the one to report

    # The words of the older family.
    init = start
    end = close

    def get_handle(self) -> ManagerHandle:
        """Something that can terminate this manager and do nothing else."""
        return ManagerHandle(self)

    # ---- Addresses and reports --------------------------------------------------------------------------------------------------

    @property
    def endpoint(self) -> str | None:
        """The advertised endpoint, or None if the manager is not bound."""
        with self._using() as manager:
            text: bytes | None = _ffi.sabir_manager_endpoint(manager)
        return None if text is None else text.decode()

    @property
    def bound(self) -> str | None:
        """What is bound, or None."""
        with self._using() as manager:
            text: bytes | None = _ffi.sabir_manager_bound(manager)
        return None if text is None else text.decode()

    def find(self, name: str) -> ActorRef:
        """Find an actor: "name" in this process or else in the one peer that lists it; "name@node" at that node.

        Raises:
            NotFoundSabirError: there is none.
        """
        made = ctypes.c_void_p()
        with self._using() as manager:
            _ffi.sabir_manager_find(manager, _runtime.c_text(name, "an actor's name"), ctypes.byref(made))
        return own(made.value or 0)

    def remote(self, name: str, endpoint: str, dialect: Dialect = Dialect.V1) -> ActorRef:
        """A ref to the actor `name` at `endpoint`. Replies to that endpoint are allowed from now on.

        Raises:
            InvalidSabirError: the name or the endpoint breaks ENV-6 or END-1.
        """
        made = ctypes.c_void_p()
        texts = _runtime.c_text(name, "an actor's name"), _runtime.c_text(endpoint, "an endpoint")
        with self._using() as manager:
            _ffi.sabir_manager_remote(manager, *texts, int(dialect), ctypes.byref(made))
        return own(made.value or 0)

    def on_dead_letter(self, handler: DeadLetterHandler | None) -> None:
        """Be told of dead letters, on whatever thread they occur. One handler at a time; None: nobody."""
        with self._using() as manager:
            if handler is None:
                _ffi.sabir_manager_on_dead_letter(manager, _ffi.DEAD_LETTER(), None, _ffi.DROP())
            else:
                _ffi.sabir_manager_on_dead_letter(manager, on_dead_letter, _runtime.keep(handler), _runtime.drop)

    def snapshot(self) -> dict[str, Any]:
        """Everything that the manager counts, at this moment: actors, peers, dead letters, the wire.

        Of an actor, `handler_ns` is how long it has been at work, `cpu_ns` the processor time of its own thread."""
        made = ctypes.c_void_p()
        with self._using() as manager:
            _ffi.sabir_snapshot_new(manager, ctypes.byref(made))
        try:
            report: dict[str, Any] = json.loads(_ffi.sabir_snapshot_json(made))
            return report
        finally:
            _ffi.sabir_snapshot_free(made)

    def snapshot_table(self) -> str:
        """The same for people: lines in aligned columns. `print(manager.snapshot_table())`"""
        made, table = ctypes.c_void_p(), ctypes.c_char_p()
        with self._using() as manager:
            _ffi.sabir_snapshot_new(manager, ctypes.byref(made))
        try:
            _ffi.sabir_snapshot_table_get(made, ctypes.byref(table))
            return (table.value or b"").decode()
        finally:
            _ffi.sabir_snapshot_free(made)

    def tap(self, *, from_: str | None = None, to: str | None = None, type_: str | None = None, capacity_msgs: int = 1024) -> Tap:
        """See the messages that pass from now on; close the tap when enough is seen.

        Args:
            from_: a pattern for the sender's name, in which `*` stands for any characters; default: everybody.
            to: the same for the receiver.
            type_: the same for the message type.
            capacity_msgs: how many wait to be read; what comes beyond is counted as missed.

        Raises:
            FullSabirError: eight taps are open in this process.
        """
        with self._using() as manager:
            return Tap(manager, from_, to, type_, capacity_msgs)

    @contextlib.contextmanager
    def _using(self) -> Iterator[int]:
        """The core's manager, which is not freed as long as this lasts."""
        if self._forks != _runtime.forks:
            raise ForkedSabirError("the process has forked since this manager was made: the child makes its own")
        with self._changed:
            if self._pointer is None:
                raise ClosedSabirError("this manager is closed")
            pointer = self._pointer
            self._uses += 1
        try:
            yield pointer
        finally:
            with self._changed:
                self._uses -= 1
                self._changed.notify_all()
