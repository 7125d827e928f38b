"""Helpers of the tests: waiting for a condition with a bound, programs of their own, the tree."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parents[3]
INCLUDE = TREE / "core" / "include"


def eventually(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """What `condition` returns once that is true; fails when it is not so in time."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {within} s: {condition}"
        time.sleep(0.001)


def start_python(code: str, **options: Any) -> subprocess.Popen[str]:
    """A Python process of its own that runs `code`, with its outputs as pipes."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def run_python(code: str, timeout: float = 30, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own to its end."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        check=False,
    )
