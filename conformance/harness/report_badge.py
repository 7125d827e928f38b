"""A badge: the JSON that shields.io's endpoint badge reads."""

import json

_COLOURS = {None: "red", "L0": "orange", "L1": "green", "L2": "brightgreen", "L3": "brightgreen"}


def text(runs, matrix):
    """One badge for all of it: the port's level, or how many pairs of the matrix passed."""
    message, colour = _of_runs(runs) if runs else _of_matrix(matrix)
    return json.dumps({"schemaVersion": 1, "label": "sabir", "message": message, "color": colour}, ensure_ascii=False) + "\n"


def _of_runs(runs):
    if any(run["exit_code"] not in (0, 1) for run in runs):
        return "incomplete", "lightgrey"
    levels = [run["level"] for run in runs]
    lowest = None if None in levels else min(levels)
    if lowest is None:
        passed = sum(result["verdict"] == "pass" for run in runs for result in run["results"])
        failing = any(run["exit_code"] for run in runs)
        return f"{passed} of {sum(run['planned'] for run in runs)}", "red" if failing else "yellow"
    return f"{lowest} · {runs[0]['profile']}" + (f" · {len(runs)} ports" if len(runs) > 1 else ""), _COLOURS[lowest]


def _of_matrix(matrix):
    is_broken = bool(matrix.get("ring") and matrix["ring"]["foul"])
    is_green = matrix["passed"] == matrix["pairs"] and not is_broken
    return f"{matrix['passed']} of {matrix['pairs']} pairs" + (", ring broken" if is_broken else ""), "brightgreen" if is_green else "red"
