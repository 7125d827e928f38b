"""Faults in replies, rejects, and where they go."""

import re
import socket
import sys
import time
from dataclasses import replace

from harness import endpoint as endpoints
from harness.envelope import Envelope, Sender

from ..actors import Sink, Slow
from ..node import Node
from ..outbox import Way
from .fault import fault


@fault("reply-to-last-peer", "node")
class ReplyToLastPeer(Node):
    """Answers at the endpoint that it answered before."""

    last = None

    def answer(self, mail, sender, type_, payload):
        here = mail.envelope.sender
        there = Sender(here.name, self.last or here.endpoint)
        self.last = here.endpoint
        super().answer(replace(mail, envelope=replace(mail.envelope, sender=there)), sender, type_, payload)


@fault("cache-by-name", "node")
class CacheByName(Node):
    def answer(self, mail, sender, type_, payload):
        known = self.__dict__.setdefault("known", {}).setdefault(mail.envelope.sender.name, mail.envelope.sender)
        super().answer(replace(mail, envelope=replace(mail.envelope, sender=known)), sender, type_, payload)


@fault("double-reply", "node")
class DoubleReply(Node):
    def reply(self, mail, actor_name, type_, payload):
        super().reply(mail, actor_name, type_, payload)
        super().reply(mail, actor_name, type_, payload)


@fault("localhost-unknown", "node")
class LocalhostUnknown(Node):
    def may_answer(self, mail):
        return "localhost" not in mail.envelope.sender.endpoint and super().may_answer(mail)


@fault("null-sender-crash", "node")
class NullSenderCrash(Node):
    def may_answer(self, mail):
        return mail.envelope.sender.endpoint and super().may_answer(mail)


class _AnswersNobody(Node):
    """Answers a message without sender to whoever was answered last, under an empty name."""

    last_endpoint = None

    def answer_nobody(self, type_, sender, payload):
        if self.last_endpoint:
            self.post(self.last_endpoint, Envelope(type_, "", payload, sender))

    def answer(self, mail, sender, type_, payload):
        if mail.envelope.sender:
            self.last_endpoint = mail.envelope.sender.endpoint
        super().answer(mail, sender, type_, payload)


@fault("reply-to-empty", "node")
class ReplyToEmpty(_AnswersNobody):
    def reply(self, mail, actor_name, type_, payload):
        if mail.envelope.sender is None:
            return self.answer_nobody(type_, self.sender(actor_name), payload)
        return super().reply(mail, actor_name, type_, payload)


@fault("reject-to-empty", "node")
class RejectToEmpty(_AnswersNobody):
    def reject(self, mail, code, reason):
        if mail.envelope.sender is None:
            return self.answer_nobody("Reject", None, self.reject_payload(mail.envelope, code, reason))
        return super().reject(mail, code, reason)


@fault("silent-drop", "node")
class SilentDrop(Node):
    def reject(self, mail, code, reason):
        if code != "unknown_target":
            super().reject(mail, code, reason)


@fault("reject-needs-registration", "node")
class RejectNeedsRegistration(Node):
    """Looks for the type Reject among those of the application's echo, which has never heard of it."""

    def reject_payload(self, cause, code, reason):
        if not self.actors["echo"].handles("Reject"):
            sys.exit("the type Reject is not registered")
        return super().reject_payload(cause, code, reason)


@fault("wrong-code", "node")
class WrongCode(Node):
    def reject(self, mail, code, reason):
        super().reject(mail, "unknown_type" if code == "unknown_target" else code, reason)


@fault("reject-has-sender", "node")
class RejectHasSender(Node):
    def answer(self, mail, sender, type_, payload):
        super().answer(mail, sender or self.sender(mail.envelope.target), type_, payload)


@fault("accept-any-type", "node")
class AcceptAnyType(Node):
    def reject(self, mail, code, reason):
        if code != "unknown_type":
            super().reject(mail, code, reason)


@fault("panic-on-bad-payload", "node")
class PanicOnBadPayload(Node):
    def reject(self, mail, code, reason):
        if code == "bad_payload":
            sys.exit(reason)
        super().reject(mail, code, reason)


@fault("bad-payload-no-reject", "node")
class BadPayloadNoReject(Node):
    def reject(self, mail, code, reason):
        if code != "bad_payload":
            super().reject(mail, code, reason)


@fault("long-reason", "node")
class LongReason(Node):
    def reject_payload(self, cause, code, reason):
        return {**super().reject_payload(cause, code, reason), "reason": "no " * 300}


