"""The harness's end of a conversation: a PULL socket to be answered at, and a connection to the testee.

A peer belongs to one case; its listener stays open until the run ends, so that a late frame is still seen
and its TCP port is not given to somebody else.
"""

from . import link as links
from . import zmtp
from .ledger import SENT


class Peer:
    """`sender` is what its envelopes say; frames that arrive go to the ledger of its case."""

    def __init__(self, loop, name, ledger, instance, host):
        self.loop = loop
        self.name = name
        self.ledger = ledger
        self.instance = instance
        self.link = None
        self.pongs = []
        self.forwards = False
        self.takes_pings = True
        self.listener = links.Listener(loop, self._on_inbound, self._on_inbound_close, host)
        self.sender = {"name": f"{name}-{ledger.nonce}", "endpoint": self.listener.endpoint}

    def connect(self, socket_type="PUSH", minor=1, plain=False):
        """Begin a connection to the testee; an earlier one is closed."""
        if self.link:
            self.link.close()
        session = None if plain else zmtp.Session(socket_type, minor)
        host, port = self.instance.address
        self.link = links.connect(self.loop, host, port, session, self._on_own_link)

    def close(self):
        self.listener.close()
        if self.link:
            self.link.close()

    @property
    def hears_by_itself(self):
        """Does the connection to the testee still stand, so that an answer can be waited for?"""
        return self.link is None or self.link.is_open

    def _on_own_link(self, _link, event):
        if isinstance(event, zmtp.Pong):
            self.pongs.append(event.context)
        elif isinstance(event, zmtp.Ping):
            self.ledger.add_violation("NET-2", f"a PING came on the connection that {self.name} made")
        elif isinstance(event, zmtp.Message):
            self.ledger.add_violation("NET-1", f"a message came on the connection that {self.name} made")

    def _on_inbound(self, _link, event):
        if isinstance(event, zmtp.Ping) and not self.takes_pings:
            self.ledger.add_violation("NET-2", f"a PING came to {self.name}, which speaks flat")
        if not isinstance(event, zmtp.Message):
            return
        self.ledger.add_seen(self.name, self.sender["endpoint"], event.parts, self.instance.check)
        if self.forwards:
            self.ledger.note("forwards it to the testee", SENT, self.name, "forwarded")
            self.link.send(event.parts)

    def _on_inbound_close(self, link, reason):
        if link.is_broken:
            self.ledger.add_violation("NET-1", f"on the testee's connection to {self.name}: {reason}")
