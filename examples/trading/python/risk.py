"""Risk: accepts an order if the exposure that it leads to is within the limit, and keeps the books of what it has accepted."""

from __future__ import annotations

import os
import sys
from collections import defaultdict

import sabir


@sabir.message
class Order:
    instrument: int
    number: int
    quantity: int
    cents: int


@sabir.message
class Decision:
    number: int
    accepted: bool


@sabir.message
class Holdings:
    pass


@sabir.message
class Held:
    limit_cents: int
    accepted: int
    refused: int
    positions: list[int]


class Risk(sabir.Actor):
    def __init__(self, limit_cents: int) -> None:
        self.limit_cents = limit_cents
        self.positions: defaultdict[int, int] = defaultdict(int)
        self.accepted = self.refused = 0

    def on_order(self, env: sabir.Envelope[Order]) -> Decision:
        order = env.msg
        position = self.positions[order.instrument] + order.quantity
        accepted = abs(position * order.cents) <= self.limit_cents
        if accepted:
            self.positions[order.instrument] = position
            self.accepted += 1
        else:
            self.refused += 1
        return Decision(order.number, accepted)

    def on_holdings(self, env: sabir.Envelope[Holdings]) -> Held:
        highest = max(self.positions, default=-1)
        positions = [self.positions.get(instrument, 0) for instrument in range(highest + 1)]
        return Held(self.limit_cents, self.accepted, self.refused, positions)


def build(manager: sabir.Manager) -> None:
    manager.manage("risk", Risk(int(os.environ.get("TRADING_LIMIT_CENTS", "100000"))))


if __name__ == "__main__":
    sys.exit(sabir.run_node(build))
