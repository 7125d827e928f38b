"""The table of what the core holds."""

from __future__ import annotations

import itertools
from types import ModuleType

import pytest
import sabir
from messages import Collector, Ping, Pong, PongActor
from sabir import _runtime, ref


def test_a_key_that_is_in_use_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [_runtime.keep(name) for name in ("a", "b", "c")]
    fresh = _runtime.keep("d")
    _runtime.take(fresh)
    again = itertools.chain(kept, itertools.count(fresh)).__next__  # as after the last key of all
    monkeypatch.setattr(_runtime, "_next_key", again)
    other = _runtime.keep("e")
    assert other not in kept
    assert [_runtime.take(key) for key in (*kept, other)] == ["a", "b", "c", "e"]


@pytest.mark.parametrize("where", [_runtime, ref], ids=["replies", "sends"])
def test_messages_come_through_when_keys_begin_anew(where: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with sabir.Manager() as manager:
        pong, collector = manager.manage("pong", PongActor()), Collector()
        manager.manage("collector", collector)
        used = dict(_runtime._objects)  # the actors are in the table, among others
        monkeypatch.setattr(where, "_next_key", itertools.chain(used, range(2**30, 2**31)).__next__)
        manager.start()
        for number in range(100):
            pong.send(Ping(number), collector)
        assert collector.wait_for(100) == [Pong(number) for number in range(100)]
        assert {key: _runtime.kept(key) for key in used} == used


def test_keys_fit_an_int_of_c() -> None:
    key = _runtime.keep("a")
    _runtime.take(key)
    assert 0 < key < 2**31
