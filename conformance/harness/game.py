"""One game of ping-pong between two ports, every message judged on the wire, and a fault blamed on one of them.

    ping node ──Ping──▶ proxy ──▶ pong node        both advertise the proxy in front of them, so that
    ping node ◀── proxy ◀──Pong── pong node        nothing can pass beside it

The harness asks the ping node to play (`PlayPing`) and hears from it how it went (`Played`).
"""

import secrets
import time
from dataclasses import dataclass

from . import envelope as envelopes
from .check import EmissionCheck
from .errors import NotReady
from .instance import Launcher
from .ledger import Ledger
from .match import difference, shown
from .peer import Peer
from .proxy import Proxy

# A game may be long on a busy machine; what must not happen is that nothing happens.
STALL_S = 10.0


# Who is to blame when it is none of the ports.
HARNESS = "harness"


class Foul(Exception):
    """What went wrong, with the name of the port that is to blame, or HARNESS.

    `reason` says it without what differs from run to run, for the golden file of kills.
    """

    def __init__(self, who, what, why, reason=""):
        super().__init__(who, what, why, reason)  # as given, so that it can come from another process
        self.who, self.what, self.why, self.reason = who, what, why, reason

    def __str__(self):
        return f"{self.what}: **{self.who}** {self.why}"

    def as_object(self):
        """For a record of the matrix."""
        return {"blamed": self.who, "about": self.what, "why": self.why}


@dataclass(frozen=True)
class Player:
    """A port in one of the two roles."""

    port: str
    actor: str
    type: str


class Referee:
    """Knows whose turn it is and what has to come; the first foul ends the game."""

    def __init__(self, ping, pong, rounds, dialect):
        self.ping, self.pong = ping, pong
        self.rounds = rounds
        self.dialect = dialect
        self.turn, self.count = ping, 0
        self.foul = None
        self.last_seen = time.monotonic()
        self._checks = {}

    def expect_from(self, player, advertised, limit_bytes):
        """From now on `player` is known to advertise this endpoint."""
        self._checks[player] = EmissionCheck(advertised, limit_bytes)

    def judge_for(self, player):
        """The judge of the proxy through which `player` sends."""
        return lambda parts: self._judge(player, parts)

    @property
    def is_over(self):
        return self.foul or self.count == self.rounds

    def _judge(self, player, parts):
        self.last_seen = time.monotonic()
        if self.foul:
            return
        try:
            self._judge_message(player, parts)
        except Foul as foul:
            self.foul = foul

    def _judge_message(self, player, parts):
        if player not in self._checks:
            raise Foul(player.port, "order", "sent before it was ready")
        envelope, violations = self._checks[player].check(parts, player.actor)
        text = b" | ".join(parts)[:200].decode("utf-8", "backslashreplace")
        if violations:
            raise Foul(player.port, "envelope", f"emitted {text}, which breaks {violations[0]}")
        self._judge_move(player, envelope, text)

    def _judge_move(self, player, envelope, text):
        other = self.pong if player is self.ping else self.ping
        if player is not self.turn:
            raise Foul(player.port, "order", f"emitted {text} though {other.port} has to send next")
        head = (envelope.type, envelope.target, envelope.dialect, envelope.sender and envelope.sender.name)
        wanted = (player.type, other.actor, self.dialect, player.actor)
        if head != wanted:
            raise Foul(player.port, "envelope", f"emitted {text}, expected type, target, dialect and sender {wanted}")
        found = difference({"count": {"$token": str(self.count)}}, envelope.payload)
        if found:
            raise Foul(player.port, "values", f"emitted {text}: {found}")
        self.turn = other
        if player is self.pong:
            self.count += 1


