"""What the system tests share: `sabir run` as a child, its log as it comes, and whoever is still alive of it."""
from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SABIR_BUILD", ROOT / "build"))
SABIR = BUILD / "bin" / "sabir"
FAKE_NODE = Path(__file__).resolve().with_name("fake_node.py")
PATIENCE_S = 20.0

# The variable by which every process of one test is found again, whatever session or group it has moved to.
MARK = "SABIR_TEST_MARK"


def until(condition: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
    """Poll until the condition holds; a test never sleeps for longer than it must."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience_s:g} s: {what}")
        time.sleep(0.005)


def processes_with(mark: str) -> list[int]:
    """The living processes whose environment carries the mark; zombies have none."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/environ", "rb") as environ:
                if wanted in environ.read().split(b"\0"):
                    found.append(int(entry))
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process and it is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def fake(*behaviour: str) -> list[str]:
    """The `run` of a fake node; see fake_node.py for its words."""
    return [sys.executable, "-u", str(FAKE_NODE), *behaviour]


class Run:
    """One `sabir run`, its standard output read line by line as it comes."""

    def __init__(self, folder: Path, topology: dict | str, *options: str, env: dict | None = None,
                 stdout: int | None = None, before: Callable[[], None] = lambda: None) -> None:
        text = topology if isinstance(topology, str) else json.dumps(topology)
        self.folder = folder
        self.file = folder / "system.json"
        self.file.write_text(text)
        self.mark = secrets.token_hex(8)
        self.lines: list[str] = []
        self.started = time.monotonic()
        def prepare() -> None:
            # A shell that runs the tests in the background lets them ignore Ctrl-C, nohup SIGHUP; the runner must not inherit that.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            before()

        self.process = subprocess.Popen(
            [str(SABIR), "run", *options, str(self.file)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if stdout is None else stdout, stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(folder), "XDG_RUNTIME_DIR": "", MARK: self.mark, **(env or {})},
            preexec_fn=prepare)
        self._reader = None
        if stdout is None:
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.decode("utf-8", "surrogateescape").rstrip("\n"))

    def wait_for(self, pattern: str, times: int = 1) -> str:
        """Wait for a line that the pattern is found in; the last such line."""
        def found() -> list[str]:
            return [line for line in list(self.lines) if re.search(pattern, line)]
        try:
            until(lambda: len(found()) >= times, f"{times} lines with {pattern!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}; the log is:\n" + "\n".join(self.lines)) from None
        return found()[-1]

    def wait(self, patience_s: float = PATIENCE_S) -> int:
        """Its exit code."""
        code = self.process.wait(patience_s)
        if self._reader:
            self._reader.join(patience_s)
        return code

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.wait()

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def of(self, node: str) -> list[str]:
        """What the node wrote, without its prefix."""
        parts = (line.partition("|") for line in self.lines)
        return [text[1:] for name, _, text in parts if name.strip() == node]

    def position(self, pattern: str) -> int:
        for index, line in enumerate(self.lines):
            if re.search(pattern, line):
                return index
        raise AssertionError(f"no line with {pattern!r} in:\n{self.log}")

    def alive(self) -> list[int]:
        return processes_with(self.mark)

    def clear_away(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        for pid in self.alive():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            if self._reader:
                self._reader.join(PATIENCE_S)
            self.process.stdout.close()


class SystemTest(unittest.TestCase):
    """Every test has a folder of its own, and fails if any process of it is left."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()

    def run_topology(self, nodes: dict, *options: str, **more) -> Run:
        run = Run(self.folder, {"topology": "test", "nodes": nodes}, *options, **more)
        self.addCleanup(run.clear_away)
        return run

    def assert_nothing_left(self, run: Run) -> None:
        """No process, and no private folder."""
        until(lambda: not run.alive(), f"the end of the processes {run.alive()}")
        left = list(self.folder.glob("sabir-*"))
        until(lambda: not list(self.folder.glob("sabir-*")), f"the end of the folders {left}")
