"""Faults in what goes out."""

from dataclasses import replace

from harness.jsontext import Writer

from ..actors import Driver
from ..node import Node
from ..outbox import Outbox, Way
from .fault import fault


@fault("nan-token", "writer")
class NanToken(Writer):
    def double(self, value):
        return repr(value).replace("nan", "NaN").replace("inf", "Infinity")


@fault("doubles-as-ints", "writer")
class DoublesAsInts(Writer):
    def double(self, value):
        return super().double(value).removesuffix(".0")


@fault("seventeen-digits", "writer")
class SeventeenDigits(Writer):
    def double(self, value):
        return f"{value:.17e}"


@fault("nan-as-null", "writer")
class NanAsNull(Writer):
    def double(self, value):
        return "null" if value != value or abs(value) == float("inf") else super().double(value)


@fault("emits-bigint", "writer")
class EmitsBigint(Writer):
    def integer(self, value):
        return str(value)


@fault("emit-lone-surrogate", "writer")
class EmitLoneSurrogate(Writer):
    def string(self, value):
        return super().string(value) if value.isprintable() or value < "\ud800" else '"\\ud800"'


@fault("ascii-replace", "writer")
class AsciiReplace(Writer):
    def string(self, value):
        return super().string(value.encode("ascii", "replace").decode())


@fault("surrogate-split", "writer")
class SurrogateSplit(Writer):
    """Each half of a pair is a character that cannot be shown."""

    def string(self, value):
        return super().string("".join("\ufffd\ufffd" if char > "\uffff" else char for char in value))


@fault("truncate-64k", "writer")
class Truncate64k(Writer):
    def string(self, value):
        return super().string(value[:65535])


@fault("bom-out", "node")
class BomOut(Node):
    def encode(self, envelope):
        return b"\xef\xbb\xbf" + super().encode(envelope)


@fault("extra-null-keys", "node")
class ExtraNullKeys(Node):
    def as_object(self, envelope):
        return {"id": None, **super().as_object(envelope)}


@fault("extra-out-key", "node")
class ExtraOutKey(Node):
    def as_object(self, envelope):
        return {**super().as_object(envelope), "version": "1.0"}


@fault("greets-with-sabir", "node")
class GreetsWithSabir(Node):
    def post(self, endpoint_text, envelope):
        super().post(endpoint_text, envelope)
        super().post(endpoint_text, replace(envelope, type="sabir.hello", payload={}))


@fault("half-sender-out", "node")
class HalfSenderOut(Node):
    def as_object(self, envelope):
        found = super().as_object(envelope)
        return found if envelope.sender or envelope.type == "Reject" else {**found, "sender": {"endpoint": self.bound}}


@fault("wrong-sender-name", "node")
class WrongSenderName(Node):
    def sender(self, actor_name):
        return super().sender("node")


@fault("sends-unregistered", "driver")
class SendsUnregistered(Driver):
    def send(self, message, trace):
        special = None if message["special"] == "unregistered" else message["special"]
        super().send({**message, "special": special}, trace)


@fault("advertise-wildcard", "node")
class AdvertiseWildcard(Node):
    def bind(self):
        super().bind()
        self.advertised = self.bound


@fault("drop-first", "way")
class DropFirst(Way):
    """Loses what is sent of its own accord right after the connect."""

    is_fresh = True

    def write(self, data):
        is_lost, self.is_fresh = self.is_fresh and b'"conf.Note"' in data, False
        if not is_lost:
            super().write(data)


@fault("drop-before-connected", "way")
class DropBeforeConnected(Way):
    """Sends what it sends of its own accord whether or not the handshake is over."""

    def send(self, data):
        if self.link.is_ready or b'"conf.Note"' not in data:
            super().send(data)


@fault("fail-if-not-listening", "way")
class FailIfNotListening(Way):
    def on_close(self, link, reason):
        if not link.session.is_ready:
            self.waiting.clear()
        super().on_close(link, reason)


@fault("no-reconnect", "way")
class NoReconnect(Way):
    def on_close(self, link, reason):
        """What is gone is gone."""


@fault("replay-duplicates", "way")
class ReplayDuplicates(Way):
    """Sends its last message again after a reconnect, in case it was lost."""

    last = None

    def write(self, data):
        self.last = data
        super().write(data)

    def on_close(self, link, reason):
        if link.session.is_ready and self.last:
            self.waiting.append((float("inf"), self.last))
        super().on_close(link, reason)


@fault("unescaped-target", "node")
class UnescapedTarget(Node):
    """Puts names between quotes as they are."""

    def encode(self, envelope):
        data, escaped = super().encode(envelope), self.writer.write(envelope.target)
        return data.replace(escaped.encode(), f'"{envelope.target}"'.encode(), 1)


@fault("id-cut-at-quote", "node")
class IdCutAtQuote(Node):
    def as_object(self, envelope):
        found = super().as_object(envelope)
        if envelope.re:
            found["re"] = envelope.re.split('"')[0].rstrip("\\") or "?"
        return found


@fault("seq-restarts", "outbox")
class SeqRestarts(Outbox):
    """Counts what went one way, and forgets the count with the way."""

    def next_seq(self, way):
        way.sent = getattr(way, "sent", 0) + 1
        return f"{self.epoch(way.endpoint)}:{way.sent}"


@fault("sixty-four-peers-ever", "outbox")
class SixtyFourPeersEver(Outbox):
    def way(self, endpoint_text):
        self.known = {*getattr(self, "known", ()), endpoint_text}
        return super().way(endpoint_text) if len(self.known) <= 64 else None
