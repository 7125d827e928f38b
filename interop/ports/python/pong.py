"""The pong node of the matrix: answers each Ping with a Pong of the same count."""

from __future__ import annotations

import sys

import sabir
from messages import Ping, Pong


class PongActor(sabir.Actor):
    def on_ping(self, env: sabir.Envelope[Ping]) -> Pong:
        return Pong(env.msg.count)


def build(manager: sabir.Manager) -> None:
    manager.manage("pong", PongActor())


if __name__ == "__main__":
    sys.exit(sabir.run_node(build))
