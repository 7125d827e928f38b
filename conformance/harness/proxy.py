"""Stands in front of a node: passes every message on, and shows each to a judge first.

    sender ──PUSH──▶ [listener  judge  way on] ──PUSH──▶ node
"""

from collections import deque

from . import link as links
from .zmtp import Message, Ready, Session


class Proxy:
    """`judge(parts)` sees each message before it is passed on, in order."""

    def __init__(self, loop, judge):
        self.loop = loop
        self.listener = links.Listener(loop, self._on_event, self._on_close)
        self.passed = 0
        self.broken = None
        self._judge = judge
        self._waiting = deque()
        self._way_on = None

    @property
    def endpoint(self):
        return self.listener.endpoint

    def connect(self, address):
        """Begin to pass messages on to the node at `address`."""
        self._way_on = links.connect(self.loop, *address, Session("PUSH"), self._on_way_on)

    def close(self):
        self.listener.close()
        if self._way_on:
            self._way_on.close()

    def _on_event(self, _link, event):
        if isinstance(event, Message):
            self.passed += 1
            self._judge(event.parts)
            self._waiting.append(event.parts)
            self._pass_on()

    def _on_close(self, link, reason):
        if link.is_broken:
            self.broken = reason

    def _on_way_on(self, _link, event):
        if isinstance(event, Ready):
            self._pass_on()

    def _pass_on(self):
        while self._waiting and self._way_on and self._way_on.is_ready:
            self._way_on.send(self._waiting.popleft())
