"""Questions to other nodes: each has an id of its own, and exactly one outcome (ASK-1, ASK-2)."""

import secrets

from harness.envelope import V1, Envelope

from .node import Refused


class Ask:
    """One that waits; `done(outcome, payload)` is called once."""

    def __init__(self, asker, done):
        self.asker = asker
        self.done = done


class Asks:
    """Those of one node that wait."""

    def __init__(self, node):
        self.node = node
        self.epoch = secrets.token_hex(8)
        self.count = 0
        self.waiting = {}

    def ask(self, to, payload, asker, timeout_s, done, trace=None):
        """Send conf.Echo; Refused if that cannot be asked."""
        if to.get("dialect", V1) != V1:
            raise Refused("UNSUPPORTED")
        id_ = self.new_id()
        envelope = Envelope("conf.Echo", to["name"], payload, self.node.sender(asker), id=id_, trace=trace)
        self.node.post(to["endpoint"], envelope)
        self.waiting[id_] = Ask(asker, done)
        self.node.loop.later(timeout_s, lambda: self.time_up(id_))

    def new_id(self):
        self.count += 1
        return f"{self.epoch}-{self.count:x}"

    def time_up(self, id_):
        ask = self.waiting.pop(id_, None)
        if ask:
            ask.done("TIMEDOUT", None)

    def answer(self, envelope):
        """Does it answer somebody who waits? False: it comes too late, or was never asked for."""
        ask = self.match(envelope)
        if ask is None:
            return False
        del self.waiting[envelope.re]
        ask.done("REJECTED" if envelope.type == "Reject" else "OK", envelope.payload)
        return True

    def match(self, envelope):
        ask = self.waiting.get(envelope.re)
        return ask if ask and ask.asker == envelope.target else None
