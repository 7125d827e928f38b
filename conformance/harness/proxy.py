"""Stands in front of a node: passes every message on, and shows each to a judge first.

    sender ──PUSH──▶ [listener  judge  way on] ──PUSH──▶ node

It can also be a bad network (`Weather`), and be away as long as its node is.
"""

import time
from collections import deque
from dataclasses import dataclass

from . import link as links
from .zmtp import Message, Ready, Session, message

_AGAIN_S = 0.05


@dataclass(frozen=True)
class Weather:
    """What happens to messages on their way: each is late, only so many bytes pass, and now and then the connection is cut in a message."""

    delay_s: float = 0.0
    bytes_per_s: float = float("inf")
    cut_every_bytes: int = 0


FAIR = Weather()


class Proxy:
    """`judge(parts)` sees each message before it is passed on, in order."""

    def __init__(self, loop, judge, rng=None):
        self.loop = loop
        self.passed = 0
        self.broken = None
        self.cuts = 0
        self._judge = judge
        self._rng = rng
        self._weather = FAIR
        self._waiting = deque()
        self._way_on = None
        self._address = None
        self._free_at = self._uncut_bytes = 0
        self.listener = links.Listener(loop, self._on_event, self._on_close)

    @property
    def endpoint(self):
        return self.listener.endpoint

    def connect(self, address):
        """Begin to pass messages on to the node at `address`."""
        self._address = address
        self._way_on = links.connect(self.loop, *address, Session("PUSH"), self._on_way_on)

    def set_weather(self, weather):
        self._weather, self._uncut_bytes = weather, 0

    def go_down(self):
        """The node has died: nobody listens here any more, and what is on its way is lost."""
        self.listener.go_deaf()
        if self._way_on:
            self._way_on.close()
        self._waiting.clear()

    def come_up(self, address):
        """Its successor is there, at the same endpoint."""
        self.listener.listen()
        self.connect(address)

    def close(self):
        self.listener.close()
        self._address = None
        if self._way_on:
            self._way_on.close()

    def _on_event(self, _link, event):
        if isinstance(event, Message):
            self.passed += 1
            self._judge(event.parts)
            self._waiting.append((time.monotonic() + self._weather.delay_s, event.parts))
            self._pass_on()

    def _on_close(self, link, reason):
        if link.is_broken:
            self.broken = reason

    def _on_way_on(self, _link, event):
        if isinstance(event, Ready):
            self._pass_on()

    def _pass_on(self):
        while self._waiting and self._way_on and self._way_on.is_ready:
            wait_s = max(self._waiting[0][0], self._free_at) - time.monotonic()
            if wait_s > 0:
                return self.loop.later(wait_s, self._pass_on)
            _due, parts = self._waiting.popleft()
            data = message(parts)
            self._free_at = time.monotonic() + len(data) / self._weather.bytes_per_s
            if self._is_cut(len(data)):
                return self._cut(data)
            self._way_on.raw(data)

    def _is_cut(self, size):
        if not self._weather.cut_every_bytes:
            return False
        self._uncut_bytes += size
        return self._uncut_bytes > self._weather.cut_every_bytes * self._rng.uniform(0.5, 1.5)

    def _cut(self, data):
        """Half a message, then the end of both connections; whoever was sending has to come again."""
        self.cuts += 1
        self._uncut_bytes = 0
        way_on, self._way_on = self._way_on, None  # what comes while we wait must not be taken for the other half
        way_on.raw(data[:len(data) // 2])
        self.loop.run_until(lambda: way_on.is_flushed or not way_on.is_open, 1.0)
        way_on.close()
        for link in list(self.listener.links):
            link.close()
        self.loop.later(_AGAIN_S, lambda: self._address and self.connect(self._address))
