"""The conformance testee in Python: the actors that `sabir conform` drives, over the public API alone."""

from __future__ import annotations

import sys
import time
from typing import Any

import messages as conf
import sabir
from asking import Asker, Stray, find
from tags import tagged

FEATURES = "bytes local unbound special.nan special.bigint special.lone-surrogate special.unregistered"
SPECIALS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf"), "bigint": 2**64, "nul": "a\0b", "lone-surrogate": "\ud800"}


class EchoActor(sabir.Actor):
    def on_echo(self, env: sabir.Envelope[conf.Echo]) -> conf.EchoReply:
        return conf.EchoReply(env.msg)


class Probe(sabir.Actor):
    def on_describe(self, env: sabir.Envelope[conf.Describe]) -> conf.Description:
        sender = env.sender and {"name": env.sender.name, "endpoint": env.sender.endpoint}
        return conf.Description(tagged(env.msg), sender, "conf.Describe")


class TypedActor(sabir.Actor):
    def on_typed(self, env: sabir.Envelope[conf.Typed]) -> conf.TypedReply:
        return conf.TypedReply({key: tagged(value) for key, value in vars(env.msg).items() if value is not None})

    def on_binary(self, env: sabir.Envelope[conf.Binary]) -> conf.BinaryReply:
        return conf.BinaryReply(env.msg.data.hex(), env.msg.data)


class Sink(sabir.Actor):
    """Counts notes, whether they came in order, and a digest of what they carried; keeps whatever else comes."""

    def __init__(self) -> None:
        self.notes: list[conf.Note] = []
        self.others: list[dict[str, Any]] = []

    def on_note(self, env: sabir.Envelope[conf.Note]) -> None:
        self.notes.append(env.msg)

    def on_report(self, env: sabir.Envelope[conf.Report]) -> conf.Reported:
        notes = [note for note in self.notes if env.msg.from_ in (None, note.from_)]
        last: dict[str, int] = {}
        in_order, digest = True, 0xCBF29CE484222325  # FNV-1a, 64 bits
        for note in notes:
            in_order = in_order and note.seq > last.get(note.from_, note.seq - 1)
            last[note.from_] = note.seq
            for byte in (note.data or "").encode():
                digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        return conf.Reported(str(len(notes)), in_order, {name: str(seq) for name, seq in last.items()}, f"{digest:016x}")

    def on_collect(self, env: sabir.Envelope[conf.Collect]) -> conf.Collected:
        return conf.Collected(self.others)

    def on_reset(self, env: sabir.Envelope[conf.Reset]) -> None:
        self.notes, self.others = [], []

    def on_echo_reply(self, env: sabir.Envelope[conf.EchoReply]) -> None:
        self.others.append({"type": "conf.EchoReply", "seen": tagged(env.msg)})

    def on_typed_reply(self, env: sabir.Envelope[conf.TypedReply]) -> None:
        self.others.append({"type": "conf.TypedReply", "seen": tagged(env.msg)})

    def on_description(self, env: sabir.Envelope[conf.Description]) -> None:
        self.others.append({"type": "conf.Description", "seen": tagged(vars(env.msg))})

    def on_reject(self, env: sabir.Envelope[sabir.Reject]) -> None:
        self.others.append({"type": "Reject", "seen": tagged(vars(env.msg))})


class Driver(sabir.Actor):
    """Sends what it is told, also what JSON cannot carry."""

    def on_send(self, env: sabir.Envelope[conf.Send]) -> conf.Sent:
        repeat = 1 if env.msg.repeat is None else env.msg.repeat
        errors = []
        for _ in range(repeat):
            try:
                self.send_once(env.msg)
            except sabir.SabirError as error:
                errors.append(error.wire_name)
        return conf.Sent(repeat - len(errors), errors)

    def send_once(self, order: conf.Send) -> None:
        payload = dict(order.payload)
        if order.special in SPECIALS:
            payload["special"] = SPECIALS[order.special]
        name = "conf.NobodyDeclaredThis" if order.special == "unregistered" else order.type
        find(self.manager, order.to).send(sabir.OpenMessage.of(name, payload), None if order.as_ is None else self.manager.find(order.as_))


class Slow(sabir.Actor):
    def on_sleep(self, env: sabir.Envelope[conf.Sleep]) -> conf.Slept:
        time.sleep(env.msg.ms / 1000)
        return conf.Slept()


class Relay(sabir.Actor):
    """Forwards what it is told in its own name, and passes what comes back to whoever told it last (RTE-5)."""

    def __init__(self) -> None:
        self.way_back: sabir.ActorRef | None = None

    def on_forward(self, env: sabir.Envelope[conf.Forward]) -> None:
        self.way_back = env.sender
        find(self.manager, env.msg.to).send(sabir.OpenMessage.of(env.msg.type, dict(env.msg.payload)), self)

    def on_echo_reply(self, env: sabir.Envelope[conf.EchoReply]) -> None:
        if self.way_back:
            self.way_back.send(conf.EchoReply(env.msg), self)
            self.way_back = None


class Mortal(sabir.Actor):
    """Fails, gives up its right to reply, and stops, when it is told to (REJ-5)."""

    def on_fail(self, env: sabir.Envelope[conf.Fail]) -> None:
        raise RuntimeError("it was told to")

    def on_give_up(self, env: sabir.Envelope[conf.GiveUp]) -> None:
        env.reply_take().drop()

    def on_leave(self, env: sabir.Envelope[conf.Leave]) -> None:
        self.stop()
        env.reply(conf.Left())


def build(manager: sabir.Manager) -> None:
    manager.manage("echo", EchoActor())
    manager.manage("probe", Probe())
    manager.manage("typed", TypedActor())
    manager.manage("sink", Sink(), capacity_msgs=262_144)
    manager.manage("driver", Driver())
    manager.manage("slow", Slow(), capacity_msgs=4)
    manager.manage("asker", Asker())
    manager.manage("relay", Relay())
    manager.manage("mortal", Mortal())
    manager.manage("hidden", EchoActor(), local=True)
    manager.manage("stray", Stray())


if __name__ == "__main__":
    sys.exit(sabir.run_node(build, features=FEATURES))
