"""ask and its asyncio form: exactly one of reply, reject, time-out."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
import sabir
from messages import Collector, Fail, Failing, Gate, Ping, Pong, PongActor, Thing
from sabir import _runtime
from support import eventually


class Later(sabir.Actor):
    """Takes the right to answer out of its handler."""

    def __init__(self) -> None:
        self.tokens: list[sabir.ReplyToken] = []

    def on_ping(self, env: sabir.Envelope[Ping]) -> None:
        self.tokens.append(env.reply_take())


class Mirror(sabir.Actor):
    def on_thing(self, env: sabir.Envelope[Thing]) -> Thing:
        return env.msg


def test_a_reply_to_a_python_asker_is_the_very_object(manager: sabir.Manager) -> None:
    mirror = manager.manage("mirror", Mirror())
    manager.start()
    message = Thing(object())
    assert mirror.ask(message) is message


def test_an_ask_from_another_thread_than_the_main_one(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    answers: list[Pong] = []
    thread = threading.Thread(target=lambda: answers.append(pong.ask(Ping(3))))
    thread.start()
    thread.join(10)
    assert answers == [Pong(3)]


def test_an_actor_may_ask_another_in_its_handler(manager: sabir.Manager) -> None:
    class Middle(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            reply: Pong = pong.ask(Ping(env.msg.count + 1))
            return Pong(reply.count + 1)

    pong = manager.manage("pong", PongActor())
    middle = manager.manage("middle", Middle())
    manager.start()
    assert middle.ask(Ping(1)) == Pong(3)


def test_no_answer_in_time_is_a_timeout(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate)
    manager.start()
    with pytest.raises(TimeoutError, match="'gate' did not answer in time"):
        ref.ask(Ping(1), timeout=0.05)
    gate.opened.set()


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), True, "1"])
def test_a_timeout_that_is_none_is_refused(manager: sabir.Manager, timeout: object) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    with pytest.raises(sabir.InvalidSabirError):
        pong.ask(Ping(1), timeout=timeout)  # type: ignore[arg-type]


def test_an_answer_may_come_later_from_another_thread(manager: sabir.Manager) -> None:
    later = Later()
    ref = manager.manage("later", later)
    manager.start()

    def answer() -> None:
        eventually(lambda: later.tokens)
        later.tokens.pop().reply(Pong(9))

    thread = threading.Thread(target=answer)
    thread.start()
    assert ref.ask(Ping(1)) == Pong(9)
    thread.join()


def test_a_token_answers_once(manager: sabir.Manager) -> None:
    later, collector = Later(), Collector()
    ref = manager.manage("later", later)
    manager.manage("collector", collector)
    manager.start()
    ref.send(Ping(1), collector)
    token = eventually(lambda: later.tokens and later.tokens[0])
    token.reply(Pong(1))
    with pytest.raises(sabir.StateSabirError, match="used already"):
        token.reply(Pong(2))
    assert collector.wait_for(1) == [Pong(1)]


def test_a_token_that_is_dropped_is_a_reject(manager: sabir.Manager) -> None:
    later = Later()
    ref = manager.manage("later", later)
    manager.start()

    def give_up() -> None:
        eventually(lambda: later.tokens)
        later.tokens.clear()

    thread = threading.Thread(target=give_up)
    thread.start()
    with pytest.raises(sabir.RejectedSabirError, match="failed"):
        ref.ask(Ping(1))
    thread.join()


def test_after_its_handler_an_envelope_keeps_the_sender_but_answers_no_more(manager: sabir.Manager) -> None:
    kept: list[sabir.Envelope[Ping]] = []

    class Keeper(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            kept.append(env)

    keeper, collector = manager.manage("keeper", Keeper()), Collector()
    manager.manage("collector", collector)
    manager.start()
    keeper.send(Ping(4), collector)
    env = eventually(lambda: kept and kept[0])
    eventually(lambda: manager.snapshot()["actors"][0]["received"] == 1)
    assert env.sender == collector.ref
    with pytest.raises(sabir.StateSabirError, match="reply_take"):
        env.reply(Pong(1))
    with pytest.raises(sabir.StateSabirError, match="reply_take"):
        env.reply_take()


def test_an_answer_to_nobody_is_refused_in_the_handler(manager: sabir.Manager) -> None:
    errors: list[Exception] = []

    class Talker(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            for answer in (lambda: env.reply(Pong(1)), env.reply_take):
                try:
                    answer()
                except sabir.NotFoundSabirError as error:
                    errors.append(error)

    talker = manager.manage("talker", Talker())
    manager.start()
    talker.send(Ping(1))
    eventually(lambda: len(errors) == 2)


def test_an_ask_is_awaited_while_the_loop_goes_on(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()

    async def many() -> list[Pong]:
        return await asyncio.gather(*(pong.ask_async(Ping(number)) for number in range(100)))

    assert asyncio.run(many()) == [Pong(number) for number in range(100)]


def test_an_awaited_ask_ends_with_the_same_errors(manager: sabir.Manager) -> None:
    gate, failing = Gate(), Failing()
    closed = manager.manage("gate", gate)
    broken = manager.manage("failing", failing)
    manager.start()

    async def ask_both() -> None:
        with pytest.raises(TimeoutError):
            await closed.ask_async(Ping(1), timeout=0.05)
        with pytest.raises(sabir.RejectedSabirError, match="failed"):
            await broken.ask_async(Fail())
        with pytest.raises(sabir.InvalidSabirError):
            await broken.ask_async(Fail(), timeout=-1)

    asyncio.run(ask_both())
    gate.opened.set()


def test_a_cancelled_await_gives_up_and_the_answer_is_a_late_reply(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate)
    manager.start()

    async def cancel() -> None:
        task = asyncio.ensure_future(ref.ask_async(Ping(1), timeout=None))
        while not gate.entered.is_set():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    before = _runtime.kept_count()
    asyncio.run(cancel())
    assert _runtime.kept_count() == before  # the core waits no more, though the actor has not answered
    gate.opened.set()
    eventually(lambda: manager.snapshot()["dead_letters"].get("late_reply") == 1)


def test_an_ask_ends_when_the_manager_stops() -> None:
    outcomes: list[BaseException] = []
    with sabir.Manager() as manager:
        later = Later()
        ref = manager.manage("later", later)
        manager.start()

        def ask() -> None:
            try:
                ref.ask(Ping(1), timeout=None)
            except sabir.SabirError as error:
                outcomes.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        eventually(lambda: later.tokens)
        later.tokens[0].drop()
        thread.join(10)
    assert len(outcomes) == 1


def test_a_waiting_main_thread_costs_no_time_of_its_own(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate)
    manager.start()
    before = time.process_time()
    with pytest.raises(TimeoutError):
        ref.ask(Ping(1), timeout=0.5)
    assert time.process_time() - before < 0.2
    gate.opened.set()
