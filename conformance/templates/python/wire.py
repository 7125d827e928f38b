"""As much of ZMTP 3.0 (mechanism NULL) as a PULL that listens and a PUSH per peer need.

    greeting (64 bytes) | READY command | frames: flags, length (1 or 8 bytes), body
"""

import socket
import threading

LIMIT_BYTES = 4 << 20
MORE, LONG, COMMAND = 1, 2, 4
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)


def listen(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def receive(connection, take):
    """Serve one connection of a PUSH until it ends: every message of one frame goes to `take`."""
    with connection:
        try:
            greet(connection, b"PULL")
            is_part = False
            while True:
                flags, body = frame(connection)
                if flags & COMMAND:
                    if body.startswith(b"\x04PING"):
                        connection.sendall(framed(COMMAND, b"\x04PONG" + body[7:]))
                    continue
                if not is_part and not flags & MORE:
                    take(body)
                is_part = bool(flags & MORE)
        except OSError:
            pass  # the other side has gone, or is no ZMTP


def greet(connection, kind):
    connection.sendall(GREETING)
    greeting = exactly(connection, 64)
    if greeting[0] != 0xFF or greeting[9] != 0x7F or greeting[10] < 3 or greeting[12:17] != b"NULL\0":
        raise ConnectionError("not ZMTP 3 with the mechanism NULL")
    connection.sendall(framed(COMMAND, b"\x05READY\x0bSocket-Type" + len(kind).to_bytes(4, "big") + kind))
    flags, body = frame(connection)
    wanted = b"PUSH" if kind == b"PULL" else b"PULL"
    if not flags & COMMAND or not body.startswith(b"\x05READY") or wanted not in body:
        raise ConnectionError("not a handshake of the right kind")


def frame(connection):
    flags = exactly(connection, 1)[0]
    size = int.from_bytes(exactly(connection, 8 if flags & LONG else 1), "big")
    if size > LIMIT_BYTES:
        raise ConnectionError("over the limit")
    return flags, exactly(connection, size)


def framed(flags, body):
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | LONG]) + len(body).to_bytes(8, "big") + body


def exactly(connection, count):
    found = bytearray()
    while len(found) < count:
        part = connection.recv(count - len(found))
        if not part:
            raise ConnectionError("ended")
        found += part
    return bytes(found)


class Ways:
    """One connection per peer, made when it is first needed, and anew when it was lost."""

    def __init__(self):
        self._ways = {}
        self._lock = threading.Lock()

    def send(self, endpoint, body):
        """Waits for the peer, which is right for level 0 alone: a peer that is not there must hold up nobody (LIFE-1)."""
        with self._lock:
            for _attempt in range(2):
                try:
                    self._way(endpoint).sendall(framed(0, body))
                    return
                except OSError:
                    self._ways.pop(endpoint, None)

    def _way(self, endpoint):
        if endpoint not in self._ways:
            way = socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2])), timeout=2)
            greet(way, b"PUSH")
            self._ways[endpoint] = way
        return self._ways[endpoint]
