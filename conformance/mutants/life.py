"""A node's life: bind, say READY, serve, stop within two seconds."""

import json
import os
import signal
import sys

from harness.loop import READ, Loop

from .node import BYTE_LIMIT, DEPTH_LIMIT, FEATURES
from .settings import CannotStart, from_environment

EXIT_CANNOT_START = 10
LINGER_S = 0.3


class Stopped(Exception):
    """Somebody wants the node to stop."""


class Life:
    """Start and end of one node."""

    name = "reference"
    features = FEATURES

    def __init__(self, loop):
        self.loop = loop

    def start(self, kit):
        """A node that is bound."""
        node = kit.node(kit, self.loop, from_environment())
        node.bind()
        return node

    def say_ready(self, node):
        ready = {"endpoint": node.advertised, "bound": node.bound, "port": self.name, "version": "1.0", "suite": 1,
                 "limits": {"bytes": BYTE_LIMIT, "depth": DEPTH_LIMIT}, "features": list(self.features)}
        print("READY " + json.dumps(ready), flush=True)

    def watch_for_stop(self):
        """Closing standard input and SIGTERM both stop the node."""
        signal.signal(signal.SIGTERM, self.on_signal)
        self.loop.watch(sys.stdin, READ, self.on_stdin)

    def on_signal(self, _number, _frame):
        raise Stopped

    def on_stdin(self, _events):
        if not os.read(sys.stdin.fileno(), 4096):
            raise Stopped

    def stop(self, node):
        """Send what can be sent in a moment; what is for the dead stays unsent. Returns the exit code."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.loop.forget(sys.stdin)
        node.close()
        self.loop.run_until(node.outbox.is_flushed, LINGER_S)
        return 0


def live(kit):
    """The whole life; returns the exit code."""
    loop = Loop()
    life = kit.life(loop)
    try:
        node = life.start(kit)
    except CannotStart as error:
        print(f"reference: {error}", file=sys.stderr)
        return EXIT_CANNOT_START
    life.watch_for_stop()
    try:
        life.say_ready(node)
        loop.run_forever()
    except Stopped:
        pass
    return life.stop(node)
