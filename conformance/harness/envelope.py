"""The envelope in both dialects: read with every clause applied, written as OUT-1 and DIA-2 say.

The reader is a class of small methods for the same reason as the JSON reader: a mutant replaces one.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from . import jsontext

V1, FLAT = "v1", "flat"
NAME_BYTES, ENDPOINT_BYTES, ID_CHARS = 255, 255, 64

_ID = re.compile(r"[ -~]{1,64}\Z")
_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")
_KNOWN = {V1: {"type", "target", "sender", "payload", "id", "re", "trace", "seq"},
          FLAT: {"sender_actor", "sender_endpoint", "receiver", "message_type", "message"}}


class Malformed(Exception):
    """Bytes that are no envelope: the broken clause, why, and at which byte."""

    def __init__(self, clause, why, offset=0):
        super().__init__(f"{clause}: {why} at byte {offset}")
        self.clause, self.why, self.offset = clause, why, offset


@dataclass(frozen=True)
class Sender:
    """Who sent an envelope, and where replies go."""

    name: str
    endpoint: str


@dataclass(frozen=True)
class Envelope:
    """A message with its target and its sender."""

    type: str
    target: str
    payload: dict
    sender: Sender = None
    id: str = None
    re: str = None
    trace: str = None
    seq: str = None
    dialect: str = V1
    extra: dict = field(default_factory=dict)


class EnvelopeReader:
    """Bytes of one frame to an Envelope, or Malformed."""

    def __init__(self, depth_limit=64):
        self.json = jsontext.Reader(depth_limit)

    def read(self, data):
        try:
            value = self.json.read(data)
        except jsontext.JsonError as error:
            raise Malformed(error.clause, error.why, error.offset) from None
        return self.shape(value)

    def shape(self, value):
        if not isinstance(value, dict):
            raise Malformed("ENV-2", "not a JSON object")
        if "receiver" not in value:
            return self.v1(value)
        if "target" in value:
            self.fail("DIA-1", "both target and receiver", "receiver")
        return self.flat(value)

    def v1(self, value):
        for key in ("type", "target", "payload"):
            if key not in value:
                raise Malformed("ENV-3", f"{key} is missing")
        return Envelope(
            type=self.name("type", value["type"]), target=self.name("target", value["target"]),
            payload=self.payload(value["payload"]), sender=self.sender(value.get("sender")),
            id=self.token("id", value.get("id")), re=self.token("re", value.get("re")),
            trace=self.trace(value.get("trace")), seq=value.get("seq"), dialect=V1,
            extra={key: item for key, item in value.items() if key not in _KNOWN[V1]})

    def flat(self, value):
        payload = value.get("message")
        if payload is not None and not isinstance(payload, dict):
            self.fail("DIA-5", "message is not an object", "message")
        return Envelope(
            type=self.name("message_type", value.get("message_type")),
            target=self.name("receiver", value["receiver"]), payload=payload or {},
            sender=self.flat_sender(value), dialect=FLAT,
            extra={key: item for key, item in value.items() if key not in _KNOWN[FLAT]})

    def payload(self, value):
        if not isinstance(value, dict):
            self.fail("ENV-8", "payload is not an object", "payload")
        return value

    def sender(self, value):
        if value is None:
            return None
        if not isinstance(value, dict) or not isinstance(value.get("endpoint"), str):
            self.fail("ENV-7", "sender is not null and has no name and endpoint", "sender")
        if not is_name(value.get("name")) or not is_endpoint_text(value["endpoint"]):
            self.fail("ENV-7", "the sender's name or endpoint is too long, empty or has control characters", "sender")
        return Sender(value["name"], value["endpoint"])

    def flat_sender(self, value):
        name, endpoint = value.get("sender_actor"), value.get("sender_endpoint")
        if name in (None, "") or endpoint in (None, ""):
            return None
        if not is_name(name) or not isinstance(endpoint, str) or not is_endpoint_text(endpoint):
            self.fail("DIA-5", "sender_actor or sender_endpoint cannot be a sender", "sender_actor")
        return Sender(name, endpoint)

    def name(self, key, value):
        if not is_name(value):
            self.fail("ENV-6", f"{key} is not a string of 1 to {NAME_BYTES} bytes without control characters", key)
        return value

    def token(self, key, value):
        if value is not None and not (isinstance(value, str) and _ID.match(value)):
            self.fail("ENV-9", f"{key} is not 1 to {ID_CHARS} printable ASCII characters", key)
        return value

    def trace(self, value):
        return value if isinstance(value, str) and _TRACE.match(value) else None

    def fail(self, clause, why, key):
        raise Malformed(clause, why, self.offset_of(key))

    def offset_of(self, key):
        """The byte where the value of a top-level key stands."""
        for name, _key_at, value_at, _end in self.json.members:
            if name == key:
                return len(self.json.text[:value_at].encode())
        return 0


def is_name(value):
    """ENV-6: a string of 1 to 255 bytes without control characters."""
    return isinstance(value, str) and 1 <= len(value.encode()) <= NAME_BYTES and not has_control(value)


def is_endpoint_text(value):
    """ENV-7: what may stand as a sender's endpoint, whether or not it can be connected to."""
    return 1 <= len(value.encode()) <= ENDPOINT_BYTES and not has_control(value)


def has_control(text):
    return any(unicodedata.category(char) == "Cc" for char in text)


def as_object(envelope):
    """The JSON object that carries `envelope`, keys in their usual order."""
    if envelope.dialect == FLAT:
        return _flat_object(envelope)
    found = {"type": envelope.type, "target": envelope.target, "sender": sender_object(envelope.sender),
             "payload": envelope.payload}
    for key in ("id", "re", "trace", "seq"):
        if getattr(envelope, key) is not None:
            found[key] = getattr(envelope, key)
    return found


def sender_object(sender):
    return sender and {"name": sender.name, "endpoint": sender.endpoint}


def write(envelope, writer=None):
    """The bytes of one frame."""
    return (writer or jsontext.Writer()).write(as_object(envelope)).encode("utf-8")


def _flat_object(envelope):
    sender = envelope.sender
    return {"sender_actor": sender and sender.name, "sender_endpoint": sender and sender.endpoint,
            "receiver": envelope.target, "message_type": envelope.type, "message": envelope.payload}


def read(data, depth_limit=64):
    """The envelope in `data`, or Malformed."""
    return EnvelopeReader(depth_limit).read(data)
