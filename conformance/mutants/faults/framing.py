"""Faults below the envelope: frames, sockets, connections."""

import sys
import time

from harness.zmtp import Message, Ready, Session, ZmtpError, _metadata, ping

from ..node import Node
from ..outbox import Way
from .fault import fault


@fault("two-frames", "way")
class TwoFrames(Way):
    def write(self, data):
        self.link.send((b"topic", data))


@fault("crash-on-empty", "node")
class CrashOnEmpty(Node):
    def on_frame(self, source, data):
        if data[0] == ord("{"):
            super().on_frame(source, data)


@fault("first-part-only", "node")
class FirstPartOnly(Node):
    def on_parts(self, link, parts):
        super().on_parts(link, parts[:1])


@fault("each-part-is-message", "node")
class EachPartIsMessage(Node):
    def on_parts(self, link, parts):
        for part in parts:
            super().on_parts(link, (part,))


@fault("skip-empty-delimiter", "node")
class SkipEmptyDelimiter(Node):
    def on_parts(self, link, parts):
        super().on_parts(link, parts[1:] if len(parts) > 1 and not parts[0] else parts)


@fault("die-on-bad-json", "node")
class DieOnBadJson(Node):
    def on_malformed(self, source, data, error):
        raise error


@fault("die-on-array", "node")
class DieOnArray(Node):
    def on_malformed(self, source, data, error):
        if error.why == "not a JSON object":
            raise error


@fault("deliver-partial", "node")
class DeliverPartial(Node):
    def on_close(self, link, reason):
        header = 9
        if link.session.unfinished[header:]:
            self.on_frame("127.0.0.1", link.session.unfinished[header:])


@fault("exit-on-protocol-error", "node")
class ExitOnProtocolError(Node):
    def on_close(self, link, reason):
        if link.is_broken:
            sys.exit(reason)


@fault("accept-any-socket", "session")
class AcceptAnySocket(Session):
    def _on_ready(self, data):
        self.is_ready = True
        return Ready(_metadata(data), self._peer_minor)


@fault("no-pong", "session")
class NoPong(Session):
    def _on_ping(self, data):
        return None


@fault("pings-accepted", "session")
class PingsAccepted(Session):
    def _on_ready(self, data):
        if self.socket_type == "PULL":
            self.out += ping(b"are you there")
        return super()._on_ready(data)


@fault("wants-zmtp-3-1", "session")
class WantsZmtp31(Session):
    def _take_greeting(self):
        taken = super()._take_greeting()
        if taken and self._peer_minor < 1:
            raise ZmtpError("only 3.1 is spoken here")
        return taken


@fault("single-threaded-blocking-read", "session")
class BlockingRead(Session):
    """Waits for the rest of a frame before it looks at anybody else."""

    def feed(self, data):
        events = super().feed(data)
        if self.is_ready and self.unfinished:
            time.sleep(3)
        return events


@fault("limit-is-lower", "session")
class LimitIsLower(Session):
    def __init__(self, socket_type, minor=1, max_bytes=1 << 30):
        super().__init__(socket_type, minor, max_bytes // 2)


@fault("over-limit-delivered", "session")
class OverLimitDelivered(Session):
    def __init__(self, socket_type, minor=1, max_bytes=1 << 30):
        super().__init__(socket_type, minor, max_bytes * 2)


@fault("over-limit-fatal", "node")
class OverLimitFatal(Node):
    def on_close(self, link, reason):
        if "limit" in reason:
            sys.exit(reason)


@fault("sixteen-connections", "node")
class SixteenConnections(Node):
    def on_parts(self, link, parts):
        if link in self.listener.links[:16]:
            super().on_parts(link, parts)


@fault("lifo-batch", "session")
class LifoBatch(Session):
    def feed(self, data):
        events = super().feed(data)
        messages = [event for event in events if isinstance(event, Message)]
        return [event for event in events if event not in messages] + messages[::-1]


@fault("short-frames-only", "session")
class ShortFramesOnly(Session):
    """Believes that a long size means a long frame."""

    def _take_frames(self):
        if b"\x02" + bytes(7) in self._received:
            raise ZmtpError("a long frame that is short")
        return super()._take_frames()


@fault("waits-for-greeting", "session")
class WaitsForGreeting(Session):
    def feed(self, data):
        events = super().feed(data)
        if self._peer_minor is None:
            time.sleep(3)
        return events


@fault("exit-on-reset", "node")
class ExitOnReset(Node):
    def on_close(self, link, reason):
        if "reset" in reason:
            sys.exit(reason)
