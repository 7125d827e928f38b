"""Python's part of the process alone."""

from __future__ import annotations

from one_process import Double, Doubled, Doubler
from sabir.kit import Kit


def test_a_doubler_doubles_for_who_sends_and_for_who_calls() -> None:
    with Kit() as kit:
        doubler, client = kit.manage("doubler", Doubler()), kit.probe("client")
        kit.start()
        doubler.send(Double(21), client.ref)
        client.expect(Doubled(42))
        assert doubler.fast_send(Double(-4)) == Doubled(-8)
