"""Faults in what counts as an envelope."""

import sys
import unicodedata
from dataclasses import replace

from harness.envelope import EnvelopeReader, Malformed, Sender, is_name
from harness.jsontext import Reader, write

from ..node import BUILT_INS, Node
from .fault import fault


@fault("requires-extra-key", "envelope_reader")
class RequiresExtraKey(EnvelopeReader):
    def v1(self, value):
        if "sender" not in value:
            raise Malformed("ENV-3", "sender is missing")
        return super().v1(value)


@fault("positional-parse", "envelope_reader")
class PositionalParse(EnvelopeReader):
    def v1(self, value):
        if [key for key in value if key in ("type", "target", "payload")] != ["type", "target", "payload"]:
            raise Malformed("ENV-3", "unusual order")
        return super().v1(value)


@fault("deny-unknown", "envelope_reader")
class DenyUnknown(EnvelopeReader):
    def v1(self, value):
        envelope = super().v1(value)
        if envelope.extra:
            raise Malformed("ENV-11", "unknown key")
        return envelope


@fault("default-missing-to-empty", "envelope_reader")
class DefaultMissingToEmpty(EnvelopeReader):
    def v1(self, value):
        return super().v1({"type": "", "target": "", "payload": {}, **value})

    def name(self, key, value):
        return value if value == "" else super().name(key, value)


@fault("coerce-to-string", "envelope_reader")
class CoerceToString(EnvelopeReader):
    def name(self, key, value):
        return super().name(key, value if isinstance(value, str) else write(value))


@fault("coerce-payload", "envelope_reader")
class CoercePayload(EnvelopeReader):
    def payload(self, value):
        return value if isinstance(value, dict) else {}


@fault("bad-sender-is-none", "envelope_reader")
class BadSenderIsNone(EnvelopeReader):
    def sender(self, value):
        try:
            return super().sender(value)
        except Malformed:
            return None


@fault("empty-target-broadcast", "envelope_reader")
class EmptyTargetBroadcast(EnvelopeReader):
    """Reads an empty target as the actor that takes what everybody may have."""

    def name(self, key, value):
        return "sink" if key == "target" and value == "" else super().name(key, value)


@fault("empty-sender-accepted", "envelope_reader")
class EmptySenderAccepted(EnvelopeReader):
    def sender(self, value):
        if isinstance(value, dict) and "" in (value.get("name"), value.get("endpoint")):
            return None
        return super().sender(value)


@fault("half-sender-reply", "envelope_reader")
class HalfSenderReply(EnvelopeReader):
    def sender(self, value):
        if isinstance(value, dict) and isinstance(value.get("endpoint"), str) and not is_name(value.get("name")):
            return Sender("", value["endpoint"])
        return super().sender(value)


@fault("deny-unknown-sender-key", "envelope_reader")
class DenyUnknownSenderKey(EnvelopeReader):
    def sender(self, value):
        if isinstance(value, dict) and value.keys() - {"name", "endpoint"}:
            raise Malformed("ENV-7", "unknown key in sender")
        return super().sender(value)


@fault("case-insensitive-keys", "envelope_reader")
class CaseInsensitiveKeys(EnvelopeReader):
    def v1(self, value):
        folded = {}
        for key, item in value.items():
            folded.setdefault(key.lower(), item)
        return super().v1(folded)


@fault("dup-first-wins", "json_reader")
class DupFirstWins(Reader):
    def keep(self, found, key, value, at):
        found.setdefault(key, value)


@fault("dup-last-wins", "json_reader")
class DupLastWins(Reader):
    def keep(self, found, key, value, at):
        found[key] = value


@fault("quadratic-keys", "json_reader")
class QuadraticKeys(Reader):
    def keep(self, found, key, value, at):
        if any(key == other for other in found):
            self.fail("ENV-4", "duplicate", at)
        found[key] = value


@fault("raw-keys", "json_reader")
class RawKeys(Reader):
    def keep(self, found, key, value, at):
        super().keep(found, self.text[at + 1:self.text.index('"', at + 1)], value, at)


@fault("trim-target", "node")
class TrimTarget(Node):
    def actor(self, target):
        return super().actor(target.strip())


@fault("casefold-target", "node")
class CasefoldTarget(Node):
    def actor(self, target):
        return super().actor(target.casefold())


@fault("nul-truncates", "envelope_reader")
class NulTruncates(EnvelopeReader):
    def name(self, key, value):
        return super().name(key, value.split("\0")[0] if isinstance(value, str) else value)


