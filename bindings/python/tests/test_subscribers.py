"""Publishing: each subscriber is told once of what it asked for, and those that have stopped are dropped."""

from __future__ import annotations

import sabir
from messages import Ping, Pong, PongActor
from sabir.kit import Kit


class Ticker(sabir.Publisher):
    def on_ping(self, env: sabir.Envelope[Ping]) -> None:
        self.publish(Pong(env.msg.count), topic="even" if env.msg.count % 2 == 0 else None)


def test_subscribers_are_told_of_their_topic() -> None:
    with Kit() as kit:
        ticker = kit.manage("ticker", Ticker())
        even, every = kit.probe("even"), kit.probe("every")
        kit.start()
        ticker.send(sabir.Subscribe("even"), even.ref)
        ticker.send(sabir.Subscribe("even"), even.ref)
        ticker.send(sabir.Subscribe(), every.ref)
        for count in (1, 2):
            ticker.send(Ping(count))
        assert even.expect(Pong(2)).sender == ticker
        every.expect_order(Pong(1), Pong(2))
        even.expect_none()
        ticker.send(sabir.Unsubscribe("even"), even.ref)
        ticker.send(sabir.Unsubscribe(), every.ref)
        ticker.send(Ping(4))
        even.expect_none()
        every.expect_none()


def test_one_that_has_stopped_is_dropped() -> None:
    actor = Ticker()
    with Kit() as kit:
        ticker, gone, here = kit.manage("ticker", actor), kit.probe("gone"), kit.probe("here")
        kit.start()
        for probe in (gone, here):
            ticker.send(sabir.Subscribe(), probe.ref)
        kit.rest()
        assert len(actor.subscribers) == 2
        gone.close()
        ticker.send(Ping(1))
        here.expect(Pong(1))
        assert [ref.name for ref in actor.subscribers.listed()] == ["here"]


def test_one_that_has_ended_is_dropped_before_anything_is_published() -> None:
    actor = Ticker()
    with Kit() as kit:
        ticker, gone = kit.manage("ticker", actor), kit.probe("gone")
        kit.start()
        ticker.send(sabir.Subscribe(), gone.ref)
        kit.rest()
        gone.close()
        kit.rest()
        assert len(actor.subscribers) == 0


def test_a_publisher_that_handles_down_itself_watches_whom_it_wants() -> None:
    class Careful(Ticker):
        def __init__(self) -> None:
            self.downs: list[str] = []

        def on_down(self, env: sabir.Envelope[sabir.Down]) -> None:
            self.downs.append(env.msg.name)
            self.subscribers.take(env)

    actor = Careful()
    with Kit() as kit:
        ticker, unseen, seen = kit.manage("ticker", actor), kit.probe("unseen"), kit.probe("seen")
        kit.start()
        for probe in (unseen, seen):
            ticker.send(sabir.Subscribe(), probe.ref)
        kit.rest()
        actor.watch(seen.ref)
        for probe in (unseen, seen):
            probe.close()
        kit.rest()
        assert actor.downs == ["seen"]
        assert [ref.name for ref in actor.subscribers.listed()] == ["unseen"]


def test_a_down_that_only_refuses_drops_nobody(manager: sabir.Manager) -> None:
    subscribers = sabir.Subscribers()
    subscribers.add(manager.remote("one", "tcp://127.0.0.1:7001"))
    for reason, left in (("refused", 1), ("lost", 0)):
        subscribers.take(sabir.Envelope(sabir.Down("one", "tcp://127.0.0.1:7001", reason)))
        assert len(subscribers) == left


def test_those_at_another_node_go_with_it(manager: sabir.Manager) -> None:
    subscribers = sabir.Subscribers()
    one = manager.remote("one", "tcp://127.0.0.1:7001")
    two = manager.remote("two", "tcp://127.0.0.1:7001")
    for ref in (one, two):
        subscribers.add(ref)
    reject = sabir.Reject("mailbox_full", "", "Pong", "one", "tcp://127.0.0.1:7001")
    subscribers.take(sabir.Envelope(reject))
    assert len(subscribers) == 2
    reject.code = "stopped"
    subscribers.take(sabir.Envelope(reject))
    assert [ref.name for ref in subscribers.listed()] == ["two"]
    subscribers.take(sabir.Envelope(sabir.LinkDown("tcp://127.0.0.1:7001", 0, 0)))
    assert len(subscribers) == 0
    assert not subscribers.remove(one)


def test_a_subscriber_that_does_not_take_a_message_misses_it() -> None:
    actor = Ticker()
    with Kit() as kit:
        deaf, hearing = kit.manage("deaf", PongActor()), kit.probe("hearing")
        ticker = kit.manage("ticker", actor)
        kit.start()
        ticker.send(sabir.Subscribe(), deaf)
        ticker.send(sabir.Subscribe(), hearing.ref)
        ticker.send(Ping(1))
        hearing.expect(Pong(1))
        assert len(actor.subscribers) == 2


def test_long_work_is_continued_between_other_messages() -> None:
    class Miner(sabir.Actor):
        def __init__(self) -> None:
            self.story: list[str] = []
            self.left = 2

        def on_continue(self, env: sabir.Envelope[sabir.Continue]) -> None:
            self.story.append("mine")
            self.left -= 1
            if self.left:
                self.ref.send(sabir.Continue(), self)

        def on_set(self, env: sabir.Envelope[sabir.Set]) -> None:
            self.story.append(f"{env.msg.name}={env.msg.value}")
            self.left = env.msg.value

    miner = Miner()
    with Kit() as kit:
        ref = kit.manage("miner", miner)
        kit.start()
        ref.send(sabir.Continue())
        ref.send(sabir.Set("left", 3))
        kit.rest()
    assert miner.story == ["mine", "left=3", "mine", "mine", "mine"]
