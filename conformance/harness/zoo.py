"""Ports that do nothing, or the wrong thing with confidence: a run against each has to end with the right exit code and reason."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from mutants.faults import NULL_PORTS

from . import case as cases
from .clauses import CLAUSES
from .errors import FAILED, NOT_READY, RunError
from .jsontext import write
from .suite import Suite, select

# Most of these never say READY; there is no reason to be patient with them.
_READY_S = 2.0

_SILENT = "no READY line within 2 s"
# What is started, and what has to be said of it.
_COMMANDS = {
    "true": (("true",), "ended with code 0 without a READY line"),
    "false": (("false",), "ended with code 1 without a READY line"),
    "cat": (("cat",), _SILENT),
    "yes": (("yes",), f"{_SILENT}, but 'y' on stdout"),
    "sleeps": (("sleep", "60"), _SILENT),
    "no such program": (("/no/such/program",), "/no/such/program cannot be started"),
    "ready and gone": (("sh", "-c", "echo READY; exec true"), "its READY line is wrong: the text ends too early"),
    "half a ready line": (("sh", "-c", "printf 'READY {\"endpoint\":'; exec cat"), "its READY line has no line end"),
}
_FAILURES = 300


@dataclass(frozen=True)
class Ending:
    """How a run against one of them ended, and how it should have: the exit code, and words of the sentence that says why."""

    name: str
    exit_code: int
    why: str
    wanted: int
    wanted_why: str

    @property
    def is_right(self):
        return self.exit_code == self.wanted and self.wanted_why in self.why

    def __str__(self):
        return f"{self.name}: exit code {self.exit_code} ({self.why}), not {self.wanted} ({self.wanted_why})"


def endings(manifest, all_cases):
    """Run against every null port; `manifest` is that of the reference port."""
    for name, (command, why) in _COMMANDS.items():
        yield Ending(name, *_end(manifest.having(cmd=command), select(all_cases, ("tx.*",))), NOT_READY, why)
    for name, port in NULL_PORTS.items():
        chosen = select(all_cases, port.cases)
        wrong = manifest.having(features=frozenset(port.features))
        yield Ending(name, *_end(wrong, chosen, extra_args=("--mutant", name)), port.exit_code, port.why)
    yield Ending(f"{_FAILURES} failures", *_end(manifest, _failing_cases()), FAILED, f"fail.n{_FAILURES - 1}: payload.not: is missing")


def _end(manifest, chosen, **launch):
    """The exit code of a run, and everything that it has to say for it."""
    try:
        run = Suite(manifest, chosen, ready_s=_READY_S, **launch).run()
    except RunError as error:
        return error.exit_code, str(error)
    found = [f"{result.case.id}: {result.why}" for result in run.results if result.verdict != "pass"]
    return run.exit_code, "; ".join([*run.faults, *run.gaps, *found])


def _failing_cases():
    """More failures than an exit code can count: 300 would be 44 modulo 256, and 256 would be 0."""
    steps = [{"do": "send", "peer": "A", "envelope": {"type": "conf.Echo", "target": "echo", "payload": {}}},
             {"do": "expect", "peer": "A", "type": "conf.EchoReply", "payload": {"not": "there"}}]
    with tempfile.TemporaryDirectory(prefix="sabir-conform-") as folder:
        category = Path(folder) / "failing"
        category.mkdir()
        for number in range(_FAILURES):
            value = {"id": f"fail.n{number}", "since": "1.0", "level": "MUST", "clauses": [next(iter(CLAUSES))],
                     "title": "fails", "why": "it has to", "steps": steps, "kills": ["silent"]}
            (category / f"n{number}.json").write_text(write(value), encoding="utf-8")
        return list(cases.load_all(folder).values())
