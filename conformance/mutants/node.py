"""A node: what arrives is read, judged in the order of RTE-6, and delivered or rejected."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from harness import endpoint as endpoints
from harness import envelope as envelopes
from harness.envelope import FLAT, V1, Envelope, Malformed, Sender
from harness.link import Listener
from harness.zmtp import Message

from .settings import CannotStart

BYTE_LIMIT, DEPTH_LIMIT = 1 << 22, 64
FEATURES = ("flat", "ask", "seq", "watch", "peer-address", "bytes", "local", "unbound", "special.nan", "special.bigint",
            "special.lone-surrogate", "special.unregistered")
BUILT_INS = ("Start", "Shutdown", "Timeout", "Continue", "Down", "LinkDown")

_SEQ = re.compile(r"([0-9A-Fa-f]{16}):([1-9][0-9]{0,19})\Z")
_COUNT_MAX = (1 << 64) - 1
_ANY_HOST = re.compile(r"tcp://(?:\*|0\.0\.0\.0):")


class BadPayload(Exception):
    """A payload that does not have the fields of its type."""


class HandlerFailed(Exception):
    """A handler that came to no good end, or gave up its right to reply."""


class MailboxFull(Exception):
    """An actor has as much mail as it may hold."""


class Refused(Exception):
    """Something that must not leave this node; the name is that of an error code."""


@dataclass(frozen=True)
class Mail:
    """An envelope on its way to an actor, and the host that it came from."""

    envelope: Envelope
    source: str


class Node:
    """Owns the listener, the actors and the way out."""

    def __init__(self, kit, loop, settings):
        self.kit = kit
        self.loop = loop
        self.settings = settings
        self.reader = kit.envelope_reader(DEPTH_LIMIT)
        self.reader.json = kit.json_reader(DEPTH_LIMIT)
        self.writer = kit.writer()
        self.outbox = kit.outbox(kit, loop)
        self.asks = kit.asks(self)
        self.watches = kit.watches(self)
        self.actors = {name: actor(self, name) for name, actor in kit.actors.items()}
        self.dropped = Counter()
        self._greatest_seq = {}

    # Life

    advertised = None

    def bind(self):
        """Listen, and know from then on how others reach this node."""
        try:
            self.listener = Listener(self.loop, self.on_event, self.on_close, self.settings.host, self.settings.port,
                                     session=lambda: self.kit.session("PULL", max_bytes=BYTE_LIMIT))
        except OSError as error:
            raise CannotStart(f"cannot bind {self.settings.host}:{self.settings.port}: {error.strerror}") from None
        self.bound = self.listener.endpoint
        self.advertised = self.settings.advertise or self.bound

    def close(self):
        self.listener.close()

    # The way in

    def on_event(self, link, event):
        if isinstance(event, Message):
            self.on_parts(link, event.parts)

    def on_close(self, link, reason):
        self.dropped[f"connection: {reason}"] += 1

    def on_parts(self, link, parts):
        if len(parts) != 1:
            self.dropped["multipart"] += 1
            return
        self.on_frame(link.peer_host, parts[0])

    def on_frame(self, source, data):
        try:
            envelope = self.reader.read(data)
        except Malformed as error:
            self.on_malformed(source, data, error)
            return
        if self.is_repeated(envelope):
            self.dropped["seq"] += 1
            return
        self.accept(Mail(self.with_known_host(envelope, source), source))

    def on_malformed(self, _source, _data, error):
        self.dropped[error.clause] += 1

    def is_repeated(self, envelope):
        """ORD-2: has this, or a later one, of the same epoch been seen?"""
        match = _SEQ.match(envelope.seq) if isinstance(envelope.seq, str) else None
        if not match or int(match.group(2)) > _COUNT_MAX:
            return False  # of another form: as if there were none
        epoch, count = match.group(1).lower(), int(match.group(2))
        if count <= self._greatest_seq.get(epoch, 0):
            return True
        self._greatest_seq[epoch] = count
        return False

    def with_known_host(self, envelope, source):
        """DIA-6: a wildcard in a flat sender's endpoint means the host that it came from."""
        if envelope.dialect != FLAT or not envelope.sender:
            return envelope
        known = _ANY_HOST.sub(f"tcp://{source}:", envelope.sender.endpoint)
        return replace(envelope, sender=Sender(envelope.sender.name, known))

    def accept(self, mail):
        """RTE-6, in its order."""
        envelope = mail.envelope
        if self.is_reserved(envelope):
            if not self.watches.receive(mail):
                self.dropped["reserved"] += 1
        elif envelope.re is not None:
            if not self.asks.answer(envelope):
                self.dropped["late"] += 1
        else:
            self.route(mail)

    def is_reserved(self, envelope):
        return envelope.type.startswith("sabir.")

    def route(self, mail):
        envelope = mail.envelope
        actor = self.actor(envelope.target)
        if actor is None:
            self.reject(mail, "unknown_target", f"there is no actor {envelope.target[:60]}")
        elif actor.is_stopped:
            self.reject(mail, "stopped", f"{envelope.target[:60]} has stopped")
        elif envelope.type in BUILT_INS:
            self.built_in(mail, actor)
        elif not actor.handles(envelope.type):
            self.reject(mail, "unknown_type", f"{envelope.target} has no handler for {envelope.type[:60]}")
        else:
            self.deliver(mail, actor)

    def actor(self, target):
        """The actor that a stranger may reach by that name."""
        found = self.actors.get(target)
        return found if found and not found.is_local else None

    def built_in(self, mail, _actor):
        self.reject(mail, "not_allowed", f"{mail.envelope.type} does not come from outside")

    def deliver(self, mail, actor):
        try:
            actor.receive(mail)
        except HandlerFailed as error:
            self.failed(mail, str(error))
        except BadPayload as error:
            self.reject(mail, "bad_payload", str(error))
        except MailboxFull:
            self.reject(mail, "mailbox_full", f"{actor.name} has as much mail as it may hold")

    # The way out

    def failed(self, mail, why):
        """REJ-5: whoever asked is told; a plain message has nobody who waits."""
        if mail.envelope.id is not None:
            self.reject(mail, "failed", why)

    def reject(self, mail, code, reason):
        """REJ-1, unless REJ-2 forbids it."""
        cause = mail.envelope
        if cause.type == "Reject" or cause.re is not None or cause.type.startswith("sabir."):
            self.dropped["no reject"] += 1
            return
        self.answer(mail, None, "Reject", self.reject_payload(cause, code, reason))

    def reject_payload(self, cause, code, reason):
        reason = reason.encode()[:200].decode("utf-8", "ignore")
        if cause.dialect == FLAT:
            return {"message_type": cause.type, "reason": reason, "rejected_by": cause.target}
        return {"code": code, "reason": reason, "message_type": cause.type, "target": cause.target,
                "rejected_by": self.advertised}

    def reply(self, mail, actor_name, type_, payload):
        """RTE-2: to whoever sent it, from the actor's own name."""
        self.answer(mail, self.sender(actor_name), type_, payload)

    def answer(self, mail, sender, type_, payload):
        cause = mail.envelope
        if not self.may_answer(mail):
            self.dropped["unanswered"] += 1
            return
        answer = Envelope(type_, cause.sender.name, payload, sender, dialect=cause.dialect)
        if cause.dialect == V1:
            answer = replace(answer, re=cause.id, trace=cause.trace)
        try:
            self.post(cause.sender.endpoint, answer)
        except Refused:
            self.dropped["refused"] += 1

    def may_answer(self, mail):
        """RTE-4: not wherever an envelope says, but to known endpoints and back to where it came from."""
        if mail.envelope.sender is None:
            return False
        endpoint = endpoints.parse(mail.envelope.sender.endpoint)
        if endpoint is None:
            return False
        return (str(endpoint) in self.settings.allowed_endpoints or endpoint.host in self.settings.allowed_hosts
                or f"{endpoint.host}:{endpoint.port}" in self.settings.allowed_hosts
                or (endpoint.is_literal and endpoint.host == mail.source))

    def sender(self, actor_name):
        if self.advertised is None:
            raise Refused("UNBOUND")  # RTE-7
        return Sender(actor_name, self.advertised)

    def post(self, endpoint_text, envelope):
        """Put an envelope on its way; Refused if it must not leave."""
        way = self.outbox.way(endpoint_text)
        if way is None:
            raise Refused("REFUSED")
        if envelope.dialect == V1:
            envelope = replace(envelope, seq=self.outbox.next_seq(way))
        way.send(self.encode(envelope))

    def as_object(self, envelope):
        return envelopes.as_object(envelope)

    def encode(self, envelope):
        try:
            data = self.writer.write(self.as_object(envelope)).encode("utf-8")
        except ValueError as error:
            raise Refused(str(error)) from None
        if len(data) > BYTE_LIMIT:
            raise Refused("TOO_BIG")
        return data
