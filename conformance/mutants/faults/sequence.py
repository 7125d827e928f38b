"""Faults in what is made of `seq`, of names that are the protocol's, and of endpoints' spellings."""

import re

from harness import endpoint as endpoints
from harness.envelope import EnvelopeReader, Malformed

from ..node import Node
from ..outbox import Outbox
from .fault import fault

_LOOSE_SEQ = re.compile(r"([0-9A-Za-z]+):([0-9]+)\Z")


@fault("bad-seq-malformed", "envelope_reader")
class BadSeqMalformed(EnvelopeReader):
    def v1(self, value):
        if not isinstance(value.get("seq", ""), str):
            raise Malformed("ORD-2", "seq is not a string")
        return super().v1(value)


@fault("seq-read-loosely", "node")
class SeqReadLoosely(Node):
    """Takes any two words with a colon for a seq."""

    def is_repeated(self, envelope):
        match = _LOOSE_SEQ.match(envelope.seq) if isinstance(envelope.seq, str) else None
        if not match:
            return False
        epoch, count = match.group(1), int(match.group(2))
        known = self.__dict__.setdefault("loose", {})
        is_repeated, known[epoch] = count <= known.get(epoch, 0), max(count, known.get(epoch, 0))
        return is_repeated


@fault("epoch-with-case", "node")
class EpochWithCase(Node):
    """Takes one epoch in two spellings for two."""

    def is_repeated(self, envelope):
        is_upper = isinstance(envelope.seq, str) and envelope.seq != envelope.seq.lower()
        return not is_upper and super().is_repeated(envelope)


@fault("epoch-per-node", "outbox")
class EpochPerNode(Outbox):
    """One epoch for all peers, each with its own count: a node with two endpoints drops half of its mail."""

    def epoch(self, endpoint):
        return super().epoch(None)


@fault("reserved-target-dropped", "node")
class ReservedTargetDropped(Node):
    def is_reserved(self, envelope):
        return super().is_reserved(envelope) or (envelope.target.startswith("sabir.") and envelope.re is None)


@fault("localhost-with-case", "node")
class LocalhostWithCase(Node):
    """Knows localhost in small letters alone."""

    def may_answer(self, mail):
        endpoint = mail.envelope.sender.endpoint if mail.envelope.sender else ""
        return super().may_answer(mail) and ("localhost" in endpoint or "localhost" not in endpoint.lower())


@fault("localhost-with-dot", "node")
class LocalhostWithDot(Node):
    """Takes the resolver's spelling of an absolute name too."""

    def may_answer(self, mail):
        if mail.envelope.sender is None:
            return False
        return endpoints.parse(self.without_dot(mail.envelope.sender.endpoint)) is not None or super().may_answer(mail)

    def post(self, endpoint_text, envelope):
        super().post(self.without_dot(endpoint_text), envelope)

    @staticmethod
    def without_dot(text):
        return text.replace("localhost.:", "localhost:")


@fault("same-epoch-for-ever", "outbox")
class SameEpochForEver(Outbox):
    """Draws no lots: after a restart it begins to count again where nobody listens any more."""

    def epoch(self, endpoint):
        return f"{endpoint.port:016x}"
