"""A run as text, for people: a line per case, and for each failure the clause, what was expected, and the bytes."""

from .clauses import CLAUSES
from .jsontext import write

_ROW = 16
_ROWS = 12
_COLOURS = {"pass": "32", "fail": "31", "error": "31", "warn": "33", "unsupported": "36", "not-run": "35"}


class Report:
    """Writes to a stream as the run goes on; coloured only on a terminal."""

    def __init__(self, stream):
        self._stream = stream
        self._is_terminal = stream.isatty()

    def result(self, result):
        """One case, as soon as it is judged."""
        self._line(f"{result.case.id:34} {result.ms:6} ms  {result.case.title}", result.verdict)
        if result.verdict in ("fail", "warn", "error"):
            self._failure(result)
        elif result.why:
            self._line(f"            {result.why}")

    def end(self, run):
        """The sums, and what is wrong with the run as a whole."""
        for fault in run.faults:
            self._line(fault, "fail")
        for gap in run.gaps:
            self._line(gap, "not-run")
        counts = ", ".join(f"{run.count(verdict)} {verdict}" for verdict in _COLOURS if run.count(verdict))
        self._line(f"{run.manifest.name}: planned {run.planned}, executed {run.executed}, judged {run.judged}: "
                   f"{counts} (seed {run.seed})")

    def _failure(self, result):
        for clause in result.case.clauses:
            self._line(f"            {clause}: {CLAUSES[clause]}")
        failure = result.failure
        if failure and failure.clause and failure.clause not in result.case.clauses:
            self._line(f"    breaks  {failure.clause}: {CLAUSES[failure.clause]}")
        self._line(f"    seen    {result.why}")
        if failure and failure.step:
            self._line(f"    at      {_step_line(failure.step)}")
        if failure and failure.data is not None:
            self._dump(failure.data, failure.offset)
        for line in result.stderr[-5:]:
            self._line(f"    stderr  {line[:160]}")
        self._line(f"    why     {result.case.why}")

    def _dump(self, data, offset):
        """The bytes around `offset`, with a caret under it when it is not the first."""
        first = max(0, offset // _ROW * _ROW - 4 * _ROW)
        for start in range(first, min(len(data), first + _ROWS * _ROW), _ROW):
            row = data[start:start + _ROW]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            self._line(f"    {start:6x}  {row.hex(' '):{3 * _ROW}} {text}")
            if offset and start <= offset < start + _ROW:
                self._line(f"            {' ' * (3 * (offset - start))}^^")
        if len(data) > first + _ROWS * _ROW:
            self._line(f"            … {len(data)} bytes in all")

    def _line(self, text, verdict=None):
        """A line, perhaps behind a verdict. What a testee has said cannot reach the terminal's controls."""
        head = f"{verdict:11} " if verdict else ""
        if verdict and self._is_terminal:
            head = f"\x1b[{_COLOURS[verdict]}m{head}\x1b[0m"
        self._stream.write(head + "".join(char if char.isprintable() else "?" for char in text) + "\n")
        self._stream.flush()


def explanation(case):
    """The lines that tell a person what a case is about."""
    yield f"{case.id} ({case.level}, {case.stage}): {case.title}"
    for clause in case.clauses:
        yield f"  {clause}: {CLAUSES[clause]}"
    yield f"  why: {case.why}"
    if case.needs:
        yield f"  only for ports with: {', '.join(sorted(case.needs))}"
    for step in case.steps:
        yield f"  {_step_line(step)}"
    yield f"  catches: {', '.join(case.kills)}"


def _step_line(step):
    text = ", ".join(f"{key} {write(value)}" for key, value in step.items() if key != "do")
    return f"{step['do']}: {text}"[:200]
