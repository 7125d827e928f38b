"""The actors of a testee: echo, probe, typed, sink, driver and slow."""

from collections import deque

from harness.check import CODES
from harness.envelope import FLAT, V1, Envelope, sender_object

from . import fields
from .fields import Fields
from .node import BadPayload, MailboxFull, Refused
from .tags import tagged


class Anything:
    """The fields of a type that takes any payload; numbers keep their tokens."""

    @staticmethod
    def read(payload):
        return payload


class Seen:
    """Any payload, as an application holds it."""

    @staticmethod
    def read(payload):
        return fields.anything(payload)


class ReceivedReject:
    """A Reject in either spelling (DIA-3), as the application sees it: five texts, an unknown code as `other` (REJ-3)."""

    SPELLINGS = {"message_type": ("message_type", "messageType"), "rejected_by": ("rejected_by", "rejectedBy")}

    @classmethod
    def read(cls, payload):
        found = {name: cls.text(payload, cls.SPELLINGS.get(name, (name,)))
                 for name in ("code", "reason", "message_type", "target", "rejected_by")}
        return {**found, "code": cls.code(found["code"])}

    @staticmethod
    def text(payload, spellings):
        return next((payload[key] for key in spellings if isinstance(payload.get(key), str)), "")

    @staticmethod
    def code(text):
        return text if text in CODES else "other"


class Actor:
    """A name, a mailbox, and a method per message type: `types` says which, and with what fields."""

    types = {}
    capacity = 262_144
    is_local = False
    is_stopped = False

    def __init__(self, node, name):
        self.node = node
        self.name = name
        self.mailbox = deque()
        self.is_busy = False

    def handles(self, type_):
        return type_ in self.types

    def receive(self, mail):
        """Take mail in, after its payload has been found good."""
        method, kind = self.types[mail.envelope.type]
        message = self.decode(kind, mail.envelope.payload)
        if len(self.mailbox) >= self.capacity:
            raise MailboxFull
        self.mailbox.append((getattr(self, method), mail, message))
        self.work()

    def decode(self, kind, payload):
        return kind.read(payload)

    def work(self):
        while self.mailbox and not self.is_busy:
            method, mail, message = self.mailbox.popleft()
            method(mail, message)

    def reply(self, mail, type_, payload):
        self.node.reply(mail, self.name, type_, payload)


class Echo(Actor):
    types = {"conf.Echo": ("on_echo", Anything)}

    def on_echo(self, mail, payload):
        self.reply(mail, "conf.EchoReply", payload)


class Probe(Actor):
    types = {"conf.Describe": ("on_describe", Seen)}

    def on_describe(self, mail, payload):
        self.reply(mail, "conf.Description", {"seen": tagged(payload), "sender": sender_object(mail.envelope.sender),
                                              "type": mail.envelope.type})


class Typed(Actor):
    types = {"conf.Typed": ("on_typed", Fields(
        i=fields.int64, f=fields.double, s=fields.string, b=fields.boolean, l=fields.list_of(fields.int64),
        o=fields.optional(fields.string))), "conf.Binary": ("on_binary", Fields(data=fields.binary))}

    def on_binary(self, mail, message):
        data = message["data"]
        self.reply(mail, "conf.BinaryReply", {"hex": data.hex(), "data": fields.base64_text(data)})

    def on_typed(self, mail, message):
        self.reply(mail, "conf.TypedReply", {name: tagged(value) for name, value in message.items()
                                             if not (name == "o" and value is None)})


class Sink(Actor):
    """Counts notes per sender, whether they came in order, and a digest of what they carried."""

    _FROM = Fields(**{"from": fields.optional(fields.string)})
    types = {
        "conf.Note": ("on_note", Fields(**{"from": fields.string, "seq": fields.int64,
                                           "data": fields.optional(fields.string)})),
        "conf.Report": ("on_report", _FROM), "conf.Collect": ("on_collect", _FROM), "conf.Reset": ("on_reset", Fields()),
        **{name: ("on_other", Seen) for name in ("conf.EchoReply", "conf.TypedReply", "conf.Description")},
        "Reject": ("on_other", ReceivedReject),
    }

    def __init__(self, node, name):
        super().__init__(node, name)
        self.forget()

    def forget(self):
        self.notes = []
        self.others = []

    def on_reset(self, _mail, _message):
        self.forget()

    def on_note(self, _mail, note):
        self.notes.append((note["from"], note["seq"], note["data"] or ""))

    def on_other(self, mail, payload):
        self.others.append({"type": mail.envelope.type, "seen": tagged(payload)})

    def on_collect(self, mail, _message):
        self.reply(mail, "conf.Collected", {"items": self.others})

    def on_report(self, mail, message):
        notes = [note for note in self.notes if message["from"] in (None, note[0])]
        last, in_order, digest = {}, True, 0xCBF29CE484222325
        for sender, seq, data in notes:
            in_order = in_order and seq > last.get(sender, seq - 1)
            last[sender] = seq
            for byte in data.encode():
                digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        self.reply(mail, "conf.Reported", {"count": str(len(notes)), "in_order": in_order, "digest": f"{digest:016x}",
                                           "last": {sender: str(seq) for sender, seq in last.items()}})


class Driver(Actor):
    """Sends what it is told, also what JSON cannot carry."""

    types = {"conf.Send": ("on_send", Fields(
        to=fields.anything, type=fields.string, payload=fields.anything, repeat=fields.optional(fields.int64),
        special=fields.optional(fields.string), **{"as": fields.optional(fields.string)}))}
    SPECIALS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf"), "bigint": 2 ** 64,
                "nul": "a\0b", "lone-surrogate": "\ud800", "unregistered": None}

    def on_send(self, mail, message):
        errors, repeat = [], message["repeat"] if message["repeat"] is not None else 1
        for _ in range(repeat):
            try:
                self.send(message, mail.envelope.trace)
            except Refused as error:
                errors.append(str(error))
        self.reply(mail, "conf.Sent", {"ok": repeat - len(errors), "errors": errors})

    def send(self, message, trace):
        to, special = message["to"], message["special"]
        if special == "unregistered":
            raise Refused("NO_TYPE")
        if special is not None:
            message = {**message, "payload": {**message["payload"], "special": self.special(special)}}
        sender = None if message["as"] is None else self.node.sender(message["as"])
        dialect = FLAT if to.get("dialect") == FLAT else V1
        self.node.post(to["endpoint"], Envelope(message["type"], to["name"], message["payload"], sender,
                                                dialect=dialect, trace=trace))

    def special(self, name):
        if name not in self.SPECIALS:
            raise BadPayload(f"special {name} is unknown")
        return self.SPECIALS[name]


class Slow(Actor):
    """Is busy for as long as it is told; meanwhile at most four messages wait."""

    types = {"conf.Sleep": ("on_sleep", Fields(ms=fields.int64))}
    capacity = 4

    def on_sleep(self, mail, message):
        self.is_busy = True
        self.node.loop.later(message["ms"] / 1000, lambda: self.wake(mail))

    def wake(self, mail):
        self.reply(mail, "conf.Slept", {})
        self.is_busy = False
        self.work()


ACTORS = {"echo": Echo, "probe": Probe, "typed": Typed, "sink": Sink, "driver": Driver, "slow": Slow}
