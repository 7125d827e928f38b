"""The till and its owner in the kit's time: what takes a minute there is over at once."""

from __future__ import annotations

import pytest
import sabir
from sabir.kit import Kit
from supervised import Coin, Count, Owner, Till, Total


def test_a_till_comes_back_empty_and_handles_what_was_sent_meanwhile() -> None:
    with Kit() as kit:
        shop = kit.supervisor("shop", rule=sabir.Restart(limit=2, window=60, first_delay=1.0))
        till, client = shop.manage("till", Till), kit.probe("client")
        kit.start()
        for cents in (10, 20, 0, 5):
            till.send(Coin(cents))
        till.send(Count(), client.ref)
        client.expect_none(0.999)
        client.expect(Total(5), timeout=0.001)


def test_its_owner_is_told_when_it_has_failed_too_often(capsys: pytest.CaptureFixture[str]) -> None:
    with Kit() as kit:
        shop = kit.supervisor("shop", rule=sabir.Restart(limit=2, window=60, first_delay=1.0))
        till = shop.manage("till", Till)
        kit.manage("owner", Owner(till))
        kit.start()
        for _ in range(3):  # one in a minute is not too often
            till.send(Coin(0))
            kit.advance(60)
        assert "gone" not in capsys.readouterr().out
        for _ in range(3):
            till.send(Coin(0))
            kit.advance(5)
        assert capsys.readouterr().out == "the till opens\n" * 2 + "the till is gone: failed\n"
