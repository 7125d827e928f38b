"""The kit: one message at a time on this thread, time as it is told to pass, probes that say what came instead."""

from __future__ import annotations

import threading

import pytest
import sabir
from messages import Ping, Pong, PongActor
from sabir.kit import Kit, Probe


class Doubler(sabir.Actor):
    """Answers at once, and tells what happened on which thread."""

    def __init__(self, story: list[str]) -> None:
        self.story = story
        self.threads: set[int] = set()

    def tell(self, what: str) -> None:
        self.story.append(f"{self.name} {what}")
        self.threads.add(threading.get_ident())

    def on_start(self) -> None:
        self.tell("starts")

    def on_stop(self) -> None:
        self.tell("stops")

    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        self.tell(f"gets {env.msg.count}")
        if env.msg.count < 0:
            raise ValueError("less than nothing")
        return Pong(env.msg.count * 2)


class Late(sabir.Actor):
    """Answers a second later."""

    def on_ping(self, env: sabir.Envelope[Ping]) -> None:
        token = env.reply_take()
        self.after(1.0, lambda: token.reply(Pong(env.msg.count)))


def test_actors_take_turns_on_this_thread() -> None:
    story: list[str] = []
    a, b = Doubler(story), Doubler(story)
    with Kit() as kit:
        first, second = kit.manage("a", a), kit.manage("b", b)
        assert not story
        kit.start()
        for count in (1, 2):
            first.send(Ping(count))
        second.send(Ping(1))
        assert kit.step() == 1
        assert story == ["a starts", "b starts", "a gets 1"]
        assert kit.rest() == 2
        assert kit.rest() == 0
        kit.manage("c", Doubler(story))
        assert kit.rest() == 0
    assert story[3:] == ["b gets 1", "a gets 2", "c starts", "c stops", "b stops", "a stops"]
    assert a.threads == b.threads == {threading.get_ident()}


def test_time_passes_when_it_is_told_to() -> None:
    with Kit() as kit:
        late, client = kit.manage("late", Late()), kit.probe("client")
        kit.start()
        late.send(Ping(7), client.ref)
        client.expect_none()
        kit.advance(0.999)
        client.expect_none()
        kit.advance(0.001)
        received = client.expect(Pong(7))
        assert received.sender == late
        assert kit.now == 1.0
        late.send(Ping(8), client.ref)
        client.expect(Pong(8), timeout=5.0)  # as much time passes as is needed
        assert kit.now == 2.0


def test_an_ask_takes_the_kits_time() -> None:
    with Kit() as kit:
        late = kit.manage("late", Late())
        silent = kit.probe("silent")
        kit.start()
        assert kit.ask(late, Ping(3)) == Pong(3)
        assert kit.now == 1.0
        with pytest.raises(sabir.TimedOutSabirError):
            kit.ask(silent.ref, Ping(3), timeout=2.0)
        assert kit.now == 3.0
        assert late.ask(Ping(4)) == Pong(4)


def test_a_probe_says_what_came_instead() -> None:
    with Kit() as kit:
        probe = kit.probe("probe")
        kit.start()
        with pytest.raises(AssertionError, match="'probe' expects Ping, and nothing came"):
            probe.expect(Ping)
        probe.ref.send(Pong(1))
        with pytest.raises(AssertionError, match=r"expects Ping, but got Pong\(count=1.* of nobody"):
            probe.expect(Ping)
        probe.ref.send(Pong(2), probe.ref)
        with pytest.raises(AssertionError, match=r"expects Pong\(count=3.*but got Pong\(count=2.* of 'probe'"):
            probe.expect(Pong(3))
        for message in (Ping(1), Pong(2), Ping(3)):
            probe.ref.send(message)
        assert len(probe) == 3
        assert [got.msg for got in probe.expect_order(Ping(1), Pong, Ping)][1] == Pong(2)
        for message in (Ping(1), Ping(2), Pong(3)):
            probe.ref.send(message)
        assert probe.fish(Ping(2)).msg == Ping(2)
        with pytest.raises(AssertionError, match="expects nothing, but got Pong"):
            probe.expect_none()
        probe.ref.send(Ping(1))
        with pytest.raises(AssertionError, match="fishes for Pong, and 1 others came"):
            probe.fish(Pong)
        assert probe.next() is None
        with pytest.raises(sabir.ExistsSabirError):
            kit.probe("probe")
        ref = probe.ref
        probe.close()
        probe.close()
        with pytest.raises(sabir.ClosedSabirError):
            ref.send(Ping(1))
        with pytest.raises(sabir.ClosedSabirError, match="'probe' is closed"):
            probe.expect(Ping)


def test_a_failure_is_the_actors_alone() -> None:
    story: list[str] = []
    with Kit() as kit:
        doubler, client = kit.manage("doubler", Doubler(story)), kit.probe("client")
        kit.start()
        doubler.send(Ping(-1), client.ref)
        doubler.send(Ping(1), client.ref)
        client.expect(Pong(2))
        assert [actor["failed"] for actor in kit.snapshot()["actors"]] == [1]


class Total(sabir.Actor):
    """Adds up; fails at what is less than nothing."""

    def __init__(self, story: list[str]) -> None:
        self.story = story
        self.sum = 0

    def on_start(self) -> None:
        self.story.append("starts")
        self.after(60, lambda: self.story.append("a minute"))

    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        if env.msg.count < 0:
            raise ValueError("less than nothing")
        self.sum += env.msg.count
        return Pong(self.sum)


