"""async handlers: on the actor's event loop, one message at a time, in order."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import Any

import pytest
import sabir
from messages import Collector, Fail, Gate, Ping, Pong, PongActor
from support import eventually


class Slow(sabir.Actor):
    """Waits in each handler, and sees whether another one begins meanwhile."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        self.seen.append(f"begin {env.msg.count}")
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        self.seen.append(f"end {env.msg.count}")
        return Pong(env.msg.count)


def in_order(count: int) -> list[str]:
    return [f"{what} {number}" for number in range(count) for what in ("begin", "end")]


@pytest.mark.parametrize("in_group", [False, True])
def test_messages_are_handled_one_at_a_time_and_in_order(manager: sabir.Manager, in_group: bool) -> None:
    slow, collector = Slow(), Collector()
    ref = manager.group("pool", 2).manage("slow", slow) if in_group else manager.manage("slow", slow)
    manager.manage("collector", collector)
    manager.start()
    for number in range(20):
        ref.send(Ping(number), collector)
    assert collector.wait_for(20) == [Pong(number) for number in range(20)]
    assert slow.seen == in_order(20)


def test_a_handler_awaits_many_answers_at_once(manager: sabir.Manager) -> None:
    class Fan(sabir.Actor):
        async def on_ping(self, msg: Ping, sender: sabir.ActorRef | None) -> Pong:
            answers = await asyncio.gather(*(pong.ask_async(Ping(number)) for pong in pongs for number in range(5)))
            return Pong(sum(answer.count for answer in answers))

    pongs = [manager.manage(f"pong{number}", PongActor()) for number in range(3)]
    fan = manager.manage("fan", Fan())
    manager.start()
    assert fan.ask(Ping(0)) == Pong(30)


def test_it_may_answer_before_its_end_and_keep_the_envelope(manager: sabir.Manager) -> None:
    kept: list[Any] = []

    class Early(sabir.Actor):
        async def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            kept.append(env)
            await asyncio.sleep(0)
            env.reply(Pong(env.msg.count))

    early = manager.manage("early", Early())
    manager.start()
    assert early.ask(Ping(1)) == Pong(1)
    assert early.ask(Ping(2)) == Pong(2)
    assert [env.msg.count for env in kept] == [1, 2]


def test_its_exception_is_the_actors_failure(manager: sabir.Manager) -> None:
    class Failing(sabir.Actor):
        async def on_fail(self, env: sabir.Envelope[Fail]) -> None:
            await asyncio.sleep(0)
            raise ValueError("on purpose")

        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            raise asyncio.CancelledError

    letters: list[sabir.DeadLetter] = []
    failing = manager.manage("failing", Failing())
    manager.on_dead_letter(letters.append)
    manager.start()
    with pytest.raises(sabir.RejectedSabirError, match="failed"):
        failing.ask(Fail())
    with pytest.raises(sabir.RejectedSabirError, match="failed"):
        failing.ask(Ping(1))
    with pytest.raises(sabir.FailedSabirError, match="on purpose") as caught:
        failing.fast_send(Fail())
    assert isinstance(caught.value.__cause__, ValueError)
    assert [letter.detail for letter in letters[:2]] == ["ValueError: on purpose", "the handler's coroutine was cancelled"]


def test_start_stop_and_timers_may_be_async(manager: sabir.Manager) -> None:
    done: list[str] = []

    class Living(sabir.Actor):
        async def on_start(self) -> None:
            await asyncio.sleep(0)
            done.append("start")
            self.after(0, self.tick)
            self.after(0, tag="last")

        async def tick(self) -> None:
            await asyncio.sleep(0)
            done.append("tick")

        async def on_timeout(self, env: sabir.Envelope[sabir.Timeout]) -> None:
            await asyncio.sleep(0)
            done.append(env.msg.id)

        async def on_stop(self, env: Any) -> None:
            await asyncio.sleep(0)
            done.append("stop")

    manager.manage("living", Living())
    manager.start()
    eventually(lambda: "last" in done)
    manager.stop()
    assert done == ["start", "tick", "last", "stop"]


