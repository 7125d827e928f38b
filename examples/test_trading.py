"""Risk of the trading example alone: no threads, no market, a probe in the place of an instrument."""

from __future__ import annotations

import sys
from pathlib import Path

from sabir.kit import Kit

sys.path.insert(0, str(Path(__file__).parent / "trading" / "python"))
from risk import Decision, Held, Holdings, Order, Risk  # noqa: E402


def test_risk_accepts_what_stays_within_the_limit_and_keeps_its_books() -> None:
    with Kit() as kit:
        risk = kit.manage("risk", Risk(limit_cents=20_000))
        client = kit.probe("i002")
        kit.start()
        risk.send(Order(2, 1, 10, 1000), client.ref)
        risk.send(Order(2, 2, 10, 1000), client.ref)  # 20 000: just within
        risk.send(Order(2, 3, 10, 1000), client.ref)
        risk.send(Order(2, 4, -10, 3000), client.ref)  # fewer, but each worth more
        risk.send(Order(0, 1, -10, 2000), client.ref)  # another instrument; short is exposed too
        risk.send(Order(0, 2, -10, 1001), client.ref)
        client.expect_order(Decision(1, True), Decision(2, True), Decision(3, False), Decision(4, False))
        client.expect_order(Decision(1, True), Decision(2, False))
        assert risk.ask(Holdings()) == Held(20_000, 3, 3, [-10, 0, 20])


def test_risk_has_empty_books_in_the_morning() -> None:
    with Kit() as kit:
        risk = kit.manage("risk", Risk(limit_cents=1))
        kit.start()
        assert risk.ask(Holdings()) == Held(1, 0, 0, [])