def test_a_restart_takes_the_kits_time_and_keeps_the_mailbox() -> None:
    story: list[str] = []
    with Kit() as kit:
        total = kit.manage("total", lambda: Total(story), on_failure=sabir.Restart(first_delay=1.0, max_delay=60.0))
        client = kit.probe("client")
        kit.start()
        for count in (5, -1, 7):
            total.send(Ping(count), client.ref)
        client.expect(Pong(5))
        kit.advance(0.999)
        client.expect_none()
        kit.advance(0.001)
        client.expect(Pong(7))  # of a fresh one
        assert story == ["starts", "starts"]
        total.send(Ping(-1))
        total.send(Ping(1), client.ref)
        client.expect_none(1.999)
        client.expect(Pong(1), timeout=1.0)  # twice as long
        assert kit.now == 3.0
        kit.advance(60)
        assert story == ["starts"] * 3 + ["a minute"]  # the timers of the others are gone


def test_one_restart_too_many_within_the_kits_time_is_the_end() -> None:
    downs: list[sabir.Down] = []

    class Watcher(sabir.Actor):
        def on_start(self) -> None:
            self.watch(total)

        def on_down(self, env: sabir.Envelope[sabir.Down]) -> None:
            downs.append(env.msg)

    with Kit() as kit:
        total = kit.manage("total", lambda: Total([]), on_failure=sabir.Restart(limit=1, window=10, first_delay=1.0))
        kit.manage("watcher", Watcher())
        kit.start()
        for _ in range(2):  # one within ten seconds is not too many
            total.send(Ping(-1))
            kit.advance(11)
        assert downs == []
        total.send(Ping(-1))
        kit.advance(5)
        total.send(Ping(-1))
        kit.rest()
        assert [(down.name, down.reason) for down in downs] == [("total", "failed")]


def test_what_makes_a_fresh_one_may_fail_too() -> None:
    made: list[Total] = []

    def make() -> Total:
        if len(made) == 1:
            made.append(Total([]))
            raise RuntimeError("not yet")
        made.append(Total([]))
        return made[-1]

    with Kit() as kit:
        total, client = kit.manage("total", make, on_failure=sabir.Restart(first_delay=1.0, max_delay=1.0)), kit.probe("client")
        kit.start()
        total.send(Ping(-1))
        total.send(Ping(3), client.ref)
        client.expect_none(1.5)
        client.expect(Pong(3), timeout=0.5)
        assert len(made) == 3


def test_a_supervisor_restarts_its_members_in_the_kits_time() -> None:
    story: list[str] = []
    with Kit() as kit:
        rule = sabir.Restart(first_delay=1.0, max_delay=1.0)
        both = kit.supervisor("both", sabir.Strategy.ALL_FOR_ONE, rule)
        left, right = (both.manage(name, lambda: Total(story)) for name in ("left", "right"))
        client = kit.probe("client")
        kit.start()
        right.send(Ping(5), client.ref)
        client.expect(Pong(5))
        left.send(Ping(-1))
        kit.advance(1)
        right.send(Ping(1), client.ref)
        client.expect(Pong(1))
        assert story == ["starts"] * 4


def test_a_start_that_fails_is_said() -> None:
    class Broken(sabir.Actor):
        def on_start(self) -> None:
            raise RuntimeError("no way")

    kit = Kit()
    kit.manage("broken", Broken())
    with pytest.raises(sabir.FailedSabirError, match="no way"):
        kit.start()
    kit.close()


def test_fast_send_and_stop_work_as_ever() -> None:
    story: list[str] = []

    class Once(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            self.stop()
            return Pong(env.msg.count)

    with Kit() as kit:
        doubler, once = kit.manage("doubler", Doubler(story)), kit.manage("once", Once())
        client = kit.probe("client")
        kit.start()
        assert doubler.fast_send(Ping(4)) == Pong(8)
        once.send(Ping(1), client.ref)
        client.expect(Pong(1))
        kit.rest()
        with pytest.raises(sabir.ClosedSabirError):
            once.send(Ping(2))
        assert kit.find("client") == client.ref


def test_members_of_a_group_are_stepped_too() -> None:
    story: list[str] = []
    with Kit() as kit:
        pool = kit.group("pool", 2)
        members = [pool.manage(f"member{number}", Doubler(story)) for number in range(3)]
        kit.start()
        for member in members:
            member.send(Ping(1))
        assert kit.rest() == 3
    assert story[3:6] == ["member0 gets 1", "member1 gets 1", "member2 gets 1"]


def test_a_handler_may_be_async() -> None:
    class Asking(sabir.Actor):
        def __init__(self, other: sabir.ActorRef) -> None:
            self.other = other

        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            return Pong(env.msg.count)

    with Kit() as kit:
        client = kit.probe("client")
        asking = kit.manage("asking", Asking(client.ref))
        kit.start()
        asking.send(Ping(2), client.ref)
        client.expect(Pong(2))


def test_what_a_kit_is_not_is_said() -> None:
    with Kit() as kit:
        with pytest.raises(sabir.StateSabirError, match="stepped"):
            kit.run(timeout=0)
        with pytest.raises(sabir.InvalidSabirError, match="duration"):
            kit.advance(-1)


def test_nothing_is_left_of_a_kit() -> None:
    before = sabir._runtime.kept_count()
    with Kit() as kit:
        kit.manage("pong", PongActor()).send(Ping(1))
        kit.start()
    assert sabir._runtime.kept_count() == before


def test_in_a_manager_with_threads_a_probe_waits(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    with Probe(manager, "client", timeout=10.0) as client:
        pong.send(Ping(1), client.ref)
        client.expect(Pong)
        client.expect_none(0.001)
