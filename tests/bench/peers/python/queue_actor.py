"""A thread and a queue.Queue for each actor, as the older family has it in Python; handlers are found by the message's class.

queue_actor.py stream MESSAGES | ping ROUNDS | fast CALLS
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rig import arguments, need, print_rate, print_us


@dataclass
class Note:
    number: int


class QueueActor:
    def __init__(self) -> None:
        self.mail: queue.Queue[tuple[Any, Any]] = queue.Queue()
        self.handlers: dict[type, Callable[[Any, Any], Any]] = {Note: self.on_note}
        self.exclusive = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def send(self, message: Any, sender: Any = None) -> None:
        self.mail.put((message, sender))

    def run(self) -> None:
        while True:
            message, sender = self.mail.get()
            if message is None:
                return
            with self.exclusive:
                reply = self.handlers[type(message)](message, sender)
            if reply is not None and sender is not None:
                sender.put(reply) if isinstance(sender, queue.Queue) else sender.send(reply, self)

    def call(self, message: Any) -> Any:
        """The older family's `fast_send` in Python: by way of the actor's own thread."""
        replies: queue.Queue[Any] = queue.Queue()
        self.mail.put((message, replies))
        return replies.get()

    def stop(self) -> None:
        self.mail.put((None, None))
        self.thread.join()

    def on_note(self, note: Note, sender: Any) -> Any:
        raise NotImplementedError


class Sink(QueueActor):
    def __init__(self, total: int) -> None:
        super().__init__()
        self.next, self.total, self.done = 0, total, threading.Event()

    def on_note(self, note: Note, sender: Any) -> None:
        if note.number != self.next:
            need(False, "streaming: another number came")
        self.next += 1
        if self.next == self.total:
            self.done.set()


class Pong(QueueActor):
    def on_note(self, note: Note, sender: Any) -> Note:
        return Note(note.number)


class Ping(QueueActor):
    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.next, self.rounds, self.done = 0, rounds, threading.Event()

    def on_note(self, note: Note, sender: Any) -> Note | None:
        need(note.number == self.next, "ping-pong: another number came")
        self.next += 1
        if self.next < self.rounds:
            return Note(self.next)
        self.done.set()
        return None


class Incrementer(QueueActor):
    def on_note(self, note: Note, sender: Any) -> Note:
        return Note(note.number + 1)


def stream(total: int) -> None:
    sink = Sink(total)
    sink.start()
    begin = time.perf_counter()
    for number in range(total):
        sink.send(Note(number))
    sink.done.wait()
    print_rate(total, time.perf_counter() - begin)
    sink.stop()


def ping_pong(rounds: int) -> None:
    ping, pong = Ping(rounds), Pong()
    ping.start()
    pong.start()
    begin = time.perf_counter()
    pong.send(Note(0), ping)
    ping.done.wait()
    print_us(rounds, begin)
    ping.stop()
    pong.stop()


def fast(calls: int) -> None:
    actor = Incrementer()
    actor.start()
    begin = time.perf_counter()
    for number in range(calls):
        need(actor.call(Note(number)).number == number + 1, "a call: a wrong reply")
    print_us(calls, begin)
    actor.stop()


if __name__ == "__main__":
    case, count = arguments()
    {"stream": stream, "ping": ping_pong, "fast": fast}[case](count)
