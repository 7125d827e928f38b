"""Results that were written earlier: read back, and taken for no more than they are.

A stream of NDJSON that ends before its run does is a run that was cut off: incomplete, whatever its cases say.
"""

import json
from pathlib import Path

from .errors import INCOMPLETE, UsageError

_RUN_KEYS = {"port", "version", "seed", "ms", "planned", "executed", "judged", "exit_code", "level", "levels", "profile", "refusal",
             "faults", "gaps", "results"}
_RESULT_KEYS = {"case", "category", "level", "stage", "clauses", "title", "about", "verdict", "ms", "transcript", "replay"}
_MATRIX_KEYS = {"pairs", "passed", "cells"}


def load(path):
    """(the records of runs, the record of a matrix or None) that a file holds; UsageError if it holds neither."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    try:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise UsageError(f"{path}: is neither the JSON of a result nor NDJSON: {error}") from None
    if values and all(isinstance(value, dict) and "event" in value for value in values):
        if values[0]["event"] == "matrix":
            return [], _matrix_of_events(path, values)
        return _runs_of_events(path, values), None
    if len(values) != 1 or not isinstance(values[0], dict):
        raise UsageError(f"{path}: holds no result")
    return _of_json(path, values[0])


def _of_json(path, value):
    if _MATRIX_KEYS <= value.keys():
        return [], value
    if "runs" in value:
        return [_checked(path, run) for run in value["runs"]], value.get("matrix")
    return [_checked(path, value)], None


def _checked(path, run):
    """What the reports need is there; they trust it from here on."""
    missing = _RUN_KEYS - run.keys()
    if missing:
        raise UsageError(f"{path}: is no result of this suite: it lacks {', '.join(sorted(missing))}")
    for result in run["results"]:
        if _RESULT_KEYS - result.keys():
            raise UsageError(f"{path}: a result lacks {', '.join(sorted(_RESULT_KEYS - result.keys()))}")
    return run


def _runs_of_events(path, events):
    runs = []
    for event in events:
        kind = event.pop("event")
        if kind == "run":
            runs.append({**_cut_off(event), "cases": {}})
        elif kind == "case" and runs:
            event.pop("port", None)
            runs[-1]["cases"][event.get("case")] = event  # a verdict that was taken back comes a second time
        elif kind == "end" and runs:
            runs[-1].update(event)
        else:
            raise UsageError(f"{path}: an event {kind!r} where none can be")
    return [_checked(path, {**run, "results": list(run.pop("cases").values())}) for run in runs]


def _matrix_of_events(path, events):
    """A matrix; a pair that was not played is not among those that passed."""
    head, *rest = events
    cells = [event for event in rest if event["event"] == "cell"]
    rings = [event for event in rest if event["event"] == "ring"]
    if "pairs" not in head or len(cells) + len(rings) != len(rest) or not all("passed" in cell for cell in cells):
        raise UsageError(f"{path}: is no stream of a matrix")
    return {**head, "passed": sum(cell["passed"] for cell in cells), "cells": cells, "ring": rings[0] if rings else None}


def _cut_off(event):
    """A run of which nothing but its beginning is known."""
    return {"version": "", "ms": 0, "executed": 0, "judged": 0, "exit_code": INCOMPLETE, "profile": "", "level": None, "levels": [],
            "refusal": None, "faults": [], "gaps": ["the stream ends before the run does"], **event}
