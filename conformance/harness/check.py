"""Is a frame that the testee emitted one that the protocol allows?

Every frame is checked, whatever the case that caused it was about.
"""

import re
from dataclasses import dataclass

from . import endpoint as endpoints
from . import envelope as envelopes
from .jsontext import write

CODES = ("unknown_target", "unknown_type", "bad_payload", "mailbox_full", "not_allowed", "stopped", "failed")
REJECT_FIELDS = {envelopes.V1: {"code", "reason", "message_type", "target", "rejected_by"},
                 envelopes.FLAT: {"message_type", "reason", "rejected_by"}}
REASON_BYTES = 200
REJECT_EXTRA_BYTES = 512

# Deeper than any port has to accept, so that a port's own, higher limit is not taken for a fault.
_DEPTH = 200
_SEQ = re.compile(r"([0-9a-f]{16}):([1-9][0-9]{0,19})\Z")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_TOP_V1 = {"type", "target", "sender", "payload"}
_TOP_FLAT = {"sender_actor", "sender_endpoint", "receiver", "message_type", "message"}


@dataclass(frozen=True)
class Violation:
    """A clause that a frame breaks, and the byte where it does."""

    clause: str
    why: str
    offset: int = 0

    def __str__(self):
        return f"{self.clause}: {self.why} (byte {self.offset})"


