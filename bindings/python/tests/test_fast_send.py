"""fast_send between Python actors: on the caller's thread, exclusive, never hanging."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import pytest
import sabir
from messages import Fail, Failing, Gate, Ping, Pong, PongActor, Text
from support import eventually


def test_the_handler_runs_on_the_callers_thread(manager: sabir.Manager) -> None:
    threads = []

    class Where(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            threads.append(threading.get_ident())
            return Pong(env.msg.count + 1)

    where = manager.manage("where", Where())
    manager.start()
    assert where.fast_send(Ping(1)) == Pong(2)
    assert threads == [threading.get_ident()]


def test_a_handler_that_does_not_reply_gives_none(manager: sabir.Manager) -> None:
    class Silent(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            pass

    silent = manager.manage("silent", Silent())
    manager.start()
    assert silent.fast_send(Ping(1)) is None


def test_an_envelope_that_is_kept_stays_as_it_was_and_answers_no_more(manager: sabir.Manager) -> None:
    class Keeper(sabir.Actor):
        def __init__(self) -> None:
            self.kept: list[sabir.Envelope[Ping]] = []

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            if env.msg.count % 2:
                self.kept.append(env)
            return Pong(env.msg.count)

    keeper = Keeper()
    ref = manager.manage("keeper", keeper)
    manager.start()
    assert [ref.fast_send(Ping(number)) for number in range(6)] == [Pong(number) for number in range(6)]
    assert [env.msg.count for env in keeper.kept] == [1, 3, 5]
    for env in keeper.kept:
        with pytest.raises(sabir.StateSabirError, match="the handler has returned"):
            env.reply(Pong(1))


def test_an_envelope_that_outlives_an_interrupt_answers_no_more(manager: sabir.Manager) -> None:
    kept: list[sabir.Envelope[Ping]] = []

    class Interrupted(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            kept.append(env)
            raise KeyboardInterrupt

    ref = manager.manage("interrupted", Interrupted())
    manager.start()
    with pytest.raises(KeyboardInterrupt):
        ref.fast_send(Ping(1))
    with pytest.raises(sabir.StateSabirError, match="the handler has returned"):
        kept[0].reply(Pong(1))
    with pytest.raises(KeyboardInterrupt):  # and nobody holds the actor
        ref.fast_send(Ping(2))


def test_a_class_in_the_place_of_a_message_is_no_reply(manager: sabir.Manager) -> None:
    class Hasty(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Any:
            return Pong

    ref = manager.manage("hasty", Hasty())
    manager.start()
    with pytest.raises(sabir.FailedSabirError, match="send an instance"):
        ref.fast_send(Ping(1))
    with pytest.raises(sabir.RejectedSabirError, match="failed"):
        ref.ask(Ping(1))


def test_another_class_for_the_same_type_finds_the_handler(manager: sabir.Manager) -> None:
    @sabir.message("test.Doubled")
    class Once:
        count: int

    @sabir.message("test.Doubled")
    class Again:
        count: int

    class Doubler(sabir.Actor):
        def on_once(self, env: sabir.Envelope[Once]) -> Pong:
            return Pong(2 * env.msg.count)

    ref = manager.manage("doubler", Doubler())
    manager.start()
    assert ref.fast_send(Once(6)) == Pong(12)
    assert ref.fast_send(Again(7)) == Pong(14)
    with pytest.raises(sabir.UnhandledSabirError, match="the actor 'doubler' has no handler for Text"):
        ref.fast_send(Text("hi"))
    with pytest.raises(sabir.InvalidSabirError, match="is no message"):
        ref.fast_send(7)


def test_nothing_of_a_call_outlives_it(manager: sabir.Manager) -> None:
    ref = manager.manage("pong", PongActor())
    manager.start()
    request = Ping(1)
    before = sys.getrefcount(request)
    reply = ref.fast_send(request)
    assert sys.getrefcount(request) == before
    assert sys.getrefcount(reply) == 2


def test_a_failure_reaches_the_caller_with_its_cause(manager: sabir.Manager) -> None:
    failing = manager.manage("failing", Failing())
    manager.start()
    with pytest.raises(sabir.FailedSabirError, match=r"'failing' failed in on_fail: ValueError: on purpose$") as caught:
        failing.fast_send(Fail())
    assert isinstance(caught.value.__cause__, ValueError)
    assert failing.fast_send(Ping(1)) == Pong(1)


def test_it_waits_while_the_actor_is_at_work(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate)
    manager.start()
    ref.send(Ping(1))
    assert gate.entered.wait(10)
    answers: list[Pong] = []
    caller = threading.Thread(target=lambda: answers.append(ref.fast_send(Ping(2))))
    caller.start()
    assert not answers
    gate.opened.set()
    caller.join(10)
    assert answers == [Pong(2)]


def test_the_main_thread_waits_the_same_way(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate)
    manager.start()
    ref.send(Ping(1))
    assert gate.entered.wait(10)
    threading.Timer(0.05, gate.opened.set).start()
    assert ref.fast_send(Ping(2)) == Pong(2)


def test_who_does_not_get_the_actor_in_time_has_not_called(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate)
    manager.start()
    ref.send(Ping(1))
    assert gate.entered.wait(10)
    for timeout in (0, 0.01):
        with pytest.raises(sabir.TimedOutSabirError, match="'gate' is at work on another thread"):
            ref.fast_send(Ping(2), timeout=timeout)
    with pytest.raises(sabir.InvalidSabirError, match="a timeout is a number of seconds"):
        ref.fast_send(Ping(2), timeout=-1)
    answers: list[object] = []

    def call() -> None:
        try:
            answers.append(ref.fast_send(Ping(3), timeout=0.01))
        except sabir.TimedOutSabirError as error:
            answers.append(error)

    caller = threading.Thread(target=call)  # not the main thread: no helper is between
    caller.start()
    caller.join(10)
    assert isinstance(answers[0], sabir.TimedOutSabirError)
    gate.opened.set()
    assert ref.fast_send(Ping(4), timeout=10) == Pong(4)
    assert ref.fast_send(Ping(5), timeout=10, ordered=True) == Pong(5)
    assert gate.handled == 3


def test_it_overtakes_what_is_queued_unless_ordered(manager: sabir.Manager) -> None:
    seen: list[int] = []
    entered, opened = threading.Event(), threading.Event()

    class Slow(sabir.Actor):
        def on_text(self, env: sabir.Envelope[Text]) -> None:
            entered.set()
            assert opened.wait(10)

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            seen.append(env.msg.count)
            return Pong(env.msg.count)

    def call_behind_queue(number: int, ordered: bool) -> list[int]:
        entered.clear()
        opened.clear()
        seen.clear()
        ref.send(Text("wait"))
        assert entered.wait(10)
        for queued in range(number):
            ref.send(Ping(queued))
        threading.Timer(0.05, opened.set).start()
        ref.fast_send(Ping(number), ordered=ordered)
        at_return = list(seen)
        eventually(lambda: len(seen) == number + 1)
        return at_return

    ref = manager.manage("slow", Slow())
    manager.start()
    assert call_behind_queue(100, ordered=True) == list(range(101))
    assert call_behind_queue(100, ordered=False)[0] == 100


def test_a_chain_that_comes_back_is_reentrant(manager: sabir.Manager) -> None:
    class Back(sabir.Actor):
        to: sabir.ActorRef

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            try:
                reply: Pong = self.to.fast_send(Ping(env.msg.count - 1))
            except sabir.ReentrantSabirError:
                return Pong(-1)
            return reply

    one, two = Back(), Back()
    one.to, two.to = manager.manage("two", two), manager.manage("one", one)
    manager.start()
    assert one.ref.fast_send(Ping(5)) == Pong(-1)


def test_a_cycle_across_threads_is_a_deadlock_and_never_hangs(manager: sabir.Manager) -> None:
    meeting = threading.Barrier(2)
    outcomes: list[object] = []

    class Caller(sabir.Actor):
        to: sabir.ActorRef

        def on_text(self, env: sabir.Envelope[Text]) -> None:
            meeting.wait(10)
            try:
                outcomes.append(self.to.fast_send(Ping(1)))
            except sabir.DeadlockSabirError as error:
                outcomes.append(error)

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            return Pong(env.msg.count)

    one, two = Caller(), Caller()
    one.to, two.to = manager.manage("two", two), manager.manage("one", one)
    manager.start()
    one.ref.send(Text("go"))
    two.ref.send(Text("go"))
    eventually(lambda: len(outcomes) == 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DeadlockSabirError", "Pong"]
    assert "one" in str([o for o in outcomes if isinstance(o, Exception)][0])


def test_an_ask_inside_a_handler_that_would_never_end_is_refused(manager: sabir.Manager) -> None:
    class Selfish(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            try:
                self.ref.ask(Ping(1))
            except sabir.ReentrantSabirError:
                return Pong(-1)
            return Pong(0)

    selfish = manager.manage("selfish", Selfish())
    manager.start()
    assert selfish.ask(Ping(1)) == Pong(-1)
    assert selfish.fast_send(Ping(1)) == Pong(-1)


def test_a_fast_send_cannot_be_answered_later(manager: sabir.Manager) -> None:
    errors: list[Exception] = []

    class Later(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            try:
                env.reply_take()
            except sabir.UnsupportedSabirError as error:
                errors.append(error)

    later = manager.manage("later", Later())
    manager.start()
    assert later.fast_send(Ping(1)) is None
    assert len(errors) == 1


def test_before_the_start_there_is_nobody_to_call(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    with pytest.raises(sabir.StateSabirError, match="has not started"):
        pong.fast_send(Ping(1))


def test_an_actor_of_another_node_is_refused() -> None:
    with sabir.Manager(sabir.NodeConfig(bind="tcp://127.0.0.1:*")) as manager:
        far = manager.remote("pong", "tcp://127.0.0.1:9")
        with pytest.raises(sabir.RemoteSabirError, match="ask"):
            far.fast_send(Ping(1))


def test_an_ordered_call_handles_queued_timers_too(manager: sabir.Manager) -> None:
    fired: list[str] = []
    entered, opened = threading.Event(), threading.Event()

    class Slow(sabir.Actor):
        def on_text(self, env: sabir.Envelope[Text]) -> None:
            entered.set()
            assert opened.wait(10)

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            return Pong(len(fired))

    slow = Slow()
    ref = manager.manage("slow", slow)
    manager.start()
    for _ in range(20):  # whether the caller or the actor's thread handles the firing is the scheduler's choice
        entered.clear()
        opened.clear()
        fired.clear()
        ref.send(Text("wait"))
        assert entered.wait(10)
        slow.after(0, lambda: fired.append("x"))
        threading.Timer(0.01, opened.set).start()
        ref.fast_send(Ping(1), ordered=True)
        eventually(lambda: fired == ["x"])


def test_a_waiting_call_gets_in_between_two_messages_of_a_batch(manager: sabir.Manager) -> None:
    seen: list[int] = []
    calling = threading.Event()

    class Busy(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            assert calling.wait(10)
            time.sleep(0.005)  # work
            seen.append(env.msg.count)

        def on_text(self, env: sabir.Envelope[Text]) -> None:
            seen.append(-1)

    busy = manager.manage("busy", Busy())
    for number in range(60):  # before the start, so that they come as one batch
        busy.send(Ping(number))
    manager.start()

    def call() -> None:
        calling.set()
        busy.fast_send(Text("now"))

    caller = threading.Thread(target=call)
    caller.start()
    caller.join(10)
    eventually(lambda: len(seen) == 61)
    assert seen.index(-1) < 60
    assert [number for number in seen if number >= 0] == list(range(60))
