"""Handles of the core's objects, and what people do to objects: copy and pickle."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sabir
from messages import Ping, Pong, PongActor, Thing


@pytest.mark.parametrize("double", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_ref_is_the_ref(manager: sabir.Manager, double: Callable[[Any], Any]) -> None:
    pong = manager.manage("pong", PongActor())
    manager.start()
    for _ in range(100):
        assert double(pong) is pong
        assert double(Thing(pong)).value is pong
    gc.collect()
    assert pong.ask(Ping(3)) == Pong(3)


def test_a_copy_of_a_manager_is_the_manager(manager: sabir.Manager) -> None:
    assert copy.copy(manager) is manager


def test_a_copy_of_a_token_answers_once(manager: sabir.Manager) -> None:
    tokens: list[sabir.ReplyToken] = []
    taken = threading.Event()

    class Later(sabir.Actor):
        def on_ping(self, env: sabir.Envelope[Ping]) -> None:
            tokens.append(env.reply_take())
            tokens.append(copy.copy(tokens[0]))
            taken.set()

    later = manager.manage("later", Later())
    manager.start()
    threading.Thread(target=lambda: taken.wait(10) and tokens[1].reply(Pong(1))).start()
    assert later.ask(Ping(1)) == Pong(1)
    with pytest.raises(sabir.StateSabirError):
        tokens[0].reply(Pong(2))


def test_a_ref_cannot_be_pickled_and_the_error_says_what_to_do(manager: sabir.Manager) -> None:
    pong = manager.manage("pong", PongActor())
    for handle in (pong, manager):
        with pytest.raises(TypeError, match=r"cannot be pickled.*remote\(name, endpoint\)"):
            pickle.dumps(handle)
