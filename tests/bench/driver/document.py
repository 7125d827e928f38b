"""The figures of docs/performance.md: what stands between its two marks is written from summary.json, the rest is people's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import table

BEGIN, END = "<!-- figures: written by make bench-docs -->", "<!-- end of figures -->"


def conditions(records: Sequence[dict[str, Any]]) -> str:
    first, last = records[0], records[-1]
    machine = first["machine"]
    return (
        f"Measured {first['measured_at'][:16].replace('T', ' ')} to {last['measured_at'][11:16]} UTC, {machine['cpus']} CPUs "
        f"({machine['model'] or 'unknown'}), Linux {machine['kernel']}, {first['rounds']} rounds; load when it began {machine['load']:.1f}."
    )


def figures(records: Sequence[dict[str, Any]]) -> str:
    entries = [entry for kept in records for entry in kept["entries"]]
    met = sum(bool(entry["met"]) for entry in entries)
    lines = [conditions(records), f"{met} of {len(entries)} goals are met.", table.markdown(entries)]
    absent = sorted({peer for kept in records for peer in kept["missing"]})
    if absent:
        lines.append("Not installed when it was measured: " + ", ".join(absent) + ".")
    return "\n\n".join(lines)


def replace(text: str, new: str) -> str:
    """The document with new figures.

    Raises:
        ValueError: it does not have both marks, once and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after or END in before:
        raise ValueError(f"there have to be two lines, {BEGIN} and {END}, each once")
    return f"{before}{BEGIN}\n\n{new}\n\n{END}{after}"
