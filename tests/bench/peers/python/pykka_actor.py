"""Pykka in the shapes of queue_actor.py.

pykka_actor.py stream MESSAGES | ping ROUNDS | fast CALLS
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

import pykka
from rig import arguments, need, print_rate, print_us


@dataclass
class Note:
    number: int
    sender: Any = None


class Sink(pykka.ThreadingActor):
    def __init__(self, total: int, done: threading.Event) -> None:
        super().__init__()
        self.next, self.total, self.done = 0, total, done

    def on_receive(self, message: Note) -> None:
        if message.number != self.next:
            need(False, "streaming: another number came")
        self.next += 1
        if self.next == self.total:
            self.done.set()


class Pong(pykka.ThreadingActor):
    def on_receive(self, message: Note) -> None:
        message.sender.tell(Note(message.number))


class Ping(pykka.ThreadingActor):
    def __init__(self, pong: Any, rounds: int, done: threading.Event) -> None:
        super().__init__()
        self.pong, self.rounds, self.next, self.done = pong, rounds, 0, done

    def on_receive(self, message: Note) -> None:
        need(message.number == self.next, "ping-pong: another number came")
        self.next += 1
        if self.next < self.rounds:
            self.pong.tell(Note(self.next, self.actor_ref))
        else:
            self.done.set()


class Incrementer(pykka.ThreadingActor):
    def on_receive(self, message: Note) -> Note:
        return Note(message.number + 1)


def stream(total: int) -> None:
    done = threading.Event()
    sink = Sink.start(total, done)
    begin = time.perf_counter()
    for number in range(total):
        sink.tell(Note(number))
    done.wait()
    print_rate(total, time.perf_counter() - begin)


def ping_pong(rounds: int) -> None:
    done = threading.Event()
    pong = Pong.start()
    ping = Ping.start(pong, rounds, done)
    begin = time.perf_counter()
    pong.tell(Note(0, ping))
    done.wait()
    print_us(rounds, begin)


def fast(calls: int) -> None:
    actor = Incrementer.start()
    begin = time.perf_counter()
    for number in range(calls):
        need(actor.ask(Note(number)).number == number + 1, "an ask: a wrong reply")
    print_us(calls, begin)


if __name__ == "__main__":
    case, count = arguments()
    {"stream": stream, "ping": ping_pong, "fast": fast}[case](count)
    pykka.ActorRegistry.stop_all()
