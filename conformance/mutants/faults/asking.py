"""Faults in asking, forwarding, failing, and in what other nodes may reach."""

from dataclasses import replace

from harness.envelope import V1, Sender

from ..asking import Hidden, Mortal, Relay
from ..asks import Asks
from ..node import HandlerFailed, Node, Refused
from .fault import fault


@fault("ask-takes-any-answer", "asks")
class AskTakesAnyAnswer(Asks):
    """Whatever comes with a re ends the first ask that waits."""

    def answer(self, envelope):
        if envelope.re not in self.waiting and self.waiting:
            envelope = replace(envelope, re=next(iter(self.waiting)))
        return super().answer(envelope)

    def match(self, envelope):
        return self.waiting.get(envelope.re)


@fault("ask-ignores-target", "asks")
class AskIgnoresTarget(Asks):
    def match(self, envelope):
        return self.waiting.get(envelope.re)


@fault("ask-never-forgets", "asks")
class AskNeverForgets(Asks):
    """Nobody waits any more, and is told all the same."""

    def time_up(self, id_):
        ask = self.waiting.get(id_)
        if ask:
            ask.done("TIMEDOUT", None)


@fault("ask-answered-twice", "asks")
class AskAnsweredTwice(Asks):
    def answer(self, envelope):
        ask = self.match(envelope)
        found = super().answer(envelope)
        if found:
            self.waiting[envelope.re] = ask
        return found


@fault("reject-is-an-answer", "asks")
class RejectIsAnAnswer(Asks):
    def answer(self, envelope):
        return super().answer(replace(envelope, type="conf.EchoReply"))


@fault("ids-count-alone", "asks")
class IdsCountAlone(Asks):
    """Without an epoch: a restart begins again."""

    def new_id(self):
        self.count += 1
        return str(self.count)


@fault("id-per-node", "asks")
class IdPerNode(Asks):
    def new_id(self):
        return self.epoch


@fault("asks-flat", "asks")
class AsksFlat(Asks):
    """Asks a peer that has no way to answer."""

    def ask(self, to, payload, asker, timeout_s, done, trace=None):
        super().ask({**to, "dialect": V1}, payload, asker, timeout_s, done, trace)


@fault("unbound-names-a-sender", "node")
class UnboundNamesASender(Node):
    """Sends what nobody could answer."""

    def sender(self, actor_name):
        return Sender(actor_name, self.advertised or self.settings.advertise or "tcp://127.0.0.1:1")


@fault("unbound-is-mute", "node")
class UnboundIsMute(Node):
    def post(self, endpoint_text, envelope):
        if self.advertised is None:
            raise Refused("UNBOUND")
        super().post(endpoint_text, envelope)


@fault("forwards-as-another", "relay")
class ForwardsAsAnother(Relay):
    """Leaves the first sender's name on what it forwards."""

    def forward(self, mail, order, sender):
        super().forward(mail, order, mail.envelope.sender)


@fault("forwards-without-trace", "relay")
class ForwardsWithoutTrace(Relay):
    def forward(self, mail, order, sender):
        super().forward(replace(mail, envelope=replace(mail.envelope, trace=None)), order, sender)


@fault("loses-the-way-back", "relay")
class LosesTheWayBack(Relay):
    def on_echo_reply(self, mail, message):
        self.way_back = None


@fault("failure-is-silent", "node")
class FailureIsSilent(Node):
    def failed(self, mail, why):
        self.dropped["failed"] += 1


@fault("failure-always-rejected", "node")
class FailureAlwaysRejected(Node):
    def failed(self, mail, why):
        self.reject(mail, "failed", why)


@fault("traceback-in-reason", "mortal")
class TracebackInReason(Mortal):
    def on_fail(self, mail, message):
        raise HandlerFailed("Traceback (most recent call last):\n  File \"actors.py\", line 1, in on_fail")


@fault("failure-ends-the-actor", "mortal")
class FailureEndsTheActor(Mortal):
    def on_fail(self, mail, message):
        self.is_stopped = True
        super().on_fail(mail, message)


@fault("stopped-is-unknown", "node")
class StoppedIsUnknown(Node):
    def reject(self, mail, code, reason):
        super().reject(mail, "unknown_target" if code == "stopped" else code, reason)


@fault("stopped-lives-on", "mortal")
class StoppedLivesOn(Mortal):
    def on_leave(self, mail, message):
        self.reply(mail, "conf.Left", {})


@fault("local-is-public", "hidden")
class LocalIsPublic(Hidden):
    is_local = False


@fault("ask-loses-payload", "asks")
class AskLosesPayload(Asks):
    def answer(self, envelope):
        return super().answer(replace(envelope, payload={}))


@fault("asks-without-id", "node")
class AsksWithoutId(Node):
    def post(self, endpoint_text, envelope):
        super().post(endpoint_text, replace(envelope, id=None))
