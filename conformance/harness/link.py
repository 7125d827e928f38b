"""One TCP connection that speaks ZMTP, and the listener that accepts such connections.

A link never blocks: what cannot be written yet is kept in its session until the loop says that it can.
"""

import socket
import struct

from .loop import READ, WRITE
from .zmtp import Session, ZmtpError, message

_CHUNK = 1 << 18
_BACKLOG = 512


class Link:
    """A connection; `on_event(link, event)` gets what arrives, `on_close(link, reason)` the end of it.

    With `session` None it is a plain byte pipe: `raw` bytes go out, and what comes in is not looked at.
    """

    def __init__(self, loop, sock, session, on_event, on_close=None):
        self.loop = loop
        self.sock = sock
        self.session = session
        self.closed_because = None
        self.is_broken = False  # the other side broke the rules of ZMTP
        self.on_event = on_event
        self.on_close = on_close or (lambda link, reason: None)
        self._plain_out = bytearray()
        sock.setblocking(False)
        self._rewatch()

    @property
    def is_open(self):
        return self.closed_because is None

    @property
    def is_ready(self):
        return self.is_open and self.session is not None and self.session.is_ready

    @property
    def is_flushed(self):
        return not self._out()

    @property
    def peer_host(self):
        """The literal address of the other side."""
        return self.sock.getpeername()[0]

    def send(self, parts):
        """Queue one message."""
        self.raw(message(parts))

    def raw(self, data):
        """Queue bytes as they are."""
        if self.is_open:
            self._out().extend(data)
            self._write()

    def close(self, reason="closed here"):
        if self.is_open:
            self.closed_because = reason
            self.loop.forget(self.sock)
            self.sock.close()
            self.on_close(self, reason)

    def reset(self):
        """Close with RST instead of FIN: what is on its way is lost."""
        if self.is_open:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close("reset here")

    def _out(self):
        return self._plain_out if self.session is None else self.session.out

    def _rewatch(self):
        if self.is_open:
            self.loop.watch(self.sock, READ | WRITE if self._out() else READ, self._on_ready)

    def _on_ready(self, events):
        if events & WRITE:
            self._write()
        if events & READ and self.is_open:
            self._read()

    def _write(self):
        out = self._out()
        try:
            while out:
                del out[:self.sock.send(out[:_CHUNK])]
        except BlockingIOError:
            pass
        except OSError as error:
            return self.close(f"write failed: {error.strerror}")
        self._rewatch()

    def _read(self):
        try:
            data = self.sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            return self.close(f"read failed: {error.strerror}")
        if not data:
            return self.close("closed by the other side")
        if self.session is not None:
            self._feed(data)

    def _feed(self, data):
        try:
            events = self.session.feed(data)
        except ZmtpError as error:
            self.is_broken = True
            return self.close(str(error))
        for event in events:
            self.on_event(self, event)
        if self.session.out:
            self._write()


def connect(loop, host, port, session, on_event, on_close=None):
    """A link that is being connected; a refusal shows as its close."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.connect((host, port))
    except BlockingIOError:
        pass
    except OSError as error:
        link, reason = Link(loop, sock, session, on_event, on_close), f"connect failed: {error.strerror}"
        loop.later(0, lambda: link.close(reason))
        return link
    return Link(loop, sock, session, on_event, on_close)


def _bound(host, port, shares=False):
    """A socket that has a TCP port, some free one for 0, and does not listen yet; `shares`: with another that does so, too."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that were closed here may linger on the port
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shares)
    sock.setblocking(False)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class Listener:
    """A listening TCP socket whose connections are links."""

    def __init__(self, loop, on_event, on_close=None, host="127.0.0.1", port=0, session=None):
        self.loop = loop
        self.links = []
        self.accepted = 0
        self._on_event = on_event
        self._on_close = on_close
        self._new_session = session or (lambda: Session("PULL"))
        self._sock = _bound(host, port)
        self.host, self.port = self._sock.getsockname()[:2]
        self.listen()

    @property
    def endpoint(self):
        return f"tcp://{self.host}:{self.port}"

    def listen(self):
        """Take connections, for the first time or again."""
        self._sock.listen(_BACKLOG)
        self.loop.watch(self._sock, READ, self._accept)

    def go_deaf(self):
        """Close every connection and refuse new ones, but keep the TCP port.

        Whoever gets it instead would get the mail, too, that others still try to bring to us; even one of those who try, as the TCP port
        from which it does. So it is never free in between.
        """
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, True)
        deaf = _bound(self.host, self.port, shares=True)
        self.close()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, False)
        self._sock = deaf

    def close(self):
        """Stop listening and close every connection."""
        self.loop.forget(self._sock)
        self._sock.close()
        for link in list(self.links):
            link.close()

    def _accept(self, _events):
        try:
            sock, _address = self._sock.accept()
        except OSError:
            return  # it was gone again before we looked
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.accepted += 1
        self.links.append(Link(self.loop, sock, self._new_session(), self._on_event, self._closed))

    def _closed(self, link, reason):
        if link in self.links:
            self.links.remove(link)
        if self._on_close:
            self._on_close(link, reason)
