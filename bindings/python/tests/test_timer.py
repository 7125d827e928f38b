"""Timers: once, every, cancel, tags; on the actor's own thread."""

from __future__ import annotations

import threading
import time

import pytest
import sabir
from messages import Collector, Ping, Pong, PongActor
from support import eventually


class Clock(sabir.Actor):
    """Keeps its firings."""

    def __init__(self) -> None:
        self.firings: list[sabir.Timeout] = []
        self.threads: set[int] = set()

    def on_timeout(self, env: sabir.Envelope[sabir.Timeout]) -> None:
        self.threads.add(threading.get_ident())
        self.firings.append(env.msg)

    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        self.threads.add(threading.get_ident())
        return Pong(env.msg.count)


@pytest.fixture
def clock(manager: sabir.Manager) -> Clock:
    made = Clock()
    manager.manage("clock", made)
    manager.start()
    return made


def test_a_timer_fires_once_not_before_its_time_on_the_actors_thread(clock: Clock) -> None:
    begun = time.monotonic()
    timer = clock.after(0.05, tag="tea")
    eventually(lambda: clock.firings)
    assert time.monotonic() - begun >= 0.05
    firing = clock.firings[0]
    assert (firing.timer, firing.id, firing.timer_id, firing.missed) == (timer, "tea", timer.timer_id, 0)
    assert timer.cancel() is False
    clock.ref.ask(Ping(1))
    assert len(clock.threads) == 1
    assert len(clock.firings) == 1


def test_a_periodic_timer_fires_until_it_is_cancelled(clock: Clock) -> None:
    timer = clock.every(0.005)
    eventually(lambda: len(clock.firings) >= 5)
    assert timer.cancel() is True
    count = len(clock.firings)
    again = clock.after(0.05)
    eventually(lambda: clock.firings[-1].timer is again)
    assert len(clock.firings) == count + 1
    assert timer.cancel() is False


def test_an_aligned_timer_goes_by_the_wall_clock(clock: Clock) -> None:
    begun = time.time()
    timer = clock.every_aligned(0.05, offset=0.01, tag="slot")
    eventually(lambda: clock.firings)
    assert (time.time() - 0.01) // 0.05 > (begun - 0.01) // 0.05
    assert timer.cancel() is True
    assert clock.firings[0].id == "slot"
    for period, offset in ((0, 0), (1, 1), (1e9 * 9, 0)):
        with pytest.raises(sabir.InvalidSabirError, match="a period is longer|an offset is at least"):
            sabir.Timer.aligned(clock.ref, period, offset=offset)


def test_a_timer_without_a_tag_is_known_by_its_number(clock: Clock) -> None:
    timer = sabir.Timer.once(clock.ref, 0)
    eventually(lambda: clock.firings)
    assert clock.firings[0].id == timer.timer_id


def test_the_older_familys_form_of_timers(clock: Clock) -> None:
    sabir.Timer.once(clock.ref, 0.001, timer_id=1)
    periodic = sabir.Timer.periodic(clock.ref, 0.001, timer_id=2)
    eventually(lambda: {firing.id for firing in clock.firings} == {1, 2})
    periodic.cancel()


def test_a_timer_calls_what_it_was_given(manager: sabir.Manager) -> None:
    called: list[str] = []

    class Plain(sabir.Actor):
        def on_start(self) -> None:
            self.after(0.001, lambda: called.append("once"))
            self.ticking = self.every(0.001, self.tick)

        def tick(self) -> None:
            called.append("tick")
            if called.count("tick") == 3:
                self.ticking.cancel()

    manager.manage("plain", Plain())
    manager.start()
    eventually(lambda: sorted(called) == ["once", "tick", "tick", "tick"])


def test_a_timer_that_nobody_would_handle_is_refused(manager: sabir.Manager) -> None:
    pong = PongActor()
    manager.manage("pong", pong)
    with pytest.raises(sabir.UnhandledSabirError, match="on_timeout"):
        pong.after(1)


def test_equal_deadlines_fire_in_arming_order(clock: Clock) -> None:
    for number in range(50):
        clock.after(0, tag=number)
    eventually(lambda: len(clock.firings) == 50)
    assert [firing.id for firing in clock.firings] == list(range(50))


def test_a_cancel_from_another_thread_waits_for_the_running_handler(manager: sabir.Manager) -> None:
    entered, opened, left = threading.Event(), threading.Event(), threading.Event()

    class Slow(sabir.Actor):
        def on_timeout(self, env: sabir.Envelope[sabir.Timeout]) -> None:
            entered.set()
            assert opened.wait(10)
            left.set()

    slow = Slow()
    manager.manage("slow", slow)
    manager.start()
    timer = slow.every(0.001)
    assert entered.wait(10)
    threading.Timer(0.05, opened.set).start()
    assert timer.cancel() is True
    assert left.is_set()


def test_a_periodic_timer_cancelled_by_its_own_handler_fires_no_more(manager: sabir.Manager) -> None:
    collector = Collector()

    class Once(sabir.Actor):
        def on_start(self) -> None:
            self.timer = self.every(0.001)

        def on_timeout(self, env: sabir.Envelope[sabir.Timeout]) -> None:
            self.timer.cancel()
            collector.keep(env.msg)
            self.after(0.02, lambda: collector.keep("end"))

    manager.manage("once", Once())
    manager.start()
    collector.wait_for(2)
    assert collector.seen[1:] == ["end"]


@pytest.mark.parametrize("delay", [-1, float("inf"), float("nan"), "1", None, True])
def test_a_delay_that_is_none_is_refused(clock: Clock, delay: object) -> None:
    with pytest.raises(sabir.InvalidSabirError, match="seconds"):
        clock.after(delay)  # type: ignore[arg-type]


def test_a_period_of_nothing_is_refused(clock: Clock) -> None:
    with pytest.raises(sabir.InvalidSabirError, match="more than 0"):
        clock.every(0)


def test_a_failing_callback_is_the_actors_failure(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    def bad() -> None:
        raise ZeroDivisionError("in a timer")

    clock.after(0, bad)
    eventually(lambda: "in a timer" in caplog.text)
    assert clock.ref.ask(Ping(1)) == Pong(1)
    assert clock.manager.snapshot()["actors"][0]["failed"] == 1


def test_a_timer_of_an_actor_elsewhere_is_refused() -> None:
    with sabir.Manager(sabir.NodeConfig(bind="tcp://127.0.0.1:*")) as manager:
        with pytest.raises(sabir.RemoteSabirError, match="no Python actor of this process"):
            sabir.Timer.once(manager.remote("x", "tcp://127.0.0.1:9"), 1)


def test_timers_leave_nothing_behind(clock: Clock) -> None:
    for _ in range(100):
        clock.after(0)
        clock.after(100).cancel()
    eventually(lambda: len(clock.firings) == 100)
    eventually(lambda: not clock._managed().timers)
