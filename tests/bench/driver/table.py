"""The tables: one for the terminal, one in Markdown for docs/performance.md, both from the same entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Entry = dict[str, Any]
HEAD = ("benchmark", "peer", "ours", "theirs", "unit", "ratio", "goal", "")


def number(value: float) -> str:
    """Three digits, without an exponent; thousands apart."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def row(entry: Entry) -> tuple[str, ...]:
    verdict = "met" if entry["met"] else "MISSED"
    figures = (number(entry["ours"]), number(entry["theirs"]), entry["unit"], f"{number(entry['ratio'])}x", f"{number(entry['goal'])}x")
    return (entry["what"], entry["peer"], *figures, verdict)


def without_repeats(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The benchmark's name only where it changes."""
    shown, last = [], ""
    for cells in rows:
        shown.append(("" if cells[0] == last else cells[0], *cells[1:]))
        last = cells[0]
    return shown


def terminal(entries: Sequence[Entry]) -> str:
    rows = [HEAD, *without_repeats(row(entry) for entry in entries)]
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(HEAD))]
    left = (0, 1, 4, 7)
    lines = [
        "  ".join(cell.ljust(width) if i in left else cell.rjust(width) for i, (cell, width) in enumerate(zip(cells, widths))).rstrip()
        for cells in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def markdown(entries: Sequence[Entry]) -> str:
    lines = ["| " + " | ".join(cell or " " for cell in HEAD) + " |", "|---|---|---:|---:|---|---:|---:|---|"]
    for cells in without_repeats(row(entry) for entry in entries):
        ratio, goal, verdict = cells[5].replace("x", "×"), cells[6].replace("x", "×"), cells[7]
        lines.append("| " + " | ".join((*cells[:5], ratio, goal, "met" if verdict == "met" else "**missed**")) + " |")
    return "\n".join(lines)