class Game:
    """Two nodes, two proxies, and the one who asks for the game."""

    def __init__(self, loop, ping, pong, rounds, dialect):
        self.loop = loop
        self.rounds = rounds
        self.dialect = dialect
        self.players = Player(ping.name, "ping", "Ping"), Player(pong.name, "pong", "Pong")
        self.referee = Referee(*self.players, rounds, dialect)
        self._launchers = (Launcher(loop, ping.having(cmd=ping.ping)), Launcher(loop, pong.having(cmd=pong.pong)))
        # What the ping player sends goes through the proxy in front of the pong node, and the other way round.
        self._to_pong = Proxy(loop, self.referee.judge_for(self.players[0]))
        self._to_ping = Proxy(loop, self.referee.judge_for(self.players[1]))
        self._nodes = []

    def play(self):
        """Play to the end; Foul if somebody broke a rule. Returns the number of messages on the wire."""
        try:
            pong_node = self._start(1, self._to_pong)
            ping_node = self._start(0, self._to_ping)
            self._ask_to_play(ping_node, pong_node)
            self._stop(ping_node, pong_node)
            return self._to_pong.passed + self._to_ping.passed
        finally:
            self._close()

    def _start(self, index, proxy):
        player, launcher = self.players[index], self._launchers[index]
        try:
            node = launcher.start({"SABIR_ADVERTISE": proxy.endpoint})
        except NotReady as error:
            raise Foul(player.port, "start", f"is not ready: {error}") from None
        self._nodes.append(node)
        if node.ready.endpoint != proxy.endpoint:
            raise Foul(player.port, "start", f"says endpoint {node.ready.endpoint}, but was told {proxy.endpoint}")
        self.referee.expect_from(player, node.ready.endpoint, node.ready.limit_bytes)
        proxy.connect(node.address)
        return node

    def _ask_to_play(self, ping_node, pong_node):
        ledger = Ledger(secrets.token_hex(6))
        asker = Peer(self.loop, "asker", ledger, ping_node, "127.0.0.1")
        try:
            asker.connect()
            self.loop.run_until(lambda: asker.link.is_ready or not asker.link.is_open, STALL_S)
            asker.link.send((self._play_ping(asker),))
            self._watch(ledger, ping_node, pong_node)
            self._judge_played(ledger)
        finally:
            asker.close()

    def _play_ping(self, asker):
        payload = {"name": "pong", "endpoint": self._to_pong.endpoint, "rounds": self.rounds}
        if self.dialect != envelopes.V1:
            payload["dialect"] = self.dialect
        sender = envelopes.Sender(asker.sender["name"], asker.sender["endpoint"])
        return envelopes.write(envelopes.Envelope("PlayPing", "ping", payload, sender))

    def _watch(self, ledger, *nodes):
        """Wait for the answer to PlayPing, for a foul, or until nothing moves any more."""
        def is_stalled():
            return time.monotonic() - self.referee.last_seen > STALL_S

        self.referee.last_seen = time.monotonic()
        self.loop.run_until(lambda: ledger.seen or self.referee.foul or is_stalled()
                            or not all(node.testee.is_alive for node in nodes), float("inf"))
        for node, player in zip(nodes, self.players):
            if not node.testee.is_alive:
                raise Foul(player.port, "life", f"ended in the middle of the game ({node.testee.wait_exit(0)})")
        for proxy, player in zip((self._to_pong, self._to_ping), self.players):
            if proxy.broken:
                raise Foul(player.port, "transport", f"broke ZMTP: {proxy.broken}")
        if self.referee.foul:
            raise self.referee.foul
        if not ledger.seen:
            self._blame_for_silence()

    def _blame_for_silence(self):
        if self.referee.is_over:
            raise Foul(self.players[0].port, "order", f"did not say Played after {self.rounds} rounds")
        who, count = self.referee.turn, self.referee.count
        raise Foul(who.port, "order", f"did not send {who.type} {count} within {STALL_S:g} s")

    def _judge_played(self, ledger):
        ping = self.players[0].port
        if ledger.violations:
            raise Foul(ping, "envelope", f"emitted {ledger.seen[0].data[:200]!r}, which breaks {ledger.violations[0][0]}")
        answer = ledger.seen[0].envelope
        if answer.type != "Played":
            raise Foul(ping, "order", f"answered PlayPing with {answer.type} {shown(answer.payload)}")
        wanted = {"rounds": {"$int": str(self.rounds)}, "errors": {"$int": "0"}}
        found = difference(wanted, answer.payload)
        if found:
            raise Foul(ping, "values", f"says Played with {found}")
        if not self.referee.is_over:
            raise Foul(ping, "order", f"says Played, but only {self.referee.count} rounds were on the wire")

    def _stop(self, *nodes):
        for node, player in zip(nodes, self.players):
            ended = node.testee.stop()
            if ended.code != 0 or ended.seconds > 2.0 or ended.leftovers:
                raise Foul(player.port, "stop", f"has to end with code 0 within 2 s and leave nothing; it ended with {ended}")
            faults = node.testee.contract_faults()
            if faults:
                raise Foul(player.port, "start", faults[0])
        if self.referee.foul:
            raise self.referee.foul

    def _close(self):
        for node in self._nodes:
            node.testee.close()
        for part in (self._to_pong, self._to_ping, *self._launchers):
            part.close()
