"""Ports that do nothing, or the wrong thing with confidence: a run against each has to end with the right exit code."""

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

_COMMANDS = {
    "true": ("true",), "false": ("false",), "cat": ("cat",), "yes": ("yes",), "sleeps": ("sleep", "60"),
    "no such program": ("/no/such/program",),
    "ready and gone": ("sh", "-c", "echo READY; exec true"),
    "half a ready line": ("sh", "-c", "printf 'READY {\"endpoint\":'; exec cat"),
}
_FAILURES = 300


@dataclass(frozen=True)
class Ending:
    """How a run against one of them ended, and how it should have."""

    name: str
    exit_code: int
    wanted: int

    @property
    def is_right(self):
        return self.exit_code == self.wanted


def endings(manifest, all_cases):
    """Run against every null port; `manifest` is that of the reference port."""
    for name, command in _COMMANDS.items():
        yield Ending(name, _exit_code(manifest.having(cmd=command), select(all_cases, ("tx.*",))), NOT_READY)
    for name, port in NULL_PORTS.items():
        chosen = select(all_cases, port.cases)
        wrong = manifest.having(features=frozenset(port.features))
        yield Ending(name, _exit_code(wrong, chosen, extra_args=("--mutant", name)), port.exit_code)
    yield Ending(f"{_FAILURES} failures", _exit_code(manifest, _failing_cases()), FAILED)


def _exit_code(manifest, chosen, **launch):
    try:
        return Suite(manifest, chosen, ready_s=_READY_S, **launch).run().exit_code
    except RunError as error:
        return error.exit_code


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
