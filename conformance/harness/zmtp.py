"""ZMTP 3.0 and 3.1 with the NULL mechanism: bytes in, events out, no I/O.

    greeting   FF 00*8 7F | major minor | mechanism (20) | as-server (1) | 00*31
    frame      flags (MORE 1, LONG 2, COMMAND 4) | size (1 or 8 bytes, big endian) | body
    command    a COMMAND frame whose body is: length of name (1) | name | data

Source: rfc.zeromq.org/spec/23 (3.0) and /spec/37 (3.1).
"""

import struct
from dataclasses import dataclass

MORE, LONG, COMMAND = 1, 2, 4

_SIGNATURE = b"\xff" + bytes(8) + b"\x7f"
_GREETING_SIZE = 64
_COMPATIBLE = {"PUSH": {"PULL"}, "PULL": {"PUSH"}}


class ZmtpError(Exception):
    """The other side broke the transport's rules; the connection cannot be used any further."""


@dataclass(frozen=True)
class Ready:
    """The handshake is over; `metadata` holds what the other side said about itself."""

    metadata: dict
    minor: int


@dataclass(frozen=True)
class Message:
    """One ZeroMQ message: one part, or several if it was a multipart message."""

    parts: tuple


@dataclass(frozen=True)
class Ping:
    """A heartbeat of the other side; the session has already answered it."""

    context: bytes


@dataclass(frozen=True)
class Pong:
    """The answer to a heartbeat of ours."""

    context: bytes


def frame(body, flags=0):
    """The bytes of one frame."""
    if len(body) > 255:
        return struct.pack(">BQ", flags | LONG, len(body)) + body
    return struct.pack(">BB", flags, len(body)) + body


def message(parts):
    """The bytes of one message of one or more parts."""
    *first, last = parts
    return b"".join(frame(part, MORE) for part in first) + frame(last)


def command(name, data=b""):
    """The bytes of one command frame."""
    return frame(bytes([len(name)]) + name + data, COMMAND)


def ping(context, ttl_ds=0):
    """The bytes of a PING whose PONG has to carry `context` (at most 16 bytes)."""
    return command(b"PING", struct.pack(">H", ttl_ds) + context)


def greeting(minor=1):
    """The 64 bytes that open a connection."""
    return _SIGNATURE + bytes([3, minor]) + b"NULL".ljust(20, b"\0") + bytes(32)


def ready(socket_type, metadata=()):
    """The READY command: who we are."""
    pairs = [(b"Socket-Type", socket_type.encode()), *metadata]
    return command(b"READY", b"".join(_pair(name, value) for name, value in pairs))


def _pair(name, value):
    return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value


def _metadata(data):
    """The name-value pairs of a READY command; names are compared without case."""
    pairs, at = {}, 0
    while at < len(data):
        name_end = at + 1 + data[at]
        value_start = name_end + 4
        if value_start > len(data):
            raise ZmtpError("READY metadata is cut off")
        value_end = value_start + struct.unpack_from(">I", data, name_end)[0]
        if value_end > len(data):
            raise ZmtpError("READY metadata is cut off")
        pairs[data[at + 1:name_end].decode("latin-1").lower()] = data[value_start:value_end]
        at = value_end
    return pairs


class Session:
    """One side of one connection.

    What has to be written collects in `out`. `feed` takes received bytes and returns the events in them.
    A message larger than `max_bytes`, over all its parts, is a `ZmtpError`.
    """

    def __init__(self, socket_type, minor=1, max_bytes=1 << 30):
        self.socket_type = socket_type
        self.max_bytes = max_bytes
        self.is_ready = False
        self.out = bytearray(greeting(minor) + ready(socket_type))
        self._received = bytearray()
        self._peer_minor = None
        self._parts = []

    def feed(self, data):
        """Take received bytes; return the events that they complete."""
        self._received += data
        if self._peer_minor is None and not self._take_greeting():
            return []
        events = []
        for flags, body in self._take_frames():
            event = self._on_command(body) if flags & COMMAND else self._on_part(flags, body)
            if event:
                events.append(event)
        return events

    @property
    def unfinished(self):
        """The received bytes that do not make a whole frame yet."""
        return bytes(self._received)

    def _take_greeting(self):
        head = self._received[:10]
        if head[:1] not in (b"", b"\xff") or (len(head) == 10 and not head[9] & 1):
            raise ZmtpError("the first bytes are not a ZMTP signature")
        if len(self._received) > 10 and self._received[10] < 3:
            raise ZmtpError(f"the other side speaks ZMTP {self._received[10]}, not 3")
        if len(self._received) < _GREETING_SIZE:
            return False
        mechanism = bytes(self._received[12:32]).rstrip(b"\0")
        if mechanism != b"NULL":
            raise ZmtpError(f"the other side wants the mechanism {mechanism!r}, not NULL")
        self._peer_minor = self._received[11]
        del self._received[:_GREETING_SIZE]
        return True

    def _take_frames(self):
        data, at, frames = self._received, 0, []
        while len(data) - at >= 2:
            flags = data[at]
            if flags & ~(MORE | LONG | COMMAND):
                raise ZmtpError(f"frame flags {flags:#04x} are not of ZMTP 3")
            header = 9 if flags & LONG else 2
            if len(data) - at < header:
                break
            size = struct.unpack_from(">Q", data, at + 1)[0] if flags & LONG else data[at + 1]
            if size > self.max_bytes:
                raise ZmtpError(f"a frame of {size} bytes is over the limit of {self.max_bytes}")
            if len(data) - at < header + size:
                break
            frames.append((flags, bytes(data[at + header:at + header + size])))
            at += header + size
        del data[:at]
        return frames

    def _on_part(self, flags, body):
        if not self.is_ready:
            raise ZmtpError("a message came before READY")
        self._parts.append(body)
        if sum(map(len, self._parts)) > self.max_bytes:
            raise ZmtpError(f"a message is over the limit of {self.max_bytes} bytes")
        if flags & MORE:
            return None
        parts, self._parts = tuple(self._parts), []
        return Message(parts)

    def _on_command(self, body):
        if not body or len(body) < 1 + body[0]:
            raise ZmtpError("a command without a name")
        name, data = body[1:1 + body[0]], body[1 + body[0]:]
        handler = {b"READY": self._on_ready, b"PING": self._on_ping,
                   b"PONG": Pong, b"ERROR": self._on_error}.get(name)
        if handler is None:
            raise ZmtpError(f"unknown command {name!r}")
        return handler(data)

    def _on_ready(self, data):
        metadata = _metadata(data)
        other = metadata.get("socket-type", b"").decode("latin-1")
        if other not in _COMPATIBLE.get(self.socket_type, {other}):
            raise ZmtpError(f"a {self.socket_type} socket does not talk to a {other or 'nameless'} socket")
        self.is_ready = True
        return Ready(metadata, self._peer_minor)

    def _on_ping(self, data):
        self.out += command(b"PONG", data[2:])
        return Ping(data[2:])

    def _on_error(self, data):
        raise ZmtpError(f"the other side says: {data[1:].decode('latin-1')}")