def test_a_start_that_fails_in_a_coroutine_fails_the_manager() -> None:
    class Broken(sabir.Actor):
        async def on_start(self) -> None:
            raise ValueError("no ledger")

    with sabir.Manager() as manager:
        manager.manage("broken", Broken())
        with pytest.raises(sabir.FailedSabirError, match="no ledger"):
            manager.start()


def test_a_fast_send_runs_the_coroutine_on_the_callers_thread(manager: sabir.Manager) -> None:
    class Where(sabir.Actor):
        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            await asyncio.sleep(0)
            return Pong(threading.get_ident())

    where = manager.manage("where", Where())
    manager.start()
    assert where.fast_send(Ping(1)) == Pong(threading.get_ident())


def test_a_fast_send_from_a_coroutine_to_an_async_handler(manager: sabir.Manager) -> None:
    class Inner(sabir.Actor):
        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            await asyncio.sleep(0.001)
            return Pong(env.msg.count + 1)

    class Outer(sabir.Actor):
        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            before = asyncio.current_task()
            await asyncio.sleep(0)
            answer: Pong = inner.fast_send(Ping(env.msg.count))
            assert asyncio.current_task() is before  # this loop and this task run on
            await asyncio.sleep(0)
            return Pong(answer.count + 1)

    inner, outer = manager.manage("inner", Inner()), manager.manage("outer", Outer())
    manager.start()
    assert outer.ask(Ping(1)) == Pong(3)

    async def from_outside() -> Any:
        return outer.fast_send(Ping(5))

    assert asyncio.run(from_outside()) == Pong(7)


def test_tasks_that_are_left_behind_are_cancelled_and_named(manager: sabir.Manager, caplog: pytest.LogCaptureFixture) -> None:
    ends: list[str] = []

    class Leaves(sabir.Actor):
        async def linger(self) -> None:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                ends.append("cancelled")
                raise

        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            self.task = asyncio.ensure_future(self.linger())
            await asyncio.sleep(0)
            return Pong(env.msg.count)

    leaves = manager.manage("leaves", Leaves())
    manager.start()
    with caplog.at_level(logging.WARNING, logger="sabir"):
        assert leaves.ask(Ping(1)) == Pong(1)
    assert ends == ["cancelled"]
    assert "'leaves': its handler left 1 tasks behind" in caplog.text


def test_an_awaited_ask_that_never_comes_ends_with_its_time(manager: sabir.Manager) -> None:
    class Patient(sabir.Actor):
        async def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            try:
                await closed.ask_async(Ping(1), timeout=0.05)
            except TimeoutError:
                return Pong(-1)
            return Pong(1)

    gate = Gate()
    closed, patient = manager.manage("gate", gate), manager.manage("patient", Patient())
    manager.start()
    assert patient.ask(Ping(1)) == Pong(-1)
    gate.opened.set()


def test_a_waiting_fast_send_gets_its_turn_between_two_coroutines(manager: sabir.Manager) -> None:
    slow = Slow()
    ref = manager.manage("slow", slow)
    manager.start()
    for number in range(5):
        ref.send(Ping(number))
    assert ref.fast_send(Ping(99)) == Pong(99)
    eventually(lambda: len(slow.seen) == 12)
    begins, ends = slow.seen[::2], slow.seen[1::2]
    assert [begin.split()[1] for begin in begins] == [end.split()[1] for end in ends]  # none begins before the one before has ended


def test_the_loop_goes_with_its_actor() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for in_group in (False, True):
        with sabir.Manager() as manager:
            ref = manager.group("pool", 1).manage("slow", Slow()) if in_group else manager.manage("slow", Slow())
            manager.start()
            assert ref.ask(Ping(1)) == Pong(1)
            assert len(os.listdir("/proc/self/fd")) > before
    eventually(lambda: len(os.listdir("/proc/self/fd")) == before)
