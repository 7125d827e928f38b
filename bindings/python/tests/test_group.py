"""Groups: many Python actors on a few threads, in order, one thread at a time."""

from __future__ import annotations

import copy
import os
import sys
import threading
import time

import pytest
import sabir
from messages import Collector, Fail, Failing, Gate, Ping, Pong, PongActor, Text
from support import eventually, run_python


class Cell(sabir.Actor):
    """Knows in which order its senders' numbers must come, and that nobody else is in it."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.inside = threading.Lock()
        self.faults: list[str] = []
        self.threads: set[int] = set()
        self.handled = 0

    def on_text(self, env: sabir.Envelope[Text]) -> None:
        if not self.inside.acquire(blocking=False):
            self.faults.append("two threads")
            return
        sender, number = env.msg.text.split()
        if int(number) != self.last.get(sender, -1) + 1:
            self.faults.append(f"{env.msg.text} after {self.last.get(sender)}")
        self.last[sender] = int(number)
        self.threads.add(threading.get_ident())
        self.handled += 1
        self.inside.release()


@pytest.mark.parametrize("workers", [1, 3])
def test_order_and_exclusivity_hold_with_any_number_of_workers(workers: int) -> None:
    cells = [Cell() for _ in range(20)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with sabir.Manager() as manager:
            pool = manager.group("cells", workers)
            refs = [pool.manage(f"cell{number}", cell) for number, cell in enumerate(cells)]
            manager.start()

            def send_all(name: str) -> None:
                for number in range(200):
                    for ref in refs:
                        ref.send(Text(f"{name} {number}"))

            threads = [threading.Thread(target=send_all, args=(name,)) for name in ("a", "b")]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(before)
    assert [cell.faults for cell in cells] == [[]] * 20
    assert [cell.handled for cell in cells] == [400] * 20
    assert len(set.union(*(cell.threads for cell in cells))) <= workers


def test_a_thousand_actors_have_as_many_threads_as_workers(manager: sabir.Manager) -> None:
    before = len(os.listdir("/proc/self/task"))
    pool = manager.group("many", 2)
    refs = [pool.manage(f"pong{number}", PongActor()) for number in range(1000)]
    manager.start()
    assert [ref.ask(Ping(number)) for number, ref in enumerate(refs)] == [Pong(number) for number in range(1000)]
    assert len(os.listdir("/proc/self/task")) <= before + 5  # and those of the core: timers, what the main thread waits with
    assert pool.workers == 2


def test_members_talk_to_actors_with_threads_of_their_own(manager: sabir.Manager) -> None:
    class Relay(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            answer: Pong = pong.ask(Ping(env.msg.count))
            return Pong(answer.count + 1)

    pool = manager.group("pool", 2)
    collector = Collector()
    manager.manage("collector", collector)
    pong = pool.manage("pong", PongActor())
    relay = pool.manage("relay", Relay())
    manager.start()
    relay.send(Ping(1), collector)
    assert collector.wait_for(1) == [Pong(2)]


def test_members_start_and_stop_once_and_may_come_late() -> None:
    lives: list[str] = []

    class Living(sabir.Actor):
        def on_start(self) -> None:
            lives.append(f"{self.name} starts")
            assert self.ref.name == self.name

        def on_stop(self) -> None:
            lives.append(f"{self.name} stops")

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            return Pong(env.msg.count)

    with sabir.Manager() as manager:
        pool = manager.group("pool", 2)
        pool.manage("early", Living())
        manager.start()
        late = pool.manage("late", Living())
        later = manager.group("later", 1).manage("later", Living())
        assert late.ask(Ping(1)) == later.ask(Ping(1)) == Pong(1)
        manager.stop_actor(late)
        with pytest.raises(sabir.ClosedSabirError):
            late.send(Ping(2))
    assert sorted(lives) == sorted(f"{name} {what}" for name in ("early", "late", "later") for what in ("starts", "stops"))


def test_a_member_whose_start_fails_fails_the_manager() -> None:
    class Broken(sabir.Actor):
        def on_start(self) -> None:
            raise ValueError("no ledger")

    with sabir.Manager() as manager:
        manager.group("pool", 1).manage("broken", Broken())
        with pytest.raises(sabir.FailedSabirError, match="'broken' did not start.*no ledger"):
            manager.start()


def test_a_members_failure_is_its_own(manager: sabir.Manager) -> None:
    pool = manager.group("pool", 1)
    failing, pong = pool.manage("failing", Failing()), pool.manage("pong", PongActor())
    manager.start()
    with pytest.raises(sabir.RejectedSabirError):
        failing.ask(Fail())
    assert failing.ask(Ping(1)) == pong.ask(Ping(1)) == Pong(1)
    assert [actor["failed"] for actor in manager.snapshot()["actors"]] == [1, 0]


def test_timers_and_fast_sends_reach_members(manager: sabir.Manager) -> None:
    class Clock(sabir.Actor):
        def __init__(self) -> None:
            self.fired = threading.Event()

        def on_start(self) -> None:
            self.after(0.001, self.fired.set)

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            return Pong(threading.get_ident())

    clock = Clock()
    ref = manager.group("pool", 1).manage("clock", clock)
    manager.start()
    assert clock.fired.wait(10)
    assert ref.fast_send(Ping(1)) == Pong(threading.get_ident())
    assert ref.fast_send(Ping(1), ordered=True) != ref.ask(Ping(1))
    assert ref.ask(Ping(1)) != Pong(threading.get_ident())


@pytest.mark.parametrize("how", ["send", "fast_send"])
def test_a_member_stops_itself(manager: sabir.Manager, how: str) -> None:
    stopped = threading.Event()

    class Leaver(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            self.stop()

        def on_stop(self) -> None:
            stopped.set()

    leaver = manager.group("pool", 1).manage("leaver", Leaver())
    manager.start()
    getattr(leaver, how)(Ping(1))
    assert stopped.wait(10)
    eventually(lambda: manager.snapshot()["actors"][0]["stopped"])


def test_stop_is_for_the_actors_own_handlers(manager: sabir.Manager) -> None:
    pong = PongActor()
    manager.group("pool", 1).manage("pong", pong)
    manager.start()
    with pytest.raises(sabir.StateSabirError, match="stop_actor"):
        pong.stop()


def test_a_blocked_member_leaves_the_other_worker_to_the_others(manager: sabir.Manager) -> None:
    pool = manager.group("pool", 2)
    gate = Gate()
    held, pong = pool.manage("gate", gate), pool.manage("pong", PongActor())
    manager.start()
    held.send(Ping(1))
    assert gate.entered.wait(10)
    for number in range(50):
        assert pong.ask(Ping(number)) == Pong(number)
    gate.opened.set()


def test_what_is_no_group_is_refused(manager: sabir.Manager) -> None:
    with pytest.raises(sabir.InvalidSabirError):
        manager.group("")
    with pytest.raises(sabir.InvalidSabirError, match="workers is a whole number"):
        manager.group("pool", -1)
    pool = manager.group("pool", 1)
    with pytest.raises(sabir.InvalidSabirError, match="is no actor"):
        pool.manage("number", 1)  # type: ignore[arg-type]
    pool.manage("pong", PongActor())
    with pytest.raises(sabir.ExistsSabirError):
        pool.manage("pong", PongActor())
    assert copy.deepcopy(pool) is pool
    assert repr(pool) == "Group('pool', 1 workers)"


def test_no_group_comes_after_the_end() -> None:
    with sabir.Manager() as manager:
        manager.stop()
        with pytest.raises(sabir.ClosedSabirError, match="comes too late"):
            manager.group("pool", 1)


def test_idle_workers_cost_no_time(manager: sabir.Manager) -> None:
    pool = manager.group("pool", 2)
    for number in range(100):
        pool.manage(f"pong{number}", PongActor())
    manager.start()
    before = time.process_time()
    manager.run(timeout=0.5)
    assert time.process_time() - before < 0.2


def test_a_group_leaves_nothing_behind_when_it_was_never_started() -> None:
    done = run_python(
        """
        import os, threading, sabir
        from messages import PongActor
        for _ in range(3):
            with sabir.Manager() as manager:
                manager.group("pool", 2).manage("pong", PongActor())
        print(threading.active_count(), len(sabir.ref._local))
        """,
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.stdout.split() == ["1", "0"] or done.stdout.split() == ["2", "0"], done.stdout + done.stderr
