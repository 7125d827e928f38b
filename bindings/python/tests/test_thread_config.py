"""ThreadConfig: what a Python actor's thread gets, and what is said of an option that cannot be had."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

import pytest
import sabir
from messages import Ping

NO_SUCH_CPU = 4095


@sabir.message("test.ThreadSeen")
class ThreadSeen:
    cpus: list[int]
    name: str
    policy: int
    priority: int


class Looks(sabir.Actor):
    """Says how its own thread runs."""

    def on_ping(self, env: sabir.Envelope[Ping]) -> ThreadSeen:
        thread = threading.get_native_id()
        with open(f"/proc/self/task/{thread}/comm") as comm:
            name = comm.read().strip()
        parameters = os.sched_getparam(thread)
        return ThreadSeen(sorted(os.sched_getaffinity(thread)), name, os.sched_getscheduler(thread), parameters.sched_priority)


def look(manager: sabir.Manager, config: sabir.ThreadConfig | None) -> Any:
    looks = manager.manage("looks", Looks(), config)
    manager.start()
    return looks.ask(Ping(1))


def may_be_real_time() -> bool:
    """Whether this process may have what the test asks for."""
    try:
        before, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(3))
        os.sched_setscheduler(0, before, parameters)
    except PermissionError:
        return False
    return True


def test_affinity_and_name_are_the_threads(manager: sabir.Manager) -> None:
    cpu = min(os.sched_getaffinity(0))
    seen = look(manager, sabir.ThreadConfig(cpus=[cpu], name="a-name-of-seventeen", spin=0.0001, strict=True))
    assert (seen.cpus, seen.name) == ([cpu], "a-name-of-seven")
    assert os.sched_getaffinity(0) == os.sched_getaffinity(os.getpid())  # nobody else's


def test_without_options_the_thread_is_called_like_its_actor(manager: sabir.Manager) -> None:
    seen = look(manager, None)
    assert (seen.name, seen.policy, seen.priority) == ("looks", os.SCHED_OTHER, 0)
    assert seen.cpus == sorted(os.sched_getaffinity(0))


def test_policy_and_priority_or_the_words_why_not(manager: sabir.Manager, caplog: pytest.LogCaptureFixture) -> None:
    config = sabir.ThreadConfig().with_priority(sabir.Policy.ROUND_ROBIN, 3)
    with caplog.at_level(logging.WARNING, logger="sabir"):
        seen = look(manager, config)
    if may_be_real_time():
        assert (seen.policy & ~0x40000000, seen.priority) == (os.SCHED_RR, 3)
    else:
        assert (seen.policy, seen.priority) == (os.SCHED_OTHER, 0)
        assert "actor 'looks' runs without a thread option: " in caplog.text


def test_an_option_that_cannot_be_had_is_said_in_words(manager: sabir.Manager, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="sabir"):
        seen = look(manager, sabir.ThreadConfig.with_affinity([NO_SUCH_CPU]))
    assert seen.cpus == sorted(os.sched_getaffinity(0))
    assert "actor 'looks' runs without a thread option: " in caplog.text
    assert "CPU affinity: Invalid argument (this machine has CPUs 0 to" in caplog.text


def test_a_strict_one_fails_the_start() -> None:
    with sabir.Manager() as manager:
        manager.manage("looks", Looks(), sabir.ThreadConfig(cpus=[NO_SUCH_CPU], strict=True))
        with pytest.raises(sabir.SabirError, match="'looks' did not start.*CPU affinity.*this machine has CPUs 0 to"):
            manager.start()
