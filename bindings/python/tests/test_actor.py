"""Actors in one process: handlers of both forms, replies, failures, life hooks, stopping."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
import sabir
from messages import Collector, Fail, Failing, Gate, Ping, Pong, PongActor, Text, Thing
from support import eventually


def test_a_message_comes_as_the_very_object_that_was_sent(manager: sabir.Manager) -> None:
    collector = Collector()
    ref = manager.manage("collector", collector)
    manager.start()
    value = object()
    message = Thing(value)
    ref.send(message)
    assert collector.wait_for(1)[0] is message
    assert message.value is value


def test_order_is_kept_for_each_sender(manager: sabir.Manager) -> None:
    collector = Collector()
    ref = manager.manage("collector", collector)
    manager.start()

    def send(sender: int) -> None:
        for number in range(2000):
            ref.send(Thing((sender, number)))

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = [thing.value for thing in collector.wait_for(8000)]
    for sender in range(4):
        assert [number for who, number in seen if who == sender] == list(range(2000))


def test_a_returned_message_is_the_reply(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    collector = Collector()
    manager.manage("collector", collector)
    manager.start()
    pong.send(Ping(7), collector)
    assert collector.wait_for(1) == [Pong(7)]


def test_a_returned_message_reaches_whoever_asked_in_any_form(manager: sabir.Manager) -> None:
    class Viewing(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Any:
            return sabir.OpenMessage.of("Pong", {"count": env.msg.count})  # which travels as text

    viewing = manager.manage("viewing", Viewing())
    collector = Collector()
    manager.manage("collector", collector)
    manager.start()
    viewing.send(Ping(1))  # nobody to answer
    viewing.send(Ping(2), collector)
    assert collector.wait_for(1) == [Pong(2)]
    assert viewing.ask(Ping(3)) == Pong(3)


def test_a_reply_to_a_full_mailbox_is_no_failure(manager: sabir.Manager) -> None:
    gate, pong = Gate(), manager.manage("pong", PongActor())
    full = manager.manage("gate", gate, capacity_msgs=1)
    manager.start()
    full.send(Ping(1))
    assert gate.entered.wait(10)
    full.send(Ping(2))
    pong.send(Ping(3), full)
    assert pong.ask(Ping(4)) == Pong(4)
    gate.opened.set()
    report = {actor["name"]: actor for actor in manager.snapshot()["actors"]}
    assert report["pong"]["failed"] == 0


def test_both_forms_of_handlers_get_message_and_sender(manager: sabir.Manager) -> None:
    class Two(sabir.Actor):
        def on_Ping(self, msg: Ping, sender: sabir.ActorRef | None) -> None:
            assert sender is not None
            sender.send(Pong(msg.count), self)

        def on_text(self, env: sabir.Envelope[Text]) -> None:
            self.reply(env, Text(env.msg.text + "!"))

    two = manager.manage("two", Two())
    collector = Collector()
    manager.manage("collector", collector)
    manager.start()
    two.send(Ping(1), collector.ref)
    two.send(Text("a"), collector)
    assert collector.wait_for(2) == [Pong(1), Text("a!")]


def test_a_sender_is_the_same_ref_for_each_of_its_messages(manager: sabir.Manager) -> None:
    senders = []

    class Watcher(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            senders.append(env.sender)

    watcher = manager.manage("watcher", Watcher())
    collector = Collector()
    manager.manage("collector", collector)
    manager.start()
    watcher.send(Ping(1), collector)
    watcher.send(Ping(2), collector)
    watcher.send(Ping(3))
    eventually(lambda: len(senders) == 3)
    assert senders == [collector.ref, collector.ref, None]


def test_a_failing_handler_is_logged_and_the_actor_goes_on(manager: sabir.Manager, caplog: pytest.LogCaptureFixture) -> None:
    letters: list[sabir.DeadLetter] = []
    manager.on_dead_letter(letters.append)
    failing = manager.manage("failing", Failing())
    manager.start()
    with caplog.at_level(logging.ERROR, logger="sabir"):
        failing.send(Fail())
        assert failing.ask(Ping(1)) == Pong(1)
    assert "actor 'failing' failed in on_fail" in caplog.text
    assert "ValueError: on purpose" in caplog.text
    assert [(letter.reason, letter.target, letter.type) for letter in letters] == [("failed", "failing", "Fail")]
    assert "ValueError: on purpose" in letters[0].detail
    assert manager.snapshot()["actors"][0]["failed"] == 1


def test_system_exit_in_a_handler_is_a_failure_like_any_other(manager: sabir.Manager) -> None:
    class Quitter(sabir.Actor):
        def on_fail(self, env: sabir.Envelope[Fail]) -> None:
            raise SystemExit(3)

        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            return Pong(env.msg.count)

    quitter = manager.manage("quitter", Quitter())
    manager.start()
    quitter.send(Fail())
    assert quitter.ask(Ping(2)) == Pong(2)


def test_an_asked_handler_that_fails_is_a_reject(manager: sabir.Manager) -> None:
    failing = manager.manage("failing", Failing())
    manager.start()
    with pytest.raises(sabir.RejectedSabirError, match="failed") as caught:
        failing.ask(Fail())
    assert caught.value.reject.code == "failed"
    assert caught.value.reject.target == "failing"


def test_a_handler_that_returns_no_message_has_failed(manager: sabir.Manager, caplog: pytest.LogCaptureFixture) -> None:
    class Odd(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> int:
            return env.msg.count

    odd = manager.manage("odd", Odd())
    manager.start()
    with pytest.raises(sabir.RejectedSabirError):
        odd.ask(Ping(1))
    assert "1 is no message" in caplog.text


def test_life_hooks_run_on_the_actors_thread_around_its_messages() -> None:
    calls: list[tuple[str, str]] = []

    def note(what: str) -> None:
        calls.append((what, threading.current_thread().name))

    class Living(sabir.Actor):
        def init(self) -> None:
            note("init")

        def on_start(self, env: sabir.Envelope[sabir.Start]) -> None:
            assert env.msg == sabir.Start()
            note("on_start")

        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            note("on_ping")

        def on_stop(self) -> None:
            note("on_stop")

        def end(self) -> None:
            note("end")

    with sabir.Manager() as manager:
        ref = manager.manage("living", Living())
        ref.send(Ping(1))
        assert calls == []
        manager.start()
        assert calls[:2] == [("init", "sabir-living"), ("on_start", "sabir-living")]
    assert [what for what, _ in calls] == ["init", "on_start", "on_ping", "on_stop", "end"]
    assert {thread for _, thread in calls} == {"sabir-living"}


def test_a_start_that_fails_fails_the_manager(manager: sabir.Manager) -> None:
    class Bad(sabir.Actor):
        def on_start(self) -> None:
            raise OSError("no ledger")

    manager.manage("good", PongActor())
    manager.manage("bad", Bad())
    with pytest.raises(sabir.FailedSabirError, match=r"'bad'.*OSError: no ledger"):
        manager.start()


def test_an_actor_stops_itself_after_the_handler_in_hand(manager: sabir.Manager) -> None:
    stopped = threading.Event()

    class OneShot(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
            self.stop()
            return Pong(env.msg.count)

        def on_stop(self) -> None:
            stopped.set()

    one = manager.manage("one", OneShot())
    manager.start()
    assert one.ask(Ping(1)) == Pong(1)
    assert stopped.wait(10)
    eventually(lambda: manager.snapshot()["actors"][0]["stopped"])
    with pytest.raises(sabir.ClosedSabirError):
        one.send(Ping(2))
    with pytest.raises(sabir.ClosedSabirError):
        one.fast_send(Ping(2))


def test_actors_stop_in_reverse_order_each_drained_before_the_next() -> None:
    stopped: list[str] = []

    class Ordered(sabir.Actor):
        def __init__(self, to: sabir.ActorRef | None) -> None:
            self.to = to
            self.handled = 0

        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            self.handled += 1
            if self.to is not None:
                self.to.send(env.msg)

        def on_stop(self) -> None:
            stopped.append(self.name)

    with sabir.Manager() as manager:
        last = Ordered(None)
        middle = Ordered(manager.manage("last", last))
        first = manager.manage("first", Ordered(manager.manage("middle", middle)))
        manager.start()
        for number in range(500):
            first.send(Ping(number))
    assert stopped == ["first", "middle", "last"]
    assert (middle.handled, last.handled) == (500, 500)


def test_a_full_mailbox_refuses_and_gives_the_message_back(manager: sabir.Manager) -> None:
    gate = Gate()
    ref = manager.manage("gate", gate, capacity_msgs=4)
    manager.start()
    ref.send(Ping(0))
    assert gate.entered.wait(10)
    for number in range(4):
        ref.send(Ping(number))
    with pytest.raises(sabir.FullSabirError, match="gate"):
        ref.send(Ping(5))
    gate.opened.set()
    eventually(lambda: gate.handled == 5)


def test_whoever_is_named_is_told_that_a_mailbox_fills_up(manager: sabir.Manager) -> None:
    news: list[sabir.HighWater] = []

    class Monitor(sabir.Actor):
        def on_high_water(self, env: sabir.Envelope[sabir.HighWater]) -> None:
            news.append(env.msg)

    gate = Gate()
    ref = manager.manage("gate", gate, high_water=(3, manager.manage("monitor", Monitor())))
    manager.start()
    ref.send(Ping(0))
    assert gate.entered.wait(10)
    for number in range(10):
        ref.send(Ping(number))
    eventually(lambda: news)
    gate.opened.set()
    eventually(lambda: gate.handled == 11)
    assert [(one.actor, one.queued_msgs) for one in news] == [("gate", 3)]
    with pytest.raises(sabir.InvalidSabirError, match="do not go together"):
        manager.manage("wrong", Gate(), high_water=(0, ref))


def test_the_oldest_message_gives_way_when_that_is_the_policy(manager: sabir.Manager) -> None:
    letters: list[sabir.DeadLetter] = []
    manager.on_dead_letter(letters.append)
    seen: list[int] = []
    entered, opened = threading.Event(), threading.Event()

    class Slow(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            entered.set()
            assert opened.wait(10)
            seen.append(env.msg.count)

    ref = manager.manage("slow", Slow(), capacity_msgs=2, overload=sabir.Overload.DROP_OLDEST)
    manager.start()
    ref.send(Ping(0))
    assert entered.wait(10)
    for number in range(1, 5):
        ref.send(Ping(number))
    opened.set()
    eventually(lambda: len(seen) == 3)
    assert seen == [0, 3, 4]
    assert [letter.reason for letter in letters] == ["mailbox_full", "mailbox_full"]


def test_a_message_nobody_handles_is_refused(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    with pytest.raises(sabir.UnhandledSabirError, match="Text"):
        pong.send(Text("x"))
    with pytest.raises(sabir.UnhandledSabirError, match="Text"):
        pong.fast_send(Text("x"))


def test_what_is_no_message_is_refused(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    with pytest.raises(sabir.InvalidSabirError, match=r"5 is no message: a message is an instance of a class that is decorated"):
        pong.send(5)
    with pytest.raises(sabir.InvalidSabirError, match=r"is no message: send an instance, Ping\(\.\.\.\)"):
        pong.send(Ping)
    with pytest.raises(sabir.InvalidSabirError, match=r"is no message: decorate its class PongActor with @sabir\.message"):
        pong.send(PongActor())
    with pytest.raises(sabir.InvalidSabirError, match="a sender is"):
        pong.send(Ping(1), 5)  # type: ignore[arg-type]


def test_an_actor_that_nobody_manages_says_so() -> None:
    with pytest.raises(sabir.StateSabirError, match=r"Manager\.manage"):
        _ = PongActor().ref
