"""The two actors of the matrix: ping counts up, pong gives every count back."""

from harness.envelope import FLAT, V1, Envelope

from . import fields
from .actors import Actor
from .fields import Fields

_COUNT = Fields(count=fields.int64)


class Pong(Actor):
    types = {"Ping": ("on_ping", _COUNT)}

    def on_ping(self, mail, message):
        self.reply(mail, "Pong", {"count": message["count"]})


class Ping(Actor):
    """Plays one game at a time, and tells who asked for it how it went."""

    types = {"Pong": ("on_pong", _COUNT), "PlayPing": ("on_play", Fields(
        name=fields.string, endpoint=fields.string, dialect=fields.optional(fields.string), rounds=fields.int64))}

    def on_play(self, mail, game):
        self.asked_by, self.game, self.count, self.errors = mail, game, 0, 0
        self.serve()

    def on_pong(self, _mail, message):
        if message["count"] != self.count:
            self.errors += 1
        self.count += 1
        self.serve()

    def serve(self):
        if self.count >= self.game["rounds"]:
            self.reply(self.asked_by, "Played", {"rounds": self.count, "errors": self.errors})
            return
        dialect = FLAT if self.game["dialect"] == FLAT else V1
        self.node.post(self.game["endpoint"], Envelope("Ping", self.game["name"], {"count": self.count},
                                                       self.node.sender(self.name), dialect=dialect))


PING = {"ping": Ping}
PONG = {"pong": Pong}
