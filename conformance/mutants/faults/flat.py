"""Faults in the dialect of the older family."""

from dataclasses import replace

from harness.envelope import FLAT, V1, EnvelopeReader, Malformed, Sender

from ..node import Node
from .fault import fault


@fault("flat-preferred", "envelope_reader")
class FlatPreferred(EnvelopeReader):
    def shape(self, value):
        return self.flat(value) if isinstance(value, dict) and "receiver" in value else super().shape(value)


@fault("flat-null-refused", "envelope_reader")
class FlatNullRefused(EnvelopeReader):
    def flat(self, value):
        if value.get("message") is None:
            raise Malformed("DIA-5", "message is null")
        return super().flat(value)


@fault("flat-half-sender", "envelope_reader")
class FlatHalfSender(EnvelopeReader):
    def flat_sender(self, value):
        name, endpoint = value.get("sender_actor") or "", value.get("sender_endpoint") or ""
        return Sender(name, endpoint) if endpoint else None


@fault("answers-in-v1", "node")
class AnswersInV1(Node):
    def answer(self, mail, sender, type_, payload):
        super().answer(replace(mail, envelope=replace(mail.envelope, dialect=V1)), sender, type_, payload)


@fault("flat-omits-null", "node")
class FlatOmitsNull(Node):
    def as_object(self, envelope):
        found = super().as_object(envelope)
        return {key: item for key, item in found.items() if item is not None} if envelope.dialect == FLAT else found


@fault("flat-carries-seq", "node")
class FlatCarriesSeq(Node):
    def as_object(self, envelope):
        return {**super().as_object(envelope), "seq": "0123456789abcdef:1"}


@fault("flat-fourth-reject-field", "node")
class FlatFourthRejectField(Node):
    def reject_payload(self, cause, code, reason):
        found = super().reject_payload(cause, code, reason)
        return {"code": code, **found}


@fault("flat-camel-only", "node")
class FlatCamelOnly(Node):
    def reject_payload(self, cause, code, reason):
        found = super().reject_payload(cause, code, reason)
        if cause.dialect == V1:
            return found
        return {"messageType": cause.type, "reason": reason, "rejectedBy": cause.target}


@fault("flat-wildcard-lost", "node")
class FlatWildcardLost(Node):
    def with_known_host(self, envelope, source):
        return envelope
