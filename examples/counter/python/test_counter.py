"""The counter alone: no threads."""

from __future__ import annotations

from counter import Counter, Get, Increment, Value
from sabir.kit import Kit


def test_a_counter_counts_what_came_before_the_question() -> None:
    with Kit() as kit:
        counter, client = kit.manage("counter", Counter()), kit.probe("client")
        kit.start()
        counter.send(Get(), client.ref)
        for _ in range(3):
            counter.send(Increment(), client.ref)
        counter.send(Get(), client.ref)
        client.expect_order(Value(0), Value(3))
        client.expect_none()  # an increment is not answered
