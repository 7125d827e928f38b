"""Our Python actors.

actors.py stream MESSAGES | ping ROUNDS | group ROUNDS | fast CALLS | remote MESSAGES
"""

import sys
import threading
import time
from functools import partial
from pathlib import Path

import sabir

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers/python"))
from rig import Pipe, arguments, fork, need, print_rate, print_us

WINDOW, BATCH = 16000, 2000


@sabir.message
class Note:
    number: int


@sabir.message
class Credit:
    messages: int


class Sink(sabir.Actor):
    capacity_msgs = 0  # as unbounded as the queues of the peers

    def __init__(self, total: int) -> None:
        self.next, self.total, self.done = 0, total, threading.Event()

    def on_note(self, env: sabir.Envelope[Note]) -> None:
        if env.msg.number != self.next:
            need(False, "streaming: another number came")
        self.next += 1
        if self.next == self.total:
            self.done.set()


class Pong(sabir.Actor):
    def on_note(self, env: sabir.Envelope[Note]) -> Note:
        return Note(env.msg.number)


class Ping(sabir.Actor):
    def __init__(self, pong: sabir.ActorRef, rounds: int) -> None:
        self.pong, self.rounds, self.next, self.done = pong, rounds, 0, threading.Event()

    def on_note(self, env: sabir.Envelope[Note]) -> Note | None:
        need(env.msg.number == self.next, "ping-pong: another number came")
        self.next += 1
        if self.next < self.rounds:
            return Note(self.next)
        self.done.set()
        return None


class Incrementer(sabir.Actor):
    def on_note(self, env: sabir.Envelope[Note]) -> Note:
        return Note(env.msg.number + 1)


def stream(total: int) -> None:
    with sabir.Manager() as manager:
        sink = Sink(total)
        ref = manager.manage("sink", sink)
        manager.start()
        begin = time.perf_counter()
        for number in range(total):
            ref.send(Note(number))
        sink.done.wait()
        print_rate(total, time.perf_counter() - begin)


def ping_pong(rounds: int, *, grouped: bool) -> None:
    """A thread each, or both on the one worker of a group."""
    with sabir.Manager() as manager:
        place = manager.group("players", 1) if grouped else manager
        pong = place.manage("pong", Pong())
        ping = Ping(pong, rounds)
        place.manage("ping", ping)
        manager.start()
        begin = time.perf_counter()
        pong.send(Note(0), ping)
        ping.done.wait()
        print_us(rounds, begin)


def fast_send(calls: int) -> None:
    with sabir.Manager() as manager:
        ref = manager.manage("incrementer", Incrementer())
        manager.start()
        begin = time.perf_counter()
        for number in range(calls):
            need(ref.fast_send(Note(number)).number == number + 1, "fast_send: a wrong reply")
        print_us(calls, begin)


# ---- Streaming to another process: at most WINDOW messages without credit, which comes back for every BATCH of them


class RemoteSink(sabir.Actor):
    def __init__(self, total: int) -> None:
        self.next, self.total, self.begin = 0, total, 0.0
        self.seconds = 0.0

    def on_note(self, env: sabir.Envelope[Note]) -> Credit | None:
        if self.next == 0:
            self.begin = time.perf_counter()
        if env.msg.number != self.next:
            need(False, "remote streaming: another number came")
        self.next += 1
        if self.next == self.total:
            self.seconds = time.perf_counter() - self.begin
            self.manager.terminate()
        return Credit(BATCH) if self.next % BATCH == 0 else None


class Source(sabir.Actor):
    def __init__(self, sink: sabir.ActorRef, total: int) -> None:
        self.sink, self.total, self.next, self.credit = sink, total, 0, 0

    def on_credit(self, env: sabir.Envelope[Credit]) -> None:
        self.credit += env.msg.messages
        while self.credit > 0 and self.next < self.total:
            self.sink.send(Note(self.next), self)
            self.next += 1
            self.credit -= 1


def send_remote(pipe: Pipe, total: int) -> None:
    with sabir.Manager(sabir.NodeConfig(bind="tcp://127.0.0.1:*")) as manager:
        source = manager.manage("source", Source(manager.remote("sink", pipe.get()), total))
        manager.start()
        source.send(Credit(WINDOW))
        pipe.get()  # the receiver is done


def remote(total: int) -> None:
    pipe, join = fork(lambda pipe: send_remote(pipe, total))
    with sabir.Manager(sabir.NodeConfig(bind="tcp://127.0.0.1:*")) as manager:
        sink = RemoteSink(total)
        manager.manage("sink", sink)
        manager.start()
        pipe.put(manager.endpoint or "")
        manager.run()
        print_rate(total - 1, sink.seconds)
        join()


if __name__ == "__main__":
    case, count = arguments()
    cases = {
        "stream": stream,
        "ping": partial(ping_pong, grouped=False),
        "group": partial(ping_pong, grouped=True),
        "fast": fast_send,
        "remote": remote,
    }
    cases[case](count)