class EmissionCheck:
    """Checks the frames of one testee; `advertised` is the endpoint of its READY line, `limit_bytes` its limit."""

    def __init__(self, advertised, limit_bytes):
        self.advertised = advertised
        self.limit_bytes = limit_bytes
        self._greatest_seq = {}
        self._endpoint_of_epoch = {}
        self._watchers = set()

    def follow(self, earlier):
        """This testee came in the place of another, whose numbers it may not use again (ORD-2)."""
        self._greatest_seq = dict(earlier._greatest_seq)
        self._endpoint_of_epoch = dict(earlier._endpoint_of_epoch)

    def note_sent(self, envelope, endpoint):
        """What a peer at that endpoint has sent: who watches an actor may be told of its end (RES-2, WAT-1)."""
        if envelope is not None and envelope.type == "sabir.watch":
            self._watchers.add(endpoint)

    def check(self, parts, arrived_at):
        """The envelope (None if there is none) and the violations of one message that came to that endpoint."""
        if len(parts) != 1:
            return None, [Violation("ENV-1", f"a message of {len(parts)} frames")]
        reader = envelopes.EnvelopeReader(_DEPTH)
        try:
            envelope = reader.read(parts[0])
        except envelopes.Malformed as error:
            return None, [Violation(error.clause, error.why, error.offset)]
        found = [*self._top_level(reader, envelope), *self._sender(reader, envelope),
                 *self._size(parts[0]), *self._sequence(envelope, arrived_at)]
        if envelope.type == "Reject":
            found += self._reject(envelope)
        if envelope.type.startswith("sabir.") and not (envelope.type == "sabir.down" and arrived_at in self._watchers):
            found.append(Violation("RES-2", f"{envelope.type} goes to a peer that is not known as v1"))
        return envelope, found

    def _top_level(self, reader, envelope):
        is_flat = envelope.dialect == envelopes.FLAT
        clause, needed = ("DIA-2", _TOP_FLAT) if is_flat else ("OUT-1", _TOP_V1)
        allowed = needed if is_flat else needed | {"id", "re", "trace", "seq"}
        members = {key: reader.json.text[start:end] for key, _at, start, end in reader.json.members}
        for key in sorted(needed - members.keys()):
            yield Violation(clause, f"{key} is not written")
        for key, text in members.items():
            if key not in allowed:
                yield Violation(clause, f"the key {key} is none of the envelope's", reader.offset_of(key))
            elif key in ("id", "re", "trace", "seq") and text == "null":
                yield Violation("OUT-1", f"{key} is written though it has no value", reader.offset_of(key))
            elif key not in ("payload", "message") and _needless_escape(text):
                yield Violation("OUT-1", f"{key} has an escape that is not needed", reader.offset_of(key))
        if is_flat and members.get("message") == "null":
            yield Violation("DIA-2", "message is null", reader.offset_of("message"))
        if "trace" in members and envelope.trace is None and members["trace"] != "null":
            yield Violation("ENV-9", "trace is no valid traceparent", reader.offset_of("trace"))

    def _sender(self, reader, envelope):
        half = _half_flat_sender(reader) if envelope.dialect == envelopes.FLAT else None
        if half:
            yield Violation("DIA-2", half)
        if envelope.sender is None:
            return
        if endpoints.parse(envelope.sender.endpoint) is None:
            yield Violation("RTE-3", f"sender.endpoint {envelope.sender.endpoint} cannot be connected to")
        elif envelope.sender.endpoint != self.advertised:
            yield Violation("RTE-2", f"sender.endpoint is {envelope.sender.endpoint}, advertised is {self.advertised}")

    def _size(self, data):
        if len(data) > self.limit_bytes:
            yield Violation("LIM-1", f"{len(data)} bytes, over the port's own limit of {self.limit_bytes}")

    def _sequence(self, envelope, arrived_at):
        if envelope.seq is None:
            return
        match = _SEQ.match(envelope.seq) if isinstance(envelope.seq, str) else None
        if not match:
            yield Violation("ORD-2", f"seq {write(envelope.seq)} is not EPOCH:N")
            return
        epoch, count = match.group(1), int(match.group(2))
        key, known = (arrived_at, epoch), self._endpoint_of_epoch.setdefault(epoch, arrived_at)
        if known != arrived_at:
            yield Violation("ORD-2", f"the epoch {epoch} was sent to {known} before")
        if count <= self._greatest_seq.get(key, 0):
            yield Violation("ORD-2", f"seq {count} is not greater than the one before, {self._greatest_seq[key]}")
        self._greatest_seq[key] = max(count, self._greatest_seq.get(key, 0))

    def _reject(self, envelope):
        payload, clause = envelope.payload, "DIA-3" if envelope.dialect == envelopes.FLAT else "REJ-1"
        if envelope.sender is not None:
            yield Violation("REJ-2", "a Reject has a sender")
        if payload.keys() != REJECT_FIELDS[envelope.dialect]:
            yield Violation(clause, f"a Reject has the fields {', '.join(sorted(payload)) or '(none)'}")
        for name, value in payload.items():
            if not isinstance(value, str):
                yield Violation(clause, f"the field {name} of a Reject is not a string")
        if envelope.dialect == envelopes.V1:
            yield from self._reject_values(payload)

    def _reject_values(self, payload):
        if payload.get("code") not in CODES:
            yield Violation("REJ-1", f"{write(payload.get('code'))} is no code of a Reject")
        if len(str(payload.get("reason")).encode()) > REASON_BYTES:
            yield Violation("REJ-1", f"the reason has more than {REASON_BYTES} bytes")
        if payload.get("rejected_by") != self.advertised:
            yield Violation("REJ-1", f"rejected_by is {write(payload.get('rejected_by'))}, advertised is {self.advertised}")


def _needless_escape(text):
    """Is anything escaped but a quote, a backslash and U+0000 to U+001F?"""
    for match in _ESCAPE.finditer(text):
        escape = match.group(1)
        if escape == "/" or (escape[0] == "u" and int(escape[1:], 16) > 0x1F and chr(int(escape[1:], 16)) not in '"\\'):
            return True
    return False


def _half_flat_sender(reader):
    texts = {key: reader.json.text[start:end] for key, _at, start, end in reader.json.members}
    empty = [texts.get(key) in ("null", '""') for key in ("sender_actor", "sender_endpoint")]
    if empty[0] != empty[1]:
        return "only one of sender_actor and sender_endpoint has a value"
    if '""' in (texts.get("sender_actor"), texts.get("sender_endpoint")):
        return "a missing sender is written as an empty string, not as null"
    return None


def reject_too_large(reject_bytes, causes):
    """REJ-4's bound against the largest envelope that can have caused the Reject."""
    if not causes or len(reject_bytes) <= max(map(len, causes)) + REJECT_EXTRA_BYTES:
        return None
    return Violation("REJ-4", f"a Reject of {len(reject_bytes)} bytes for a cause of {max(map(len, causes))}")
