"""What a started port says on its TCP port before anything of Sabir is spoken: is it there, is it ZMTP, is it a PULL?

Plain blocking sockets: whatever comes has to become a sentence, not an exception of the suite's own ZMTP.
"""

import socket

from .finding import ok, wrong

TIMEOUT_S = 3.0

_GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_TYPE = b"\x0bSocket-Type"


def check_wire(address, timeout_s=TIMEOUT_S):
    """One finding about what listens at (host, port)."""
    try:
        connection = socket.create_connection(address, timeout=timeout_s)
    except OSError as error:
        return wrong("tcp port", f"READY says {address[0]}:{address[1]}, but nothing can be connected to there: {error}",
                     "say READY only when the socket is bound, and say the TCP port that it was really given")
    with connection:
        connection.settimeout(timeout_s)
        try:
            return _greeted(connection)
        except TimeoutError:
            return wrong("zmtp", f"connections are taken, but nothing greets them within {timeout_s:g} s",
                         "is the accepting thread busy, or does another program listen there? A ZeroMQ socket greets at once")
        except OSError as error:
            return wrong("zmtp", f"the connection ends in the middle of the greeting: {error}",
                         "look at the port's stderr: does it accept the mechanism NULL and the socket type PUSH?")


def _greeted(connection):
    connection.sendall(_GREETING)
    greeting = _exactly(connection, 64)
    if greeting[0] != 0xFF or greeting[9] != 0x7F:
        return wrong("zmtp", f"what listens there does not speak ZeroMQ; it begins with {greeting[:16]!r}",
                     "bind a ZeroMQ PULL socket, not a plain TCP or HTTP server")
    if greeting[10] < 3:
        return wrong("zmtp", f"it speaks ZMTP {greeting[10]}, and the protocol needs 3 (NET-1)",
                     "use a ZeroMQ library that is as new as libzmq 4")
    mechanism = greeting[12:32].rstrip(b"\0").decode("ascii", "replace")
    if mechanism != "NULL":
        return wrong("zmtp", f"it wants the mechanism {mechanism}; the suite speaks NULL", "leave security off while the port is tested")
    return _of_type(connection)


def _of_type(connection):
    ready = b"\x05READY" + _TYPE + b"\0\0\0\x04PUSH"
    connection.sendall(bytes([4, len(ready)]) + ready)
    body = _exactly(connection, _exactly(connection, 2)[1])
    at = body.find(_TYPE)
    kind = body[at + len(_TYPE) + 4:][:body[at + len(_TYPE) + 3]].decode("ascii", "replace") if at >= 0 else ""
    if not body.startswith(b"\x05READY"):
        return wrong("zmtp", f"it answers the handshake of a PUSH with {body[:40]!r}", "bind a PULL socket")
    if kind != "PULL":
        return wrong("socket type", f"it is a {kind or 'socket without a type'}, and a node listens with a PULL (NET-1)",
                     "bind a PULL socket; PUSH sockets connect, one per peer")
    return ok("zmtp", "a PULL socket, mechanism NULL")


def _exactly(connection, count):
    found = b""
    while len(found) < count:
        part = connection.recv(count - len(found))
        if not part:
            raise ConnectionError(f"it was closed after {len(found)} of {count} bytes")
        found += part
    return found
