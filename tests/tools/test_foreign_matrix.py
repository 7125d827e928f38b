"""The ports that are not made of libsabir play with the one in C and with each other, as far as this machine can run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def is_built(name: str) -> bool:
    """Does `make` have what the port needs, and is it not skipped here?"""
    done = subprocess.run([str(ROOT / f"tools/{name}_port"), "suites"], capture_output=True, text=True, timeout=30)
    return done.stdout.startswith("conform:")


def test_go_and_javascript_are_in_the_matrix() -> None:
    names = [name for name in ("go", "js") if is_built(name)]
    if not names:
        pytest.skip("neither the port in Go nor the one in JavaScript is built here")
    ports = ["c", *names]
    env = {**{key: value for key, value in os.environ.items() if key != "MAKEFLAGS"}, "PYTHONPATH": str(ROOT / "conformance")}
    command = [sys.executable, "-m", "harness", "matrix", "--ports", ",".join(ports), "--rounds", "50"]
    done = subprocess.run(
        [*command, "--case", "pair.values", "--case", "pair.rejects"],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    count = len(ports) ** 2
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, [f"{count} of {count} pairs passed"]), done
