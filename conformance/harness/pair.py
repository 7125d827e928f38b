"""Two ports in a conversation, judged case by case; every fault is blamed on the one whose step it was.

    asker A ──▶ node a ──▶ [proxy of b] ──▶ node b ◀── asker B
                node a ◀── [proxy of a] ◀── node b

The cases stand in `conformance/pairs`: as any other, with two nodes and the steps of `pair_steps.py`.
"""

from collections import deque
from pathlib import Path

from . import case as cases
from .actions import run_steps
from .game import HARNESS, Foul
from .lists import stable
from .loop import Loop
from .seat import Seat
from .stimulus import rng_for
from .trial import CaseError, Failure, Trial

_JUDGED_AT_ONCE = 32
PAIRS = Path(__file__).resolve().parent.parent / "pairs"
# The category of their cases, and what these call the two nodes.
PAIR, SEATS = "pair", ("a", "b")


def load_all():
    """The cases of pairs by id, in the order of play."""
    return cases.load_all(PAIRS)


class PairTrial(Trial):
    """A trial with two seats; what a seat's node emits through a proxy is a message at the wire of that seat."""

    def __init__(self, loop, case, seats, seed):
        super().__init__(loop, case, seats["a"].instance, None, seed)
        self.seats = seats
        self.emitted = dict.fromkeys(seats, 0)
        self._unjudged = deque()
        for name, seat in seats.items():
            self.add_instance(name, seat.instance)

    def instances(self):
        """None is this trial's own: the pair outlives it."""
        return []

    def last_words(self):
        return [line for seat in self.seats.values() for line in seat.instance.testee.stderr]

    def add_emitted(self, seat, to, parts):
        """`seat` has sent this to `to`. It is judged in a moment: a flood that is judged as it comes would keep us from the heartbeats."""
        self._unjudged.append((seat, to.proxy.endpoint, parts, seat.instance.check))
        if len(self._unjudged) == 1:
            self.loop.later(0, self._judge_some)

    def settle(self):
        """Judge whatever has come."""
        while self._unjudged:
            self._judge_one()

    def nothing_left(self, peer=None):
        self.settle()
        super().nothing_left(peer)

    def _judge_some(self):
        for _ in range(min(_JUDGED_AT_ONCE, len(self._unjudged))):
            self._judge_one()
        if self._unjudged:
            self.loop.later(0, self._judge_some)

    def _judge_one(self):
        seat, endpoint, parts, check = self._unjudged.popleft()
        self.emitted[seat.name] += 1
        self.ledger.add_seen(seat.name, endpoint, parts, check)

    def blamed(self, failure):
        """The port that is at fault, as far as can be told from where it was noticed."""
        for seat in self.seats.values():
            if not seat.instance.testee.is_alive or seat.proxy.broken and failure.kind == "connection":
                return seat.port
        if failure.kind in ("protocol", "unclaimed"):
            suspects = [seen for _violation, seen in self.ledger.violations if seen] or self.ledger.unclaimed()
            if suspects:
                return self._port_at(suspects[0].peer)
        step = failure.step or {}
        if step.get("do") == "cuts":  # what should have been cut had to come from the other side
            return next(seat.port for seat in self.seats.values() if seat.name != step["node"])
        return self._port_at(step["from"] if step.get("do") == "wire" else step.get("node") or step.get("peer", "a"))

    def _port_at(self, name):
        """The port of the seat, or of the seat that this peer talks to."""
        if name not in self.seats:
            instance = self.peer(name).instance
            name = next((seat.name for seat in self.seats.values() if seat.instance is instance), "a")
        return self.seats[name].port


class Pair:
    """Starts both, lets them go through cases, and stops them."""

    def __init__(self, first, second, seed):
        self.loop = Loop()
        self.seed = seed
        self._trial = None
        rng = rng_for(seed, f"{first.name}/{second.name}")
        self.seats = {name: Seat(self.loop, name, manifest, self._judge, rng) for name, manifest in zip(SEATS, (first, second))}
        self.events = []  # the transcript of the last case

    def play(self, chosen):
        """(case id, Foul or None) for each case for which both have what it needs; the first foul is the last."""
        try:
            for seat in self.seats.values():
                seat.start()
            for case in filter(self.can, chosen):
                foul = self._try(case)
                yield case.id, foul
                if foul:
                    return  # what is still on its way would be taken for the next case's
            for seat in self.seats.values():
                seat.stop()
        except Foul as foul:
            yield "pair", foul
        finally:
            for seat in self.seats.values():
                seat.close()
            self.loop.close()

    def can(self, case):
        """Have both what the case needs?"""
        return all(case.needs <= seat.features for seat in self.seats.values())

    def _judge(self, to, parts):
        sender = self.seats["a" if to.name == "b" else "b"]
        if self._trial and sender.instance:
            self._trial.add_emitted(sender, to, parts)

    def _try(self, case):
        trial = self._trial = PairTrial(self.loop, case, self.seats, self.seed)
        try:
            run_steps(trial, case.steps)
            trial.nothing_left()
            if not trial.ledger.evidence():
                raise CaseError("passed without any frame that carries its nonce")
        except Failure as failure:
            return Foul(trial.blamed(failure), case.id, failure.why, f"{failure.signature}: {stable(failure.why, trial.nonce)}")
        except CaseError as error:
            return Foul(HARNESS, case.id, f"has shown nothing: {error}")
        finally:
            trial.close()
            self._trial, self.events = None, trial.ledger.events
            for peer in trial.peers.values():
                peer.close()
        return None