@fault("ten-rejects-a-second", "node")
class TenRejectsASecond(Node):
    def reject(self, mail, code, reason):
        now = int(time.monotonic())
        self.second, self.count = (now, 0) if now != getattr(self, "second", None) else (now, self.count + 1)
        if self.count < 10:
            super().reject(mail, code, reason)


@fault("reject-the-reject", "node")
class RejectTheReject(Node):
    def reject(self, mail, code, reason):
        self.answer(mail, None, "Reject", self.reject_payload(mail.envelope, code, reason))


@fault("connects-anywhere", "node")
class ConnectsAnywhere(Node):
    def may_answer(self, mail):
        return mail.envelope.sender is not None and endpoints.parse(mail.envelope.sender.endpoint) is not None


@fault("die-on-connect-error", "node")
class DieOnConnectError(Node):
    def may_answer(self, mail):
        if mail.envelope.sender and endpoints.parse(mail.envelope.sender.endpoint) is None:
            sys.exit("cannot connect")
        return super().may_answer(mail)


@fault("lax-endpoint", "node")
class LaxEndpoint(Node):
    """Leaves the host to the resolver, which reads 127.1 and 2130706433 as addresses."""

    def may_answer(self, mail):
        return super().may_answer(self.resolved(mail))

    def answer(self, mail, sender, type_, payload):
        super().answer(self.resolved(mail), sender, type_, payload)

    def resolved(self, mail):
        sender = mail.envelope.sender
        match = re.match(r"tcp://([0-9a-fx.]+):([0-9]+)\Z", sender.endpoint) if sender else None
        if not match:
            return mail
        try:
            host = socket.inet_ntoa(socket.inet_aton(match.group(1)))
        except OSError:
            return mail
        sender = Sender(sender.name, f"tcp://{host}:{match.group(2)}")
        return replace(mail, envelope=replace(mail.envelope, sender=sender))


@fault("mailbox-unbounded", "slow")
class MailboxUnbounded(Slow):
    capacity = 1_000_000


@fault("thread-pool-dispatch", "sink")
class ThreadPoolDispatch(Sink):
    """Two workers, one of them slower, each taking every other note."""

    def on_note(self, mail, note):
        self.node.loop.later(0.01 * (note["seq"] % 2), lambda: Sink.on_note(self, mail, note))


@fault("blocking-send-on-receiver-thread", "way")
class BlockingSend(Way):
    """What libzmq does when its queue for a peer is full."""

    def send(self, data):
        if len(self.waiting) >= 1000:
            time.sleep(3600)
        super().send(data)


@fault("short-target", "node")
class ShortTarget(Node):
    def post(self, endpoint_text, envelope):
        super().post(endpoint_text, replace(envelope, target=envelope.target[:128]))


@fault("reason-cut-in-character", "node")
class ReasonCutInCharacter(Node):
    """Cuts the reason after so many bytes, and leaves half a character as what a reader makes of it."""

    def reject_payload(self, cause, code, reason):
        whole = f"there is no {cause.target} for {cause.type}"
        return {**super().reject_payload(cause, code, reason), "reason": whole.encode()[:200].decode("utf-8", "replace")}


@fault("quotes-lost", "node")
class QuotesLost(Node):
    def reject_payload(self, cause, code, reason):
        return {**super().reject_payload(cause, code, reason), "target": cause.target.replace('"', "")}


@fault("ignores-allow", "node")
class IgnoresAllow(Node):
    def __init__(self, kit, loop, settings):
        super().__init__(kit, loop, replace(settings, allowed_hosts=frozenset()))


@fault("ignores-peers-file", "node")
class IgnoresPeersFile(Node):
    def __init__(self, kit, loop, settings):
        super().__init__(kit, loop, replace(settings, allowed_endpoints=frozenset()))


@fault("digest-of-nothing", "sink")
class DigestOfNothing(Sink):
    def on_note(self, mail, note):
        super().on_note(mail, {**note, "data": None})


@fault("swaps-two", "sink")
class SwapsTwo(Sink):
    """Two notes change places, and so do their numbers: only what they carry shows it."""

    def on_note(self, mail, note):
        super().on_note(mail, note)
        if len(self.notes) == 500:
            (a, m, first), (b, n, second) = self.notes[-2:]
            self.notes[-2:] = [(a, m, second), (b, n, first)]
