"""What is kept: build/bench/runs/KEY.json of each benchmark with every round, and build/bench/summary.json of all of them."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from . import figures, plan
from .rounds import OURS, Outcome, Session, median_cost


def machine() -> dict[str, Any]:
    model = ""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        pass
    return {"cpus": os.cpu_count(), "model": model, "kernel": platform.release(), "load": os.getloadavg()[0]}


def record(outcome: Outcome, session: Session) -> dict[str, Any]:
    benchmark = outcome.benchmark
    contenders = []
    for contender in outcome.contenders:
        if not contender.runs:
            continue
        made: dict[str, Any] = {"name": contender.name, "command": contender.command}
        if benchmark.kind == "compares":
            made["lines"] = contender.runs[0].lines
        else:
            values = contender.values(benchmark.figure)
            made |= {"values": values, **dataclasses.asdict(figures.spread(values))}
        contenders.append(made | median_cost(contender.runs))
    return {
        "key": benchmark.key,
        "number": benchmark.number,
        "what": benchmark.what,
        "unit": benchmark.unit,
        "kind": benchmark.kind,
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine(),
        "rounds": session.rounds,
        "scale": session.scale,
        "contenders": contenders,
        "missing": outcome.missing,
        "faults": outcome.faults,
        "entries": outcome.entries,
    }


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(value, indent=1) + "\n")
    beside.replace(path)


def keep(folder: Path, outcome: Outcome, session: Session) -> dict[str, Any]:
    kept = record(outcome, session)
    write_json(folder / "runs" / f"{outcome.benchmark.key}.json", kept)
    return kept


def records(folder: Path) -> list[dict[str, Any]]:
    """What is kept, in the order of the plan; what the plan does not know any more is left out."""
    found = []
    for benchmark in plan.BENCHMARKS:
        path = folder / "runs" / f"{benchmark.key}.json"
        if path.is_file():
            found.append(json.loads(path.read_text()))
    return found


def summarise(folder: Path) -> list[dict[str, Any]]:
    summary = [entry for kept in records(folder) for entry in kept["entries"]]
    write_json(folder / "summary.json", summary)
    return summary


def forget(folder: Path) -> None:
    """A full run begins with nothing: no figure of another day stands beside it."""
    for path in [*(folder / "runs").glob("*.json"), *folder.glob("*.png"), folder / "summary.json"]:
        path.unlink(missing_ok=True)


__all__ = ["OURS", "forget", "keep", "machine", "record", "records", "summarise", "write_json"]
