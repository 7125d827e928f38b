"""The actors of a testee that ask, forward, fail and hide."""

from dataclasses import replace

from harness.envelope import FLAT, V1, Envelope

from . import fields
from .actors import Actor, Anything, Echo
from .fields import Fields
from .node import HandlerFailed, Refused

ADDRESS = Fields(name=fields.string, endpoint=fields.string, dialect=fields.optional(fields.string)).read


class Asker(Actor):
    """Asks another actor, and reports the one outcome."""

    types = {"conf.Ask": ("on_ask", Fields(to=ADDRESS, payload=Anything.read, timeout_ms=fields.int64))}

    def on_ask(self, mail, order):
        def done(outcome, payload):
            self.reply(mail, "conf.Asked", {"outcome": outcome, **({"payload": payload} if outcome == "OK" else {})})

        to = {**order["to"], "dialect": order["to"]["dialect"] or V1}
        try:
            self.node.asks.ask(to, order["payload"], self.name, order["timeout_ms"] / 1000, done,
                               mail.envelope.trace)
        except Refused as error:
            done(str(error), None)


class Relay(Actor):
    """Forwards in its own name, and passes what comes back to whoever told it last (RTE-5)."""

    types = {"conf.Forward": ("on_forward", Fields(to=ADDRESS, type=fields.string, payload=Anything.read)),
             "conf.EchoReply": ("on_echo_reply", Fields())}
    way_back = None

    def on_forward(self, mail, order):
        self.way_back = mail
        self.forward(mail, order, self.node.sender(self.name))

    def forward(self, mail, order, sender):
        dialect = FLAT if order["to"]["dialect"] == FLAT else V1
        self.node.post(order["to"]["endpoint"],
                       Envelope(order["type"], order["to"]["name"], order["payload"], sender, dialect=dialect,
                                trace=mail.envelope.trace))

    def on_echo_reply(self, mail, _message):
        if self.way_back:
            back = replace(self.way_back.envelope, id=None, trace=mail.envelope.trace)
            self.reply(replace(self.way_back, envelope=back), "conf.EchoReply", mail.envelope.payload)
            self.way_back = None


class Mortal(Actor):
    """Fails, gives up its right to reply, and stops, when it is told to (REJ-5)."""

    types = {"conf.Fail": ("on_fail", Fields()), "conf.GiveUp": ("on_fail", Fields()), "conf.Leave": ("on_leave", Fields())}

    def on_fail(self, mail, _message):
        raise HandlerFailed("it was told to")

    def on_leave(self, mail, _message):
        self.is_stopped = True
        self.reply(mail, "conf.Left", {})
        self.node.watches.ended(self.name)


class Hidden(Echo):
    """Can send, but other nodes cannot reach it (RTE-8)."""

    is_local = True


class Stray(Actor):
    """Sends and asks from a second node, which is not bound to any endpoint (RTE-7)."""

    types = {"conf.Stray": ("on_stray", Fields(to=ADDRESS))}
    _unbound = None

    def on_stray(self, mail, order):
        unbound = self.unbound()
        to = {**order["to"], "dialect": V1}
        self.reply(mail, "conf.Strayed", {
            "named": outcome(lambda: unbound.post(to["endpoint"], self.echo(to, unbound.sender("inmate")))),
            "asked": outcome(lambda: unbound.asks.ask(to, {}, "inmate", 1.0, lambda *_outcome: None)),
            "nameless": outcome(lambda: unbound.post(to["endpoint"], self.echo(to, None)))})

    def unbound(self):
        """Made when it is first needed, without actors: it has nobody to receive for."""
        if self._unbound is None:
            kit = replace(self.node.kit, actors={})
            self._unbound = kit.node(kit, self.node.loop, self.node.settings)
        return self._unbound

    @staticmethod
    def echo(to, sender):
        return Envelope("conf.Echo", to["name"], {}, sender)


def outcome(attempt):
    """The name of the error, or OK."""
    try:
        attempt()
    except Refused as error:
        return str(error)
    return "OK"


ASKING = {"asker": Asker, "relay": Relay, "mortal": Mortal, "hidden": Hidden, "stray": Stray}
