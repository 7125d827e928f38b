"""Faults at the beginning and the end of a node's life."""

import os
import signal
import socket
import sys

from ..life import Life
from ..node import Node
from ..settings import CannotStart
from .fault import fault


@fault("ignore-sigterm", "life")
class IgnoreSigterm(Life):
    def watch_for_stop(self):
        super().watch_for_stop()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


@fault("ignore-eof", "life")
class IgnoreEof(Life):
    def on_stdin(self, events):
        self.loop.forget(sys.stdin)


@fault("exit-1-on-stop", "life")
class Exit1OnStop(Life):
    def stop(self, node):
        super().stop(node)
        return 1


@fault("waits-for-handlers", "life")
class WaitsForHandlers(Life):
    def stop(self, node):
        self.loop.run_until(lambda: not any(actor.is_busy for actor in node.actors.values()), float("inf"))
        return super().stop(node)


@fault("infinite-linger", "life")
class InfiniteLinger(Life):
    def stop(self, node):
        self.loop.forget(sys.stdin)
        self.loop.run_until(node.outbox.is_flushed, float("inf"))
        return super().stop(node)


@fault("ready-before-bind", "life")
class ReadyBeforeBind(Life):
    """Says so at once when it is told a TCP port, since it knows its endpoint then."""

    def start(self, kit):
        if not os.environ["SABIR_BIND"].endswith("*"):
            print("READY {}", flush=True)
        return super().start(kit)


@fault("swallow-bind-error", "life")
class SwallowBindError(Life):
    def start(self, kit):
        try:
            return super().start(kit)
        except CannotStart:
            os.environ["SABIR_BIND"] = "tcp://127.0.0.1:*"
            return super().start(kit)


@fault("binds-anything", "life")
class BindsAnything(Life):
    def start(self, kit):
        os.environ.setdefault("SABIR_ADVERTISE", "tcp://127.0.0.1:1")
        return super().start(kit)


@fault("no-address-reuse", "node")
class NoAddressReuse(Node):
    def bind(self):
        """Without SO_REUSEADDR the connections of a dead process keep the TCP port for a minute."""
        with socket.socket() as plain:
            try:
                plain.bind((self.settings.host, self.settings.port))
            except OSError as error:
                raise CannotStart(f"cannot bind: {error.strerror}") from None
        super().bind()


@fault("busy-poll", "life")
class BusyPoll(Life):
    def watch_for_stop(self):
        super().watch_for_stop()
        self.again()

    def again(self):
        self.loop.later(0, self.again)


@fault("binds-beyond-loopback", "life")
class BindsBeyondLoopback(Life):
    def start(self, kit):
        os.environ["SABIR_INSECURE"] = "1"
        return super().start(kit)


@fault("any-bind-will-do", "life")
class AnyBindWillDo(Life):
    def start(self, kit):
        try:
            return super().start(kit)
        except CannotStart:
            os.environ["SABIR_BIND"] = "tcp://127.0.0.1:*"
            return super().start(kit)
