"""What processes do that have nothing to do: context switches and processor time of all their threads, all processes at the same time."""

from __future__ import annotations

import os
import select
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .program import Run, Wrong, kill

READY_S = 60.0
SETTLE_S = 2.0


@dataclass(frozen=True)
class Used:
    switches: int
    cpu_ms: float


def used(pid: int, proc: Path = Path("/proc")) -> Used:
    """Of all threads that live now."""
    switches = 0
    for thread in (proc / str(pid) / "task").iterdir():
        for line in (thread / "status").read_text().splitlines():
            if "ctxt_switches:" in line:
                switches += int(line.split()[1])
    # The fields behind the name, which may hold blanks and brackets itself.
    fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return Used(switches, (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK"))


def wait_ready(process: subprocess.Popen[bytes], until: float) -> bool:
    """Whether it has said READY; other lines before it are its own business."""
    assert process.stdout is not None
    said = b""
    while time.monotonic() < until:
        if not select.select([process.stdout], [], [], 0.5)[0]:
            continue
        more = os.read(process.stdout.fileno(), 65536)
        if not more:
            return False
        said += more
        if b"READY\n" in said:
            return True
    return False


def watch(commands: list[list[str]], idle_s: float, settle_s: float = SETTLE_S) -> list[Run | Wrong]:
    """Start all, let them settle, count for idle_s what each uses, end them by closing their standard input."""
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        for command in commands
    ]
    try:
        until = time.monotonic() + READY_S
        ready = [wait_ready(process, until) for process in processes]
        time.sleep(settle_s)  # what starting leaves behind is not idling
        begin = time.monotonic()
        before = [used(process.pid) if is_ready else None for process, is_ready in zip(processes, ready)]
        time.sleep(idle_s)
        after = [used(process.pid) if is_ready and process.poll() is None else None for process, is_ready in zip(processes, ready)]
        seconds = time.monotonic() - begin
    finally:
        for process in processes:
            end(process)
    return [difference(*what, seconds) for what in zip(commands, before, after)]


def difference(command: list[str], before: Used | None, after: Used | None, seconds: float) -> Run | Wrong:
    if before is None or after is None:
        return Wrong(f"{' '.join(command)}: it did not get ready, or did not stay")
    switches, cpu_ms = after.switches - before.switches, after.cpu_ms - before.cpu_ms
    return Run({"switches": switches, "cpu_ms": cpu_ms}, cpu_ms / 1000, switches, seconds)


def end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.close()
        process.wait(10)
    except (OSError, subprocess.TimeoutExpired):
        kill(process)  # type: ignore[arg-type]
        process.wait()
    process.stdout.close()
