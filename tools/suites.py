"""Suites of tests, whatever runs them: how each is started and how its results are read.

A suite is written KIND:WHAT. A suite that ran nothing, crashed, was killed or contradicts itself (a plan of five and four results,
an exit code that says otherwise) counts as one more failure: silence is never success.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Results:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    fault: str = ""  # why the figures cannot be trusted
    output: str = field(default="", compare=False)  # what a suite that failed said

    def __add__(self, other: Results) -> Results:
        return Results(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


@dataclass(frozen=True)
class Suite:
    name: str
    command: list[str]
    read: Callable[[str], Results]
    environment: dict[str, str]


def read_tap(output: str) -> Results:
    """cmocka's TAP: `ok 1 - name`, `not ok 2 - name`, and for a skipped one `not ok 3 # SKIP name`."""
    planned = sum(int(last) for last in re.findall(r"^1\.\.(\d+)$", output, re.M))
    skipped = len(re.findall(r"^(?:not )?ok \d+ # SKIP", output, re.M))
    passed = len(re.findall(r"^ok \d+ (?!# SKIP)", output, re.M))
    failed = len(re.findall(r"^not ok \d+ (?!# SKIP)", output, re.M))
    judged = passed + failed + skipped
    fault = "" if judged == planned else f"{planned} tests planned, {judged} judged"
    return Results(passed, failed, skipped, fault)


def read_doctest(output: str) -> Results:
    """doctest's `[doctest] test cases: 9 | 7 passed | 2 failed | 1 skipped`, the last in the figures of those that did not run."""
    found = re.findall(r"^\[doctest\] test cases: +(\d+) \| +(\d+) passed \| +(\d+) failed \| +(\d+) skipped", output, re.M)
    if not found:
        return Results(fault="no summary")
    ran, passed, failed, skipped = (int(figure) for figure in found[-1])
    return Results(passed, failed, skipped, "" if passed + failed == ran else f"{ran} tests ran, {passed + failed} judged")


