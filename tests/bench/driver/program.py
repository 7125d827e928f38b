"""One run of one program: what it printed, and what it cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_S = 120.0


class Wrong(Exception):
    """A program failed, did not end, or printed no figures: no benchmark, but a fault."""


@dataclass(frozen=True)
class Run:
    figures: dict[str, float]
    cpu_s: float  # of the process and its children, set-up included
    switches: int
    seconds: float
    lines: list[dict[str, Any]] = field(default_factory=list, compare=False)


def figures_of(line: str, command: list[str]) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise Wrong(f"{' '.join(command)}: '{line.strip()}' is no line of figures: {error}") from None
    if not isinstance(value, dict):
        raise Wrong(f"{' '.join(command)}: '{line.strip()}' is no line of figures")
    return value


def start(command: list[str]) -> subprocess.Popen[str]:
    # A session of its own, so that whatever it forks can be ended with it.
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def kill(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(command: list[str], timeout_s: float = TIMEOUT_S) -> Run:
    """Run it to its end.

    Raises:
        Wrong: it failed, or there are no figures.
    """
    begin = time.monotonic()
    process = start(command)
    timer = threading.Timer(timeout_s, kill, [process])
    timer.start()
    errors: list[str] = []
    assert process.stdout is not None and process.stderr is not None
    stderr = process.stderr
    reader = threading.Thread(target=lambda: errors.append(stderr.read()))
    reader.start()
    output = process.stdout.read()
    reader.join()
    # wait4 instead of wait: it tells what this child, and it alone, has used.
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    seconds = time.monotonic() - begin
    if process.returncode != 0:
        why = f"did not end within {timeout_s:g} s" if seconds >= timeout_s else f"exit code {process.returncode}"
        raise Wrong(f"{' '.join(command)}: {why}: {errors[0].strip()[-500:]}")
    lines = [figures_of(line, command) for line in output.splitlines() if line.strip()]
    if not lines:
        raise Wrong(f"{' '.join(command)}: it printed no figures")
    figures = {key: float(value) for key, value in lines[-1].items() if isinstance(value, int | float)}
    return Run(figures, usage.ru_utime + usage.ru_stime, usage.ru_nvcsw + usage.ru_nivcsw, seconds, lines)
