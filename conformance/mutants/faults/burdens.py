"""Faults that only many messages, many peers or many lengths bring to light."""

import os

from harness.zmtp import Session, ping

from ..actors import Driver, ReceivedReject, Sink
from ..node import Node, Refused
from ..outbox import Outbox
from .fault import fault


@fault("drop-on-burst", "sink")
class DropOnBurst(Sink):
    """Has room for so many, and no word for those that come on top."""

    def on_note(self, mail, note):
        if len(self.notes) < 65_536:
            super().on_note(mail, note)


@fault("socket-per-endpoint-forever", "outbox")
class SocketPerEndpointForever(Outbox):
    """Keeps a descriptor for every endpoint that was ever named, as a socket of libzmq is one."""

    def way(self, endpoint_text):
        known = self.__dict__.setdefault("known", {})
        if endpoint_text not in known:
            known[endpoint_text] = os.dup(2)
        return super().way(endpoint_text)


@fault("quadratic-copy", "node")
class QuadraticCopy(Node):
    """Moves what is left of a frame to the front for every byte that it has read."""

    def on_frame(self, source, data):
        rest = data
        while rest:
            rest = rest[1:]
        super().on_frame(source, data)


@fault("strlen-parse", "node")
class StrlenParse(Node):
    """Copies frames that are not small into the same room, and looks for the NUL behind that nobody has put there."""

    room = b""

    def on_frame(self, source, data):
        if len(data) > 256:
            self.room = data + self.room[len(data):]
            data = self.room.split(b"\0")[0]
        super().on_frame(source, data)


@fault("pings-flat", "session")
class PingsFlat(Session):
    """Pings whatever it has connected to."""

    def _on_ready(self, data):
        if self.socket_type == "PUSH":
            self.out += ping(b"are you there")
        return super()._on_ready(data)


@fault("nul-cut-out", "driver")
class NulCutOut(Driver):
    SPECIALS = {**Driver.SPECIALS, "nul": "a"}


@fault("nul-refused", "driver")
class NulRefused(Driver):
    def special(self, name):
        if name == "nul":
            raise Refused("INVAL")
        return super().special(name)


def _sink_that_reads(name, kind):
    """A sink to which a Reject is something else; `kind` reads one."""
    class ChangedSink(Sink):
        types = {**Sink.types, "Reject": ("on_other", kind)}

    fault(name, "sink")(ChangedSink)


class _OneSpelling(ReceivedReject):
    SPELLINGS = {}


class _AnyCode(ReceivedReject):
    @staticmethod
    def code(text):
        return text


_sink_that_reads("camel-reject-unread", _OneSpelling)
_sink_that_reads("unknown-code-kept", _AnyCode)