@fault("nfc-target", "envelope_reader")
class NfcTarget(EnvelopeReader):
    def name(self, key, value):
        return unicodedata.normalize("NFC", super().name(key, value))


@fault("fixed-buffer-name", "envelope_reader")
class FixedBufferName(EnvelopeReader):
    def name(self, key, value):
        return super().name(key, value)[:64]


@fault("long-names-accepted", "envelope_reader")
class LongNamesAccepted(EnvelopeReader):
    def name(self, key, value):
        return value if isinstance(value, str) and len(value) > 100 else super().name(key, value)


@fault("control-in-name", "envelope_reader")
class ControlInName(EnvelopeReader):
    def name(self, key, value):
        return value if isinstance(value, str) and value else super().name(key, value)


@fault("id-unchecked", "envelope_reader")
class IdUnchecked(EnvelopeReader):
    def token(self, key, value):
        return value


@fault("copies-any-trace", "envelope_reader")
class CopiesAnyTrace(EnvelopeReader):
    def trace(self, value):
        return value


@fault("obeys-shutdown", "node")
class ObeysShutdown(Node):
    def built_in(self, mail, actor):
        if mail.envelope.type == "Shutdown":
            sys.exit(0)
        super().built_in(mail, actor)


@fault("delivers-built-ins", "node")
class DeliversBuiltIns(Node):
    def built_in(self, mail, actor):
        self.dropped["delivered"] += 1


@fault("rejects-reserved", "node")
class RejectsReserved(Node):
    def accept(self, mail):
        if self.is_reserved(mail.envelope):
            payload = self.reject_payload(mail.envelope, "not_allowed", "reserved")
            return self.answer(mail, None, "Reject", payload)
        return super().accept(mail)


@fault("delivers-late", "node")
class DeliversLate(Node):
    def accept(self, mail):
        self.route(mail)


@fault("rejects-late", "node")
class RejectsLate(Node):
    def accept(self, mail):
        if mail.envelope.re is None:
            return super().accept(mail)
        payload = self.reject_payload(mail.envelope, "failed", "nobody asked")
        return self.answer(mail, None, "Reject", payload)


@fault("seq-ignored", "node")
class SeqIgnored(Node):
    def is_repeated(self, envelope):
        return False


@fault("drops-id", "node")
class DropsId(Node):
    def answer(self, mail, sender, type_, payload):
        super().answer(replace(mail, envelope=replace(mail.envelope, id=None)), sender, type_, payload)


@fault("drops-trace", "node")
class DropsTrace(Node):
    def answer(self, mail, sender, type_, payload):
        super().answer(replace(mail, envelope=replace(mail.envelope, trace=None)), sender, type_, payload)


@fault("types-before-targets", "node")
class TypesBeforeTargets(Node):
    """Looks for somebody who handles the type before it looks for the target."""

    def route(self, mail):
        if not any(actor.handles(mail.envelope.type) for actor in self.actors.values()):
            return self.reject(mail, "unknown_type", "nobody handles that")
        return super().route(mail)


@fault("built-ins-before-targets", "node")
class BuiltInsBeforeTargets(Node):
    def route(self, mail):
        return self.built_in(mail, None) if mail.envelope.type in BUILT_INS else super().route(mail)


@fault("re-unchecked", "envelope_reader")
class ReUnchecked(EnvelopeReader):
    """What cannot be the re of an ask is taken for none."""

    def token(self, key, value):
        try:
            return super().token(key, value)
        except Malformed:
            if key != "re":
                raise
            return None


@fault("null-re-is-a-re", "envelope_reader")
class NullReIsARe(EnvelopeReader):
    def v1(self, value):
        return super().v1({**value, "re": "null"} if "re" in value and value["re"] is None else value)


@fault("sender-unchecked", "envelope_reader")
class SenderUnchecked(EnvelopeReader):
    def sender(self, value):
        return Sender(value["name"], value["endpoint"]) if isinstance(value, dict) and len(value) == 2 else super().sender(value)


@fault("nul-ends-keys", "json_reader")
class NulEndsKeys(Reader):
    def keep(self, found, key, value, at):
        super().keep(found, key.split("\0")[0], value, at)


@fault("nfc-keys", "json_reader")
class NfcKeys(Reader):
    def keep(self, found, key, value, at):
        super().keep(found, unicodedata.normalize("NFC", key), value, at)


@fault("dup-check-gives-up", "json_reader")
class DupCheckGivesUp(Reader):
    def keep(self, found, key, value, at):
        if len(found) < 1000:
            super().keep(found, key, value, at)
        else:
            found[key] = value
