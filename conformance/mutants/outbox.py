"""The way out: one connection per peer, made when it is first needed and made again when it is lost."""

import secrets
import time
from collections import Counter, OrderedDict, deque

from harness import endpoint as endpoints
from harness import link as links

PEERS_MAX = 64
RECONNECT_S = 0.1
MAIL_EXPIRES_S = 5.0
MAIL_MAX = 100_000


class Way:
    """The way to one peer. Mail waits here until the handshake is over, and no longer than a few seconds."""

    def __init__(self, outbox, endpoint):
        self.outbox = outbox
        self.endpoint = endpoint
        self.waiting = deque()
        self.is_closed = False
        self.connect()

    def connect(self):
        if not self.is_closed:
            session = self.outbox.session("PUSH")
            self.link = links.connect(self.outbox.loop, self.endpoint.host, self.endpoint.port, session,
                                      self.on_event, self.on_close)

    def send(self, data):
        if len(self.waiting) >= MAIL_MAX:
            self.outbox.dead_letters += 1
            return
        self.waiting.append((time.monotonic() + MAIL_EXPIRES_S, data))
        self.pump()

    def pump(self):
        while self.waiting and self.link.is_ready:
            _expires, data = self.waiting.popleft()
            self.write(data)

    def write(self, data):
        self.link.send((data,))

    def on_event(self, _link, _event):
        self.pump()

    def on_close(self, _link, _reason):
        now = time.monotonic()
        while self.waiting and self.waiting[0][0] < now:
            self.waiting.popleft()
            self.outbox.dead_letters += 1
        self.outbox.loop.later(RECONNECT_S, self.connect)

    def is_flushed(self):
        return not self.waiting and self.link.is_flushed

    def close(self):
        self.is_closed = True
        self.link.close()


class Outbox:
    """All ways out, the least recently used one given up when there are too many."""

    def __init__(self, kit, loop):
        self.loop = loop
        self.session = kit.session
        self.dead_letters = 0
        self._epochs = {}
        self._new_way = kit.way
        self._ways = OrderedDict()
        self._sent = Counter()

    def way(self, endpoint_text):
        """The way to a peer; None if the text is no endpoint, or not one that this port can reach."""
        endpoint = endpoints.parse(endpoint_text)
        if endpoint is None or not endpoint.is_literal:
            return None
        if endpoint not in self._ways:
            self._ways[endpoint] = self._new_way(self, endpoint)
        self._ways.move_to_end(endpoint)
        if len(self._ways) > PEERS_MAX:
            self._ways.popitem(last=False)[1].close()
        return self._ways.get(endpoint)

    def next_seq(self, way):
        """ORD-2: an epoch and a count for each peer, which go on when the way to it is made anew."""
        self._sent[way.endpoint] += 1
        return f"{self.epoch(way.endpoint)}:{self._sent[way.endpoint]}"

    def epoch(self, endpoint):
        """Drawn for each endpoint: two of them may be one node, which would take one count for the other's."""
        return self._epochs.setdefault(endpoint, secrets.token_hex(8))

    def is_flushed(self):
        return all(way.is_flushed() for way in self._ways.values())
