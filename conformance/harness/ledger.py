"""What was sent and what was seen during one case: nothing that the testee emits goes unjudged.

A frame that arrives is checked at once, and has to be claimed by a step; at the end of the case, and once
more at the end of the run, nothing may be left over.
"""

import hashlib
import time
from collections import deque
from dataclasses import dataclass

from .check import Violation, reject_too_large

# A transcript is for reading: the middle of a flood of ten thousand frames is left out of it.
_FIRST_EVENTS, _LAST_EVENTS = 200, 200
_SHOWN_CHARS = 600

SENT, SEEN, PROCESS, BREACH, NOTE = ">", "<", "*", "!", "-"


@dataclass(frozen=True)
class Event:
    """A line of the transcript: `peer` and the testee, which way it went, and what it was."""

    at_s: float
    way: str
    peer: str
    text: str
    label: str = ""

    def __str__(self):
        return f"{self.at_s:8.3f} {self.peer + ' ' if self.peer else ''}{self.way} {self.text}"


@dataclass(eq=False)
class Seen:
    """A message from the testee."""

    peer: str
    parts: tuple
    envelope: object
    violations: list

    @property
    def data(self):
        return b"".join(self.parts)


class Ledger:
    """The record of one case, in order."""

    def __init__(self, nonce):
        self.nonce = nonce
        self.seen = []
        self.violations = []
        self._unclaimed = []
        self._first_events, self._last_events, self._event_count = [], deque(maxlen=_LAST_EVENTS), 0
        self._sent_by_sender = {}
        self._ids = set()
        self._started = time.monotonic()

    def note(self, text, way=NOTE, peer="", label=""):
        """Add a line to the transcript."""
        event = Event(time.monotonic() - self._started, way, peer, text, label)
        self._event_count += 1
        (self._first_events if self._event_count <= _FIRST_EVENTS else self._last_events).append(event)

    @property
    def events(self):
        """The transcript: how it began and how it ended, and how much lies between."""
        left_out = self._event_count - len(self._first_events) - len(self._last_events)
        if not left_out:
            return [*self._first_events, *self._last_events]
        gap = Event(self._last_events[0].at_s, NOTE, "", f"… {left_out} events are left out here")
        return [*self._first_events, gap, *self._last_events]

    def add_sent(self, peer, parts, envelope, malformed=None):
        """A message of ours; `envelope` is None if it is malformed on purpose, and breaks that clause."""
        label = f"{envelope.type} → {envelope.target}" if envelope else f"{_count(parts)}, breaks {malformed}"
        self.note(_show(parts), SENT, peer, label)
        if envelope and envelope.sender:
            key = (envelope.sender.name, envelope.type, envelope.target)
            self._sent_by_sender.setdefault(key, parts[0])
            if len(parts[0]) > len(self._sent_by_sender[key]):
                self._sent_by_sender[key] = parts[0]

    def add_seen(self, peer, endpoint, parts, check):
        """A message of the testee to `peer` at `endpoint`, checked with its `EmissionCheck`."""
        envelope, violations = check.check(parts, endpoint)
        self.note(_show(parts), SEEN, peer, _seen_label(parts, envelope))
        seen = Seen(peer, parts, envelope, violations)
        if envelope and envelope.type == "Reject":
            too_large = reject_too_large(seen.data, self._causes(envelope))
            violations += [too_large] if too_large else []
        violations += self._repeated_id(envelope)
        self.seen.append(seen)
        self._unclaimed.append(seen)
        self.violations += [(violation, seen) for violation in violations]

    def add_violation(self, clause, why):
        """A breach of the transport, which no single frame shows."""
        self.note(f"{clause}: {why}", BREACH)
        self.violations.append((Violation(clause, why), None))

    def unclaimed(self, peer=None):
        """The messages that no step has claimed, in order of arrival."""
        return [seen for seen in self._unclaimed if peer in (None, seen.peer)]

    def claim(self, seen):
        """A step has accounted for this message."""
        self._unclaimed.remove(seen)

    def evidence(self):
        """Digests of the frames that carry this case's nonce: proof that the testee took part in it."""
        nonce = self.nonce.encode()
        return [hashlib.sha256(seen.data).hexdigest()[:16] for seen in self.seen if nonce in seen.data]

    def _repeated_id(self, envelope):
        """ASK-2, over all instances of the case: a restart is no excuse."""
        if envelope is None or envelope.id is None:
            return
        if envelope.id in self._ids:
            yield Violation("ASK-2", f"the id {envelope.id} was there before")
        self._ids.add(envelope.id)

    def _causes(self, reject):
        return [data for (name, type_, _target), data in self._sent_by_sender.items()
                if name == reject.target and type_ == reject.payload.get("message_type")]


def _show(parts):
    text = " | ".join(part.decode("utf-8", "backslashreplace") for part in parts)
    printable = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[:_SHOWN_CHARS])
    return printable + (f" … ({sum(map(len, parts))} bytes)" if len(text) > _SHOWN_CHARS else "")


def _seen_label(parts, envelope):
    """A few words for a picture: what kind of message has come."""
    if envelope is None:
        return _count(parts)
    return f"Reject: {envelope.payload.get('code', 'flat')}" if envelope.type == "Reject" else envelope.type


def _count(parts):
    return f"{sum(map(len, parts))} bytes" + (f" in {len(parts)} frames" if len(parts) != 1 else "")
