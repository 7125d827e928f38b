"""The soak notices what it is for: each kind of fault, planted, ends it with words and the seed. (`make stress` soaks without any.)"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("SABIR_BUILD", Path(__file__).resolve().parents[2] / "build"))
SECONDS, SEED = "5", "4711"
PLANTS = {"order": "soak: order: broken", "memory": "soak: memory: it grows", "hang": "soak: hang: player 3 has handled nothing"}


@pytest.fixture(scope="module")
def soaks() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """All at the same time: they take as long as one."""
    running = {
        plant: subprocess.Popen(
            [BUILD / "tests/stress/soak", SECONDS, SEED, plant],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=no_core,
        )
        for plant in PLANTS
    }
    yield running
    for process in running.values():
        process.kill()
        process.wait()


def no_core() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_noticed(soaks: dict[str, subprocess.Popen[str]], plant: str) -> None:
    output, errors = soaks[plant].communicate(timeout=120)
    assert soaks[plant].returncode != 0
    assert PLANTS[plant] in errors
    assert f"(seed {SEED})" in errors
    assert f"seed {SEED}" in output
