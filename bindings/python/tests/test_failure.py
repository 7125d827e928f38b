"""Failing and coming back: the policies, fresh objects with the mailbox kept, limits, supervisors, watching."""

from __future__ import annotations

import logging
import queue
from typing import Any

import pytest
import sabir
from sabir import Envelope, Manager, OnFailure, Restart, Strategy
from support import eventually

PATIENCE = 10
SOON = Restart(first_delay=0.001, max_delay=0.002)


@sabir.message
class Add:
    number: int


@sabir.message
class Sum:
    number: int


@sabir.message
class AskSum:
    pass


@sabir.message
class Break:
    pass


class Adder(sabir.Actor):
    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.sum = 0
        self.started = False

    def on_start(self) -> None:
        self.started = True

    def on_add(self, env: Envelope[Add]) -> None:
        self.sum += env.msg.number

    def on_break(self, env: Envelope[Break]) -> None:
        raise RuntimeError("broken on purpose")

    def on_asksum(self, env: Envelope[AskSum]) -> Sum:
        assert self.started
        return Sum(self.sum)

    def on_timeout(self, env: Envelope[sabir.Timeout]) -> None:
        self.sum += 1000


class Watcher(sabir.Actor):
    def __init__(self) -> None:
        self.downs: queue.Queue[sabir.Down] = queue.Queue()

    def on_down(self, env: Envelope[sabir.Down]) -> None:
        self.downs.put(env.msg)

    def on_asksum(self, env: Envelope[AskSum]) -> Sum:
        return Sum(self.downs.qsize())


def restarts(manager: Manager, name: str) -> int:
    return next(actor["restarts"] for actor in manager.snapshot()["actors"] if actor["name"] == name)


def test_an_actor_that_resumes_keeps_its_state() -> None:
    with Manager() as manager:
        adder = manager.manage("adder", Adder())
        manager.start()
        for message in (Add(3), Break(), Add(4)):
            adder.send(message)
        assert adder.ask(AskSum(), PATIENCE).number == 7
        assert restarts(manager, "adder") == 0


def test_a_restart_is_a_fresh_object_with_the_mailbox_kept() -> None:
    with Manager() as manager:
        Adder.made = 0
        adder = manager.manage("adder", Adder, on_failure=SOON)
        manager.start()
        for _ in range(100):
            adder.send(Add(1))
        adder.send(Break())
        for _ in range(100):  # more than one batch: what was taken with the failing one is kept as well
            adder.send(Add(2))
        assert adder.ask(AskSum(), PATIENCE).number == 200
        assert Adder.made == 2
        assert restarts(manager, "adder") == 1
        assert manager.snapshot()["dead_letters"]["failed"] == 1


def test_a_member_of_a_group_comes_back_too() -> None:
    with Manager() as manager:
        pool = manager.group("pool", 2)
        adders = [pool.manage(f"adder{number}", Adder, on_failure=SOON) for number in range(3)]
        manager.start()
        for adder in adders:
            for _ in range(100):
                adder.send(Add(1))
            adder.send(Break())
            for _ in range(100):
                adder.send(Add(2))
        assert [adder.ask(AskSum(), PATIENCE).number for adder in adders] == [200, 200, 200]
        assert [restarts(manager, adder.name) for adder in adders] == [1, 1, 1]


def test_a_member_that_got_more_than_a_batch_needs_no_further_message() -> None:
    with Manager() as manager:
        member = Adder()
        ref = manager.group("pool", 1).manage("member", member)
        for _ in range(1000):
            ref.send(Add(1))
        manager.start()
        eventually(lambda: member.sum == 1000)


def test_the_timers_of_the_old_object_never_fire() -> None:
    fired: queue.Queue[int] = queue.Queue()

    class Timed(Adder):
        def on_start(self) -> None:
            super().on_start()
            number = Timed.made
            self.after(0.02, lambda: fired.put(number))

    with Manager() as manager:
        Timed.made = 0
        timed = manager.manage("timed", Timed, on_failure=Restart(first_delay=0, max_delay=0))
        manager.start()
        timed.send(Break())
        assert timed.ask(AskSum(), PATIENCE).number == 0
        assert fired.get(timeout=PATIENCE) == 2  # armed later than the first one's, so that one would have come before
        assert fired.empty()


def test_too_many_restarts_are_the_end_and_watchers_are_told() -> None:
    with Manager() as manager:
        watcher = Watcher()
        manager.manage("watcher", watcher)
        adder = manager.manage("adder", Adder, on_failure=Restart(limit=1, window=600, first_delay=0))
        manager.start()
        watcher.watch(adder)
        watcher.watch(adder)
        adder.send(Break())
        adder.send(Break())
        down = watcher.downs.get(timeout=PATIENCE)
        assert (down.name, down.reason) == ("adder", "failed")
        assert watcher.ref.ask(AskSum(), PATIENCE).number == 0, "one Down, not two"
        with pytest.raises(sabir.ClosedSabirError):
            adder.send(Add(1))


def test_stop_is_a_policy() -> None:
    with Manager() as manager:
        watcher = Watcher()
        manager.manage("watcher", watcher)
        adder = manager.manage("adder", Adder(), on_failure=OnFailure.STOP)
        manager.start()
        watcher.watch(adder)
        adder.send(Break())
        assert watcher.downs.get(timeout=PATIENCE).reason == "failed"


