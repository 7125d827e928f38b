"""Message classes and small actors that many tests use."""

from __future__ import annotations

import threading
from typing import Any

import sabir


@sabir.message
class Ping:
    count: int


@sabir.message
class Pong:
    count: int


@sabir.message
class Text:
    text: str


@sabir.message
class Fail:
    pass


@sabir.message
class Thing:
    """Takes whatever Python has, as long as it stays in the process."""

    value: Any


class PongActor(sabir.Actor):
    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        return Pong(env.msg.count)


class Collector(sabir.Actor):
    """Keeps what comes, for a test to look at."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.changed = threading.Condition()

    def keep(self, value: Any) -> None:
        with self.changed:
            self.seen.append(value)
            self.changed.notify_all()

    def wait_for(self, count: int, within: float = 10.0) -> list[Any]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.seen) >= count, within), f"{len(self.seen)} of {count} came"
            return list(self.seen)

    def on_pong(self, env: sabir.Envelope[Pong]) -> None:
        self.keep(env.msg)

    def on_text(self, env: sabir.Envelope[Text]) -> None:
        self.keep(env.msg)

    def on_thing(self, env: sabir.Envelope[Thing]) -> None:
        self.keep(env.msg)

    def on_reject(self, env: sabir.Envelope[sabir.Reject]) -> None:
        self.keep(env.msg)


class Gate(sabir.Actor):
    """Blocks in its handler until the test opens it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.handled = 0

    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        self.entered.set()
        assert self.opened.wait(20), "nobody opened the gate"
        self.handled += 1
        return Pong(env.msg.count)


class Failing(sabir.Actor):
    handled = 0

    def on_fail(self, env: sabir.Envelope[Fail]) -> None:
        raise ValueError("on purpose")

    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        self.handled += 1
        return Pong(env.msg.count)
