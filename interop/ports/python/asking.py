"""The actors that ask: `asker` reports the one outcome, `stray` tries it from a manager that is not bound (RTE-7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import messages as conf
import sabir


def find(manager: sabir.Manager, to: conf.Address) -> sabir.ActorRef:
    """The actor that an order's address names."""
    return manager.remote(to.name, to.endpoint, sabir.Dialect.FLAT if to.dialect == "flat" else sabir.Dialect.V1)


class Asker(sabir.Actor):
    def on_ask(self, env: sabir.Envelope[conf.Ask]) -> conf.Asked:
        try:
            reply = find(self.manager, env.msg.to).ask(conf.Echo(env.msg.payload), env.msg.timeout_ms / 1000)
        except sabir.SabirError as error:
            return conf.Asked(error.wire_name)
        return conf.Asked("OK", dict(reply))


class Inmate(sabir.Actor):
    def on_echo_reply(self, env: sabir.Envelope[conf.EchoReply]) -> None:
        pass


class Stray(sabir.Actor):
    """Owns a second manager, without an endpoint."""

    def __init__(self) -> None:
        self.unbound = sabir.Manager()
        self.inmate = self.unbound.manage("inmate", Inmate())
        self.unbound.start()

    def on_stray(self, env: sabir.Envelope[conf.Stray]) -> conf.Strayed:
        target, echo = find(self.unbound, env.msg.to), conf.Echo({})
        return conf.Strayed(
            named=outcome(lambda: target.send(echo, self.inmate)),
            asked=outcome(lambda: target.ask(echo, 1.0)),
            nameless=outcome(lambda: target.send(echo)),
        )

    def on_shutdown(self) -> None:
        self.unbound.close()


def outcome(attempt: Callable[[], Any]) -> str:
    """The name of the error, or OK."""
    try:
        attempt()
    except sabir.SabirError as error:
        return error.wire_name
    return "OK"