def read_cargo(output: str) -> Results:
    total = Results()
    for passed, failed, ignored in re.findall(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", output, re.M):
        total += Results(int(passed), int(failed), int(ignored))
    return total


def read_unittest(output: str) -> Results:
    ran = re.findall(r"^Ran (\d+) tests? in", output, re.M)
    verdict = re.findall(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", output, re.M)
    if not ran or not verdict:
        return Results(fault="no summary")
    counts = {word: int(count) for word, count in re.findall(r"([a-z ]+)=(\d+)", verdict[-1])}
    counts = {word.strip(): count for word, count in counts.items()}
    failed = counts.get("failures", 0) + counts.get("errors", 0) + counts.get("unexpected successes", 0)
    skipped = counts.get("skipped", 0)
    return Results(max(int(ran[-1]) - failed - skipped, 0), failed, skipped)


def junit_reader(report: Path) -> Callable[[str], Results]:
    def read(_output: str) -> Results:
        try:
            cases = list(ElementTree.parse(report).getroot().iter("testcase"))
        except (OSError, ElementTree.ParseError) as error:
            return Results(fault=f"no report: {error}")
        failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
        skipped = sum(1 for case in cases if case.find("skipped") is not None)
        return Results(len(cases) - failed - skipped, failed, skipped)

    return read


def conform_reader(report: Path) -> Callable[[str], Results]:
    def read(_output: str) -> Results:
        try:
            run = json.loads(report.read_text())
            verdicts = [result["verdict"] for result in run["results"]]
        except (OSError, ValueError, KeyError) as error:
            return Results(fault=f"no report: {error}")
        passed = verdicts.count("pass")
        skipped = sum(verdict in ("unsupported", "xfail", "flaky") for verdict in verdicts)
        fault = "" if run["planned"] == run["judged"] == len(verdicts) else f"{run['planned']} cases planned, {run['judged']} judged"
        return Results(passed, len(verdicts) - passed - skipped, skipped, fault)

    return read


def read_go(output: str) -> Results:
    """`go test -v`: `--- PASS: TestName (0.00s)`; subtests are indented and count with their test."""
    passed, failed, skipped = (len(re.findall(rf"^--- {verdict}: ", output, re.M)) for verdict in ("PASS", "FAIL", "SKIP"))
    return Results(passed, failed, skipped)


def make(word: str, reports: Path, wrap: list[str]) -> Suite:
    """The suite that KIND:WHAT stands for; `reports` is the folder for what runners write, `wrap` goes before C programs."""
    kind, _, what = word.partition(":")
    report = reports / re.sub(r"\W+", "-", f"{kind}-{what}")
    report.unlink(missing_ok=True)
    if kind == "tap":
        return Suite(what, [*wrap, what], read_tap, {"CMOCKA_MESSAGE_OUTPUT": "TAP"})
    if kind == "doctest":
        return Suite(what, [*wrap, what, "--no-colors=true"], read_doctest, {})
    if kind == "pytest":
        command = [".venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", what]
        return Suite(f"pytest {what}", command, junit_reader(report), {})
    if kind == "unittest":
        command = [os.environ.get("PYTHON3", "python3"), "-m", "unittest", "discover", "-s", what]
        return Suite(f"unittest {what}", command, read_unittest, {})
    if kind == "cargo":
        command = [os.environ.get("CARGO", "cargo"), "test", "--no-fail-fast", *what.split()]
        return Suite(f"cargo test {what}", command, read_cargo, {})
    if kind == "conform":
        command = [str(Path(os.environ["SABIR_BUILD"]) / "bin/sabir"), "conform", what, "--json", str(report)]
        return Suite(f"conform {what}", command, conform_reader(report), {})
    if kind == "go":
        return Suite(f"go test {what}", [os.environ.get("GO", "go"), "test", "-C", what, "-count=1", "-v", "./..."], read_go, {})
    if kind == "skipped":
        name, _, why = what.partition(":")
        return Suite(name, ["echo", f"skipped: {why}"], lambda _output: Results(skipped=1), {})
    raise ValueError(f"no kind of suite '{kind}' in '{word}'; there are tap, doctest, pytest, unittest, cargo, conform, go, skipped")


class Shown:
    """What a process says, shown line by line as it comes and kept. Its two streams are kept apart, so that what it writes to the one
    never falls into the middle of a line of the other, which the reader then would not find."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self.streams: list[list[str]] = [[], []]
        self.lock = threading.Lock()
        pipes = (process.stdout, process.stderr)
        self.threads = [threading.Thread(target=self.show, args=pair) for pair in zip(pipes, self.streams, strict=True)]
        for thread in self.threads:
            thread.start()

    def show(self, pipe: IO[str], stream: list[str]) -> None:
        for line in pipe:
            stream.append(line)
            with self.lock:
                self.lines.append(line)
                sys.stdout.write(line if line.endswith("\n") else line + "\n")
                sys.stdout.flush()

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()

    @property
    def text(self) -> str:
        return "\n".join("".join(stream) for stream in self.streams)


def run(suite: Suite, timeout_s: float) -> Results:
    """Run it with its output shown, in a process group of its own that does not outlive it."""
    environment = {**os.environ, **suite.environment}
    try:
        process = subprocess.Popen(
            suite.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        return Results(failed=1, fault=str(error))
    timer = threading.Timer(timeout_s, kill, (process,))
    timer.start()
    shown = Shown(process)
    shown.wait()
    code = process.wait()
    late = not timer.is_alive()
    timer.cancel()
    kill(process)
    results = judge(suite.read(shown.text), f"killed after {timeout_s:.0f} s" if late else "", code)
    return replace(results, output="".join(shown.lines) if results.failed else "")


def kill(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def judge(results: Results, fault: str, code: int) -> Results:
    """The figures together with what the process said by its end."""
    fault = fault or results.fault
    if not fault and code != 0 and not results.failed:
        fault = f"exit code {code}" if code > 0 else f"killed by signal {-code}"
    if not fault and not results.passed + results.failed + results.skipped:
        fault = "ran nothing"
    return Results(results.passed, results.failed + (1 if fault else 0), results.skipped, fault)
