"""The ping node of the matrix: plays as many rounds as it is told with the actor that it is told, then says how it went."""

from __future__ import annotations

import sys

import sabir
from messages import Ping, Played, PlayPing, Pong


class PingActor(sabir.Actor):
    def on_play_ping(self, env: sabir.Envelope[PlayPing]) -> None:
        game = env.msg
        dialect = sabir.Dialect.FLAT if game.dialect == "flat" else sabir.Dialect.V1
        self.pong = self.manager.remote(game.name, game.endpoint, dialect)
        self.asker = env.reply_take()
        self.rounds, self.count, self.errors = game.rounds, 0, 0
        self.go_on()

    def on_pong(self, env: sabir.Envelope[Pong]) -> None:
        if env.msg.count != self.count:
            self.errors += 1
        self.count += 1
        self.go_on()

    def go_on(self) -> None:
        if self.count < self.rounds:
            self.pong.send(Ping(self.count), self)
        else:
            self.asker.reply(Played(self.count, self.errors))


def build(manager: sabir.Manager) -> None:
    manager.manage("ping", PingActor())


if __name__ == "__main__":
    sys.exit(sabir.run_node(build))