def test_watching_across_a_link_and_no_more() -> None:
    config = sabir.NodeConfig(bind="tcp://127.0.0.1:*")
    with Manager(config) as here, Manager(config) as there:
        watcher = Watcher()
        here.manage("watcher", watcher)
        adder = there.manage("adder", Adder())
        other = there.manage("other", Adder())
        here.start()
        there.start()
        assert there.endpoint is not None
        remote = here.remote("adder", there.endpoint)
        unwatched = here.remote("other", there.endpoint)
        watcher.watch(remote)
        watcher.watch(unwatched)
        watcher.unwatch(unwatched)
        with pytest.raises(sabir.NotFoundSabirError):
            watcher.unwatch(unwatched)
        there.stop_actor(other)
        there.stop_actor(adder)
        down = watcher.downs.get(timeout=PATIENCE)
        assert (down.name, down.endpoint, down.reason) == ("adder", there.endpoint, "stopped")
        watcher.watch(here.remote("nobody", there.endpoint))
        assert watcher.downs.get(timeout=PATIENCE).reason == "unknown_target"


def test_who_watches_handles_down() -> None:
    with Manager() as manager:
        adder = Adder()
        ref = manager.manage("adder", adder)
        manager.manage("watcher", Watcher())
        with pytest.raises(sabir.UnhandledSabirError):
            adder.watch(manager.find("watcher"))
        with pytest.raises(sabir.InvalidSabirError):
            adder.watch(ref)


def test_all_for_one() -> None:
    with Manager() as manager:
        shop = manager.supervisor("shop", Strategy.ALL_FOR_ONE, SOON)
        left, right = shop.manage("left", Adder), shop.manage("right", Adder)
        manager.start()
        right.send(Add(5))
        assert right.ask(AskSum(), PATIENCE).number == 5
        left.send(Break())
        left.send(Add(1))
        assert left.ask(AskSum(), PATIENCE).number == 1
        eventually(lambda: restarts(manager, "right") == 1)
        assert right.ask(AskSum(), PATIENCE).number == 0


def test_escalation() -> None:
    with Manager() as manager:
        top = manager.supervisor("top", rule=Restart(limit=1, window=600, first_delay=0))
        low = manager.supervisor("low", rule=Restart(limit=0), parent=top)
        watcher = Watcher()
        manager.manage("watcher", watcher)
        refs = [low.manage("a", Adder), low.manage("b", Adder)]
        manager.start()
        for ref in refs:
            watcher.watch(ref)
        refs[0].send(Break())
        eventually(lambda: restarts(manager, "a") == 1 and restarts(manager, "b") == 1)
        refs[1].send(Break())
        assert {watcher.downs.get(timeout=PATIENCE).reason for _ in refs} == {"failed"}


def test_a_failure_in_a_fast_send_is_one_too() -> None:
    with Manager() as manager:
        adder = manager.manage("adder", Adder, on_failure=SOON)
        manager.start()
        adder.send(Add(3))
        assert adder.ask(AskSum(), PATIENCE).number == 3
        with pytest.raises(sabir.FailedSabirError, match="broken on purpose"):
            adder.fast_send(Break())
        assert adder.ask(AskSum(), PATIENCE).number == 0
        assert restarts(manager, "adder") == 1


def test_a_fresh_object_that_cannot_be_made_is_another_failure() -> None:
    made = 0

    def make() -> Adder:
        nonlocal made
        made += 1
        if made == 2:
            raise OSError("no room")
        return Adder()

    with Manager() as manager:
        adder = manager.manage("adder", make, on_failure=SOON)
        manager.start()
        adder.send(Break())
        assert adder.ask(AskSum(), PATIENCE).number == 0
        assert made == 3


def test_a_fresh_object_handles_what_the_first_one_did() -> None:
    class Other(sabir.Actor):
        def on_add(self, env: Envelope[Add]) -> None:
            pass

    kinds: list[Any] = [Adder, Other, Adder]
    with Manager() as manager:
        adder = manager.manage("adder", lambda: kinds.pop(0)(), on_failure=SOON)
        manager.start()
        adder.send(Break())
        assert adder.ask(AskSum(), PATIENCE).number == 0
        assert kinds == []


def test_the_failing_message_is_shown_cut_and_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    @sabir.message
    class Letter:
        text: str

    class Reader(sabir.Actor):
        def on_letter(self, env: Envelope[Letter]) -> None:
            raise ValueError("unreadable")

        def on_asksum(self, env: Envelope[AskSum]) -> Sum:
            return Sum(0)

    with Manager() as manager, caplog.at_level(logging.ERROR, logger="sabir"):
        reader = manager.manage("reader", Reader())
        manager.start()
        reader.send(Letter("x" * 1000))
        reader.ask(AskSum(), PATIENCE)
    record = next(record for record in caplog.records if "reader" in record.getMessage())
    assert "on_letter" in record.getMessage()
    assert "Letter(text='xxx" in record.getMessage()
    assert record.getMessage().endswith("...")
    assert len(record.getMessage()) < 300
    assert record.exc_info and "unreadable" in str(record.exc_info[1])


def test_what_cannot_be_is_said() -> None:
    with Manager() as manager:
        with pytest.raises(sabir.InvalidSabirError, match="lambda: Adder"):
            manager.manage("adder", Adder(), on_failure=Restart())
        with pytest.raises(sabir.InvalidSabirError, match="is no actor"):
            manager.manage("adder", Adder)
        with pytest.raises(sabir.InvalidSabirError, match="0 to 64"):
            manager.manage("adder", Adder, on_failure=Restart(limit=65))
        with pytest.raises(sabir.InvalidSabirError, match="first <= longest"):
            manager.manage("adder", Adder, on_failure=Restart(first_delay=2, max_delay=1))
        with pytest.raises(sabir.InvalidSabirError):
            manager.supervisor("")
