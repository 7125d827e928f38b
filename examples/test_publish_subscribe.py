"""The market of publish_subscribe alone: no threads, and probes in the place of its subscribers."""

from __future__ import annotations

import sys
from pathlib import Path

import sabir
from sabir.kit import Kit

sys.path.insert(0, str(Path(__file__).parent / "publish_subscribe" / "python"))
from publish_subscribe import Market, Price, Quote, Told  # noqa: E402


def test_a_market_tells_its_subscribers_and_drops_those_that_have_gone() -> None:
    with Kit() as kit:
        market = kit.manage("market", Market())
        alice, bob, farmer = kit.probe("alice"), kit.probe("bob"), kit.probe("farmer")
        kit.start()
        market.send(sabir.Subscribe("apples"), alice.ref)
        market.send(sabir.Subscribe(), bob.ref)
        market.send(Quote("apples", 3), farmer.ref)
        market.send(Quote("pears", 5), farmer.ref)
        farmer.expect_order(Told(2), Told(1))
        alice.expect(Price("apples", 3))
        alice.expect_none()
        bob.expect_order(Price("apples", 3), Price("pears", 5))

        alice.close()  # she has gone, and nobody says so to the market
        market.send(Quote("apples", 4), farmer.ref)
        farmer.expect(Told(1))
        market.send(Quote("pears", 6))  # who names no sender gets no answer
        farmer.expect_none()
