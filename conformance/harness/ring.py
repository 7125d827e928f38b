"""One message through every port: each forwards it in its own name, the last one echoes it, and the answer goes all the way back.

    asker ──▶ relay of 1 ──▶ relay of 2 ──▶ … ──▶ relay of n ──▶ echo of 1
          ◀──            ◀──            ◀── … ◀──           ◀──
"""

import secrets
import sys
import traceback

from . import envelope as envelopes
from .game import HARNESS, Foul
from .jsontext import Number
from .ledger import Ledger
from .loop import Loop
from .match import envelope_difference
from .peer import Peer
from .seat import Seat
from .stimulus import rng_for

PATIENCE_S = 20.0
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Ring:
    """Nodes in a circle, each behind its proxy, and what is expected to pass there."""

    def __init__(self, manifests, seed):
        self.loop = Loop()
        self.ledger = Ledger(secrets.token_hex(6))
        self.rng = rng_for(seed, "ring")
        self.seats = [Seat(self.loop, f"n{index}", manifest, self._judge, self.rng) for index, manifest in enumerate(manifests)]
        self.expected = []
        self.foul = None

    def go_round(self):
        """Foul if somebody changed the message, lost it, or did not sign it."""
        asker = Peer(self.loop, "asker", self.ledger, None, "127.0.0.1")
        try:
            for seat in self.seats:
                seat.start()
            asker.instance = self.seats[0].instance
            self._expect(self._content())
            self._send(asker)
            self._wait(asker)
            for seat in self.seats:
                seat.stop()
        finally:
            asker.close()
            for seat in self.seats:
                seat.close()
            self.loop.close()

    def _content(self):
        """Something of everything, to be found unchanged at the end."""
        return {"nonce": self.ledger.nonce, "text": "é\U0001f600\0", "digest": self.rng.randbytes(16).hex(),
                "number": Number("9007199254740993"), "list": [True, None, Number("0.1")]}

    def _expect(self, content):
        """In the order in which they pass: (who sends it, to whom, the pattern of the envelope)."""
        first, last = self.seats[0], self.seats[-1]
        self.content = content
        order = self._order(self.seats[1:] + [first], content)
        for sender, to in zip(self.seats, self.seats[1:]):
            order = order["payload"]  # one layer less each time
            self.expected.append((sender, to, self._pattern("conf.Forward", "relay", sender, "relay", order)))
        self.expected.append((last, first, self._pattern("conf.Echo", "echo", last, "relay", content)))
        self.expected.append((first, last, self._pattern("conf.EchoReply", "relay", first, "echo", content)))
        for sender, to in zip(self.seats[:0:-1], self.seats[-2::-1]):
            self.expected.append((sender, to, self._pattern("conf.EchoReply", "relay", sender, "relay", content)))

    def _order(self, way, content):
        """What the first relay is told: to tell the next one, who tells the next one."""
        to = {"name": "relay" if len(way) > 1 else "echo", "endpoint": way[0].proxy.endpoint}
        if len(way) == 1:
            return {"to": to, "type": "conf.Echo", "payload": content}
        return {"to": to, "type": "conf.Forward", "payload": self._order(way[1:], content)}

    @staticmethod
    def _pattern(type_, target, sender, actor, payload):
        return {"type": type_, "target": target, "payload": _exactly(payload), "trace": {"$re": _TRACE[:36] + "[0-9a-f]{16}-01"},
                "sender": {"name": actor, "endpoint": sender.proxy.endpoint}}

    def _send(self, asker):
        asker.connect()
        self.loop.run_until(lambda: asker.link.is_ready or not asker.link.is_open, PATIENCE_S)
        sender = envelopes.Sender(asker.sender["name"], asker.sender["endpoint"])
        order = self._order(self.seats[1:] + self.seats[:1], self.content)
        asker.link.send((envelopes.write(envelopes.Envelope("conf.Forward", "relay", order, sender, trace=_TRACE)),))

    def _judge(self, to, parts):
        """The next one in order; whoever had to send it is to blame for anything else."""
        if self.foul or not self.expected:
            return
        sender, wanted_at, pattern = self.expected.pop(0)
        envelope, violations = sender.instance.check.check(parts, to.proxy.endpoint)
        found = violations[0] if violations else envelope_difference(pattern, envelope)
        if to is not wanted_at:
            found = f"it went to {to.port} instead of {wanted_at.port}"
        if found:
            self.foul = Foul(sender.port, "ring", f"emitted {b' '.join(parts)[:200]!r}: {found}")

    def _wait(self, asker):
        done = self.loop.run_until(lambda: self.foul or self.ledger.seen, PATIENCE_S)
        if self.foul:
            raise self.foul
        if self.expected:
            raise Foul(self.expected[0][0].port, "ring", f"did not send {self.expected[0][2]['type']} within {PATIENCE_S:g} s")
        first = self.seats[0].port
        if not done:
            raise Foul(first, "ring", "did not give the answer back to who had asked")
        found = envelope_difference({"type": "conf.EchoReply", "payload": _exactly(self.content), "target": asker.sender["name"]},
                                    self.ledger.seen[0].envelope)
        if self.ledger.violations or found:
            raise Foul(first, "ring", f"gave back something else: {found or self.ledger.violations[0][0]}")


def _exactly(value):
    """The pattern that only this very value fits; numbers by what they are worth."""
    if isinstance(value, dict):
        return {key: _exactly(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exactly(item) for item in value]
    if isinstance(value, Number):
        return {"$token" if value.is_integer else "$float": value.token}
    return value


def send_round(manifests, seed):
    """The Foul that broke the ring, or None."""
    try:
        Ring(manifests, seed).go_round()
    except Foul as foul:
        return foul
    except Exception as error:  # no verdict on a port, and the cells have theirs
        traceback.print_exc(file=sys.stderr)
        return Foul(HARNESS, "ring", f"has failed: {type(error).__name__}: {error}")
    return None
