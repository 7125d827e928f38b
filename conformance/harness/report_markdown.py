"""Results as Markdown: what a pull request or the summary of a CI run shows."""

import re

from . import failure
from .report import level_sentence

_SIGNS = {"pass": "✅", "warn": "⚠️", "fail": "❌", "xpass": "❌", "error": "❌", "xfail": "🟡", "flaky": "🟡", "unsupported": "➖",
          "not-run": "❓"}
_SHOWN = ("fail", "xpass", "error", "not-run", "warn", "xfail", "flaky")
_FAILURES = 20


def text(runs, matrix):
    """The document."""
    lines = []
    for run in runs:
        lines += _run(run)
    if matrix:
        lines += _matrix(matrix)
    return "\n".join(lines) + "\n"


def _run(run):
    yield f"## {_cell(run['port'])}: {'passed' if run['exit_code'] == 0 else 'NOT passed'}"
    yield ""
    yield (f"{_cell(level_sentence(run))}. Planned {run['planned']}, executed {run['executed']}, judged {run['judged']}; "
           f"exit code {run['exit_code']}, seed {run['seed']}, {run['ms'] / 1000:.1f} s.")
    yield ""
    for trouble in filter(None, [run["refusal"], *run["faults"], *run["gaps"]]):
        yield f"- ❌ {_cell(trouble)}"
    yield from _categories(run)
    yield from _exceptions(run)


def _categories(run):
    verdicts = [verdict for verdict in _SIGNS if any(result["verdict"] == verdict for result in run["results"])]
    if not verdicts:
        return
    yield "| category | " + " | ".join(f"{_SIGNS[verdict]} {verdict}" for verdict in verdicts) + " |"
    yield "|---" * (len(verdicts) + 1) + "|"
    for category in dict.fromkeys(result["category"] for result in run["results"]):
        found = [result["verdict"] for result in run["results"] if result["category"] == category]
        yield f"| {category} | " + " | ".join(str(found.count(verdict) or "") for verdict in verdicts) + " |"
    yield ""


def _exceptions(run):
    """What did not pass, the worst first; in full for as many as somebody will read."""
    found = sorted((result for result in run["results"] if result["verdict"] in _SHOWN), key=lambda r: _SHOWN.index(r["verdict"]))
    for result in found[:_FAILURES]:
        block = "\n".join(failure.lines(result))
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block)), default=0))
        yield f"<details><summary>{_SIGNS[result['verdict']]} {result['case']}: {_cell(result['title'])}</summary>\n"
        yield f"{fence}\n{block}\n{fence}\n</details>\n"
    if len(found) > _FAILURES:
        yield f"… and {len(found) - _FAILURES} more."


def _matrix(matrix):
    names = list(dict.fromkeys(cell["ping"] for cell in matrix["cells"]))
    yield f"## Matrix: {matrix['passed']} of {matrix['pairs']} pairs passed"
    yield ""
    yield "| ping ＼ pong | " + " | ".join(map(_cell, names)) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for ping in names:
        cells = [cell for cell in matrix["cells"] if cell["ping"] == ping]
        yield f"| **{_cell(ping)}** | " + " | ".join(f"✅ {cell['ms']} ms" if cell["passed"] else "❌" for cell in cells) + " |"
    yield ""
    fouls = [(f"{cell['ping']} → {cell['pong']}", cell["foul"]) for cell in matrix["cells"] if not cell["passed"]]
    if matrix.get("ring"):
        yield f"A ring of {len(matrix['ring']['ports'])}: {'❌' if matrix['ring']['foul'] else '✅'}"
        fouls += [("ring", matrix["ring"]["foul"])] if matrix["ring"]["foul"] else []
    for where, foul in fouls:
        yield f"- ❌ {_cell(where)} {_cell(foul['about'])}: **{_cell(foul['blamed'])}** {_cell(foul['why'])}"


def _cell(words):
    """Text that stays text: what a testee says is no markup."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(words.split()))
