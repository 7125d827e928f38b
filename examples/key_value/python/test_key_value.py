"""The store alone: no threads."""

from __future__ import annotations

import pytest
import sabir
from key_value import Delete, Dump, Get, Pairs, Set, Stop, Stopped, Store, Value
from sabir.kit import Kit


def test_a_store_keeps_the_last_value_of_each_key() -> None:
    with Kit() as kit:
        store, client = kit.manage("store", Store()), kit.probe("client")
        kit.start()
        for message in (Set("a", "1"), Set("b", "2"), Set("a", "3"), Get("a"), Delete("b"), Get("b"), Delete("c"), Dump()):
            store.send(message, client.ref)
        client.expect_order(Value("3"), Value(None), Pairs({"a": "3"}))
        client.expect_none()


def test_a_store_that_has_stopped_takes_nothing_more() -> None:
    with Kit() as kit:
        store = kit.manage("store", Store())
        kit.start()
        assert store.ask(Stop()) == Stopped()
        kit.rest()
        with pytest.raises(sabir.ClosedSabirError):
            store.send(Get("a"))
