"""A run as text, for people: what did not pass, as it happens, and what all of it amounts to.

On a terminal a bar shows how far the run is and how long it still takes; elsewhere only what matters is said.
"""

from . import failure
from .progress import Bar

COLOURS = {"pass": "32", "fail": "31", "xpass": "31", "error": "31", "warn": "33", "xfail": "33", "flaky": "33",
           "unsupported": "36", "not-run": "35"}
_FAILURE_INDENT = "    "


class Report:
    """Writes to a stream as the run goes on; coloured, and with a bar, only on a terminal."""

    def __init__(self, stream, verbose=False):
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._verbose = verbose
        self._bar = None

    def begin(self, name, worths):
        """A port's cases begin; `worths` says about how long each takes, in whatever unit."""
        if self._is_terminal:
            self._bar = Bar(self._stream, name, worths)
            self._bar.draw()

    def result(self, result):
        """The record of one case, as soon as it is judged."""
        if self._verbose or result["verdict"] not in ("pass", "unsupported"):
            self._line(f"{result['case']:34} {result['ms']:6} ms  {result['title']}", result["verdict"])
            self._details(result)
        if self._bar:
            self._bar.step()
            self._bar.draw()

    def end(self, run):
        """The sums, and what is wrong with the run as a whole."""
        if self._bar:
            self._bar.clear()
            self._bar = None
        if run["refusal"]:
            self._line(run["refusal"], "not-run")
        for fault in run["faults"]:
            self._line(fault, "fail")
        for gap in run["gaps"]:
            self._line(gap, "not-run")
        self._line(level_sentence(run))
        verdicts = [result["verdict"] for result in run["results"]]
        counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in COLOURS if verdict in verdicts)
        self._line(f"{run['port']}: planned {run['planned']}, executed {run['executed']}, judged {run['judged']}: "
                   f"{counts} (seed {run['seed']})")

    def _details(self, result):
        if result["verdict"] in ("fail", "warn", "error", "xpass"):
            for line in failure.lines(result):
                self._line(_FAILURE_INDENT + line)
        elif result.get("why"):
            self._line(_FAILURE_INDENT + result["why"])

    def _line(self, text, verdict=None):
        """A line, perhaps behind a verdict. What a testee has said cannot reach the terminal's controls."""
        head = f"{verdict:11} " if verdict else ""
        if verdict and self._is_terminal:
            head = f"\x1b[{COLOURS[verdict]}m{head}\x1b[0m"
        if self._bar:
            self._bar.clear()
        self._stream.write(head + failure.printable(text) + "\n")
        self._stream.flush()


def level_sentence(run):
    """How far the port got in the profile."""
    if not run["levels"]:
        return f"{run['port']}: no level is known"
    parts = ", ".join(f"{level['level']} {level['passed']} of {level['cases']}" for level in run["levels"] if level["cases"])
    return f"{run['port']}: profile {run['profile']}: {_reached(run)} ({parts})"


def _reached(run):
    if run["level"]:
        return f"reaches {run['level']}"
    first = run["levels"][0]
    return "reaches no level" if first["run"] == first["cases"] else f"no level can be told, for not all of {first['level']} was run"
