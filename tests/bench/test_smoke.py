"""Our own benchmark programs, for a moment each: they run, check their results and print their figures. No figure is judged."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from driver import idle, peers, plan, program  # noqa: E402
from driver.plan import Command, Count  # noqa: E402
from driver.rounds import OURS  # noqa: E402

BUILD = Path(os.environ.get("SABIR_BUILD", HERE.parents[1] / "build"))
PLACES = peers.Places(HERE, BUILD, Path(os.environ.get("CARGO_TARGET_DIR", BUILD / "rust")))
SCALE = 0.002


def small(command: Command) -> list[str]:
    """Few messages and few actors."""
    few = tuple(part if isinstance(part, Count) or not isinstance(part, int) else min(part, 100) for part in command)
    return peers.fill(few, PLACES, SCALE, rounds=1)


def programs() -> dict[str, tuple[list[str], str]]:
    found = {}
    for benchmark in plan.BENCHMARKS:
        if benchmark.kind == "idle":
            continue
        commands = (
            [(benchmark.key, benchmark.ours)]
            if benchmark.ours
            else [(f"{benchmark.key} {size}", command) for size, command in benchmark.sizes]
        )
        for name, command in commands:
            found[name] = (small(command), "ours" if benchmark.kind == "compares" else benchmark.figure)
    return found


@pytest.mark.parametrize("name", programs())
def test_ours_runs_and_its_result_is_right(name):
    command, figure = programs()[name]
    assert peers.missing(command) == ""
    assert program.run(command).figures[figure] > -1e6


def test_an_idle_node_gets_ready_and_ends_with_its_standard_input():
    benchmark = next(benchmark for benchmark in plan.BENCHMARKS if benchmark.kind == "idle")
    (run,) = idle.watch([small(benchmark.ours)], idle_s=0.2, settle_s=0.2)
    assert isinstance(run, program.Run), run
    assert set(run.figures) == {"switches", "cpu_ms"}


@pytest.mark.parametrize(
    "arguments",
    [["ping_pong", "sideways", "10"], ["ring", "one", "10"], ["streaming"], ["codec", "decode", "5000", "1"], ["timers", "late", "0"]],
)
def test_a_program_says_how_it_is_used(arguments):
    with pytest.raises(program.Wrong, match="usage"):
        program.run([str(BUILD / "tests/bench" / arguments[0]), *arguments[1:]])


def test_the_python_peer_that_needs_nothing_installed_runs_too():
    for benchmark in plan.BENCHMARKS:
        for peer in benchmark.peers:
            if any("queue_actor.py" in str(part) for part in peer.command):
                assert peer.name != OURS
                assert program.run(small(peer.command)).figures["value"] > 0
